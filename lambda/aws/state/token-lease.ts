import type { Clock } from '../../core/clock.ts';
import {
  isInProgress,
  RENEWAL_MS,
  renewalRight,
  type TokenLease,
  type TokenLeaseRow,
} from '../../core/token/token-lease.ts';
import type { Values } from '../dynamodb/expressions.ts';
import { STATE_KEYS } from './state-keys.ts';
import type { Condition, StateTable, Update } from './state-table.ts';

const KEY = STATE_KEYS.tokenLease;

/**
 * Keeps the right to renew the user's token in one row of the state table.
 *
 * Needs `dynamodb:GetItem` and `dynamodb:UpdateItem` on the state table for the leading key `lease`.
 */
export function createTokenLease(state: StateTable, clock: Clock): TokenLease {
  const read = async (): Promise<TokenLeaseRow | undefined> => {
    const row = await state.get(KEY);
    return row?.current === undefined ? undefined : (row as unknown as TokenLeaseRow);
  };
  /** The renewal that this process sees in the row, and since when; undefined if it sees none. */
  let watched: { readonly next: string; readonly sinceMs: number } | undefined;
  const watchedMs = (row: TokenLeaseRow | undefined): number => {
    const nowMs = clock.now();
    if (row?.next === undefined) watched = undefined;
    // A clock that was set back begins the watch anew.
    else if (watched?.next !== row.next || watched.sinceMs > nowMs)
      watched = { next: row.next, sinceMs: nowMs };
    return watched === undefined ? 0 : nowMs - watched.sinceMs;
  };
  /** Ends the renewal of `next`. A no-op if another process has begun a renewal since. */
  const end = async (next: string, update: string, values: Values = {}): Promise<void> => {
    await state.update(KEY, { update, condition: '#next = :next', values: { ':next': next, ...values } });
  };
  /** @param row - The row as it was read. @returns False if it has changed since. */
  const begin = async (row: TokenLeaseRow | undefined, current: string, next: string): Promise<boolean> => {
    const { condition, values } = unchangedSince(row);
    const written = await state.update(KEY, {
      update: 'SET #current = :current, #next = :next, #until = :until',
      ...(condition !== undefined && { condition }),
      values: { ':current': current, ':next': next, ':until': clock.now() + RENEWAL_MS, ...values },
    });
    // The SDK repeats a write whose answer was lost, and then our own first write breaks the condition.
    return written !== undefined || (await read())?.next === next;
  };
  const giveUp = (next: string): Promise<void> => end(next, 'SET #until = :never', { ':never': 0 });

  return {
    async take(id, next) {
      const row = await read();
      const right = renewalRight(row, id, watchedMs(row));
      // So that no other process, nor the login that follows, has to watch the same row.
      if (right === 'spent' && row?.next !== undefined && row.until !== 0) await giveUp(row.next);
      if (right !== 'free') return right;
      return (await begin(row, id, next)) ? 'taken' : 'held';
    },
    async takeOver(next) {
      const row = await read();
      if (row !== undefined && isInProgress(row, watchedMs(row))) return undefined;
      const begun = await begin(row, row?.current ?? next, next);
      if (!begun) return undefined;
      const { update, values } = restoring(row);
      return { restore: () => end(next, update, values) };
    },
    giveBack: (next) => end(next, 'REMOVE #next, #until'),
    giveUp,
    finish: (next) => end(next, 'SET #current = :next REMOVE #next, #until'),
  };
}

/** The condition that the row is still as it was read. */
function unchangedSince(row: TokenLeaseRow | undefined): Condition {
  if (row === undefined) return { condition: 'attribute_not_exists(#current)' };
  const { current, next } = row;
  return next === undefined
    ? {
        condition: '#current = :wasCurrent AND attribute_not_exists(#next)',
        values: { ':wasCurrent': current },
      }
    : {
        condition: '#current = :wasCurrent AND #next = :wasNext',
        values: { ':wasCurrent': current, ':wasNext': next },
      };
}

/** The update that makes the row again what it was when it was read. */
function restoring(row: TokenLeaseRow | undefined): Update {
  if (row === undefined) return { update: 'REMOVE #current, #next, #until' };
  const { current, next, until = 0 } = row;
  return next === undefined
    ? { update: 'SET #current = :current REMOVE #next, #until', values: { ':current': current } }
    : {
        update: 'SET #current = :current, #next = :before, #until = :until',
        values: { ':current': current, ':before': next, ':until': until },
      };
}
