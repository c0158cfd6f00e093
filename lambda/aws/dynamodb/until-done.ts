import type { Clock } from '../../core/clock.ts';
import { SyncError } from '../../core/errors.ts';
import { isThrottle } from '../aws-errors.ts';
import { createAdaptiveConcurrency } from './adaptive-concurrency.ts';

/** Attempts in a row without progress, after which the table counts as unavailable. Up to about two minutes. */
const MOST_ATTEMPTS = 12;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 20_000;

/**
 * Repeats a call until all its entries are processed, with fewer calls in flight after each that was throttled.
 *
 * @param attempt - Sends the entries and returns those that were not processed.
 * @throws {SyncError} `STORE_UNAVAILABLE` after twelve attempts without progress.
 */
export type UntilDone = <Entry>(
  entries: readonly Entry[],
  attempt: (entries: readonly Entry[]) => Promise<readonly Entry[]>,
) => Promise<void>;

/** Creates the repetition for one table, whose calls share a limit of calls in flight. */
export function createUntilDone(tableName: string, clock: Clock): UntilDone {
  const concurrency = createAdaptiveConcurrency();
  return async (entries, attempt) => {
    let left = entries;
    for (let attempts = 0; attempts < MOST_ATTEMPTS; attempts += 1) {
      const before = left.length;
      left = await concurrency
        .run(() => attempt(left))
        .catch((error: unknown) => {
          if (isThrottle(error)) return left;
          throw error;
        });
      if (left.length === 0) return concurrency.raise();
      concurrency.halve();
      if (left.length < before) attempts = 0;
      await clock.sleep(Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempts));
    }
    throw new SyncError(
      'STORE_UNAVAILABLE',
      `table ${tableName} is still throttled after ${MOST_ATTEMPTS} attempts`,
    );
  };
}
