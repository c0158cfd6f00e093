import type { Evidence, NotCounted } from './evidence.ts';

/** How long no walk of a stream has counted. */
export interface Unjudged {
  /** When the last counted walk began or, if none is known, the first walk that ended, RFC 3339. */
  readonly since: string;
  /** Whole days since then. */
  readonly days: number;
  /** Why the last walk that ended is no evidence; absent if it counted, and if an older version ended it. */
  readonly reason?: NotCounted;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** How long no walk of a stream has counted; undefined if no walk of it ended yet. */
export function unjudgedIn({ walks, firstNoted, ended }: Evidence, nowMs: number): Unjudged | undefined {
  const since = walks.at(-1)?.began ?? firstNoted;
  if (since === undefined) return undefined;
  const reason = ended?.notCounted;
  // A walk of the future had a wrong clock.
  const days = Math.max(0, Math.floor((nowMs - Date.parse(since)) / DAY_MS));
  return { since, days, ...(reason !== undefined && { reason }) };
}
