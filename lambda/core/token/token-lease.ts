import type { Clock } from '../clock.ts';

/** The current user's token and its renewal, as the state table holds them. */
export interface TokenLeaseRow {
  /** Id of the current token. */
  readonly current: string;
  /** Id that the renewed token will have; absent if no process is renewing the current token. */
  readonly next?: string;
  /** The deadline of the renewal, in milliseconds since the epoch; absent with `next`. */
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

/** @param row - Undefined if no token was renewed yet. */
export function renewalRight(row: TokenLeaseRow | undefined, id: string, nowMs: number): RenewalRight {
  if (row === undefined) return 'free';
  const { current, next, until = 0 } = row;
  if (next === undefined) return current === id ? 'free' : 'superseded';
  if (nowMs < until) return 'held';
  // The renewing process stored the new token, and was stopped before it finished the row.
  if (next === id) return 'free';
  return current === id ? 'spent' : 'superseded';
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
   * @param isForced - True to take it even if another process has it.
   * @returns The way to undo it; undefined if another process has the right.
   */
  takeOver(next: string, isForced: boolean): Promise<{ restore(): Promise<void> } | undefined>;
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
  // By then every renewal that is in progress now is over, also one that was begun with a wrong clock.
  const forcedAtMs = clock.now() + RENEWAL_MS;
  let taken = await lease.takeOver(next, false);
  while (taken === undefined) {
    await clock.sleep(LOOK_AGAIN_MS);
    taken = await lease.takeOver(next, clock.now() >= forcedAtMs);
  }
  try {
    await replace();
  } catch (error) {
    await taken.restore();
    throw error;
  }
  await lease.finish(next);
}
