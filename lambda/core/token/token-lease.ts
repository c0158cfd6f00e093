import type { Clock } from '../clock.ts';

/** The current user's token and its renewal, as the state table holds them. */
export interface TokenLeaseRow {
  /** Id of the current token. */
  readonly current: string;
  /** Id that the renewed token will have; absent if no process is renewing the current token. */
  readonly next?: string;
  /**
   * 0 if the renewal was given up; absent with `next`. Otherwise its deadline by the clock of the process that renews, in
   * milliseconds since the epoch, which only earlier versions read.
   */
  readonly until?: number;
}

/** Longer than a renewal can take: all attempts at the token endpoint, and storing the new token. */
export const RENEWAL_MS = 120_000;

/** The state of the right to renew a token, for a process that holds that token. */
export type RenewalRight =
  /** The process can take it. */
  | 'free'
  /** Another process is renewing, and stores the new token soon. */
  | 'held'
  /** A newer token exists, which the store does not show yet. */
  | 'superseded'
  /** A renewal was begun and not finished. If the server granted a token for it, that token is lost. */
  | 'spent';

/**
 * @param row - Undefined if no token was renewed yet.
 * @param watchedMs - How long this process has seen the row's renewal in progress. The row's own time may be wrong.
 */
export function renewalRight(row: TokenLeaseRow | undefined, id: string, watchedMs: number): RenewalRight {
  if (row === undefined) return 'free';
  const { current, next } = row;
  // The renewed token is stored already, whether or not the process that stored it is still there to finish the row.
  if (id === (next ?? current)) return 'free';
  if (next === undefined) return 'superseded';
  if (isInProgress(row, watchedMs)) return 'held';
  return current === id ? 'spent' : 'superseded';
}

/** Whether a process may still be renewing. @param watchedMs - As for {@link renewalRight}. */
export function isInProgress({ next, until }: TokenLeaseRow, watchedMs: number): boolean {
  return next !== undefined && until !== 0 && watchedMs < RENEWAL_MS;
}

/** The right to renew the user's token. One process at a time has it, because a refresh token is single-use. */
export interface TokenLease {
  /**
   * Takes the right to renew a token.
   *
   * @param id - The id of the token to renew.
   * @param next - The id that the new token will have.
   * @returns `taken`, or the reason why it was not.
   */
  take(id: string, next: string): Promise<'taken' | Exclude<RenewalRight, 'free'>>;
  /**
   * Takes the right to replace the stored token by another token, or by none.
   *
   * @returns The way to undo it; undefined if another process has the right.
   */
  takeOver(next: string): Promise<{ restore(): Promise<void> } | undefined>;
  /** Gives the right to renew back, because nothing was renewed. The refresh token is still valid. */
  giveBack(next: string): Promise<void>;
  /** Records that the refresh token is void and no new token was granted. The right counts as `spent` from now on. */
  giveUp(next: string): Promise<void>;
  /** Ends the renewal, after the new token was stored. */
  finish(next: string): Promise<void>;
}

/** The interval at which a process checks whether another process's renewal has ended. */
export const LOOK_AGAIN_MS = 500;

/**
 * Replaces the stored token while no process renews it, because a renewal in flight would overwrite the replacement.
 *
 * @param next - The id of the new token; a new id if the token is removed.
 * @param replace - If it fails, the stored token stays valid.
 */
export async function replaceUnderLease(
  lease: TokenLease,
  clock: Clock,
  next: string,
  replace: () => Promise<void>,
): Promise<void> {
  let taken = await lease.takeOver(next);
  while (taken === undefined) {
    await clock.sleep(LOOK_AGAIN_MS);
    taken = await lease.takeOver(next);
  }
  try {
    await replace();
  } catch (error) {
    await taken.restore();
    throw error;
  }
  await lease.finish(next);
}
