import type { Clock } from '../clock.ts';

/** Which user's token is the current one, and who is renewing it, as the state table holds it. */
export interface TokenLeaseRow {
  /** Id of the current token. */
  readonly current: string;
  /** Id that the token will have which is being asked for; absent: nobody is renewing the current one. */
  readonly next?: string;
  /** Until when that may take, in milliseconds since the epoch; absent with `next`. */
  readonly until?: number;
}

/** Longer than a renewal can take: all attempts at the token endpoint, and storing what it gives. */
export const RENEWAL_MS = 120_000;

/** How the right to renew a token stands for somebody who holds that token. */
export type RenewalRight =
  /** It can be taken. */
  | 'free'
  /** Another one is renewing; what comes of it is stored soon. */
  | 'held'
  /** There is a newer token, which the store does not show yet. */
  | 'superseded'
  /** Renewing it was begun and came to no end: what the server gave for it, if anything, is lost. */
  | 'spent';

/** @param row - Undefined: no token was renewed yet. */
export function renewalRight(row: TokenLeaseRow | undefined, id: string, nowMs: number): RenewalRight {
  if (row === undefined) return 'free';
  const { current, next, until = 0 } = row;
  if (next === undefined) return current === id ? 'free' : 'superseded';
  if (nowMs < until) return 'held';
  // The one who renewed stored the new token, and was stopped before saying so.
  if (next === id) return 'free';
  return current === id ? 'spent' : 'superseded';
}

/** The right to renew the user's token, which one process at a time has: what renews it can be spent once. */
export interface TokenLease {
  /**
   * Takes the right to renew a token.
   *
   * @param id - Of the token to renew.
   * @param next - The id that the new token will have.
   * @returns `taken`, or why not.
   */
  take(id: string, next: string): Promise<'taken' | Exclude<RenewalRight, 'free'>>;
  /**
   * Takes the right to put another token in the place of whichever is kept, or none.
   *
   * @param isForced - Also where another one is at it.
   * @returns What undoes it; undefined: another one is at it.
   */
  takeOver(next: string, isForced: boolean): Promise<{ restore(): Promise<void> } | undefined>;
  /** Nothing was renewed, and the token is as good as before. */
  giveBack(next: string): Promise<void>;
  /** What renews the token is void, and nothing came in its place: from now on it counts as spent. */
  giveUp(next: string): Promise<void>;
  /** The new token is stored. */
  finish(next: string): Promise<void>;
}

/** How often it is looked whether another one has come to its end. */
export const LOOK_AGAIN_MS = 500;

/**
 * Has what the store holds replaced while nobody renews it: what a renewal under way brings would be stored over it.
 *
 * @param next - The id that the new token has, or that nothing in its place has.
 * @param replace - When it fails, the token that was kept is as good as before.
 */
export async function replaceUnderLease(
  lease: TokenLease,
  clock: Clock,
  next: string,
  replace: () => Promise<void>,
): Promise<void> {
  // No renewal takes longer, whatever the clock of the one who began it says.
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
