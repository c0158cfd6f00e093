import type { Evidence } from './evidence.ts';
import { msBetween } from './walk-facts.ts';

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/** How many deletes were carried without an operator in the last 7 days, those of the walk itself left out. */
export function carriedInWeek({ carried }: Evidence, now: string, walkId: string): number {
  return carried
    .filter((each) => each.walkId !== walkId && msBetween(each.at, now) < WEEK_MS)
    .reduce((sum, { count }) => sum + count, 0);
}

/**
 * Enters how many deletes the walk carries without an operator. It is saved before the first of them, so a crash can only make the
 * guard stricter. A repeated step finds less to carry, so the larger number stays.
 */
export function enterCarried(evidence: Evidence, walkId: string, now: string, count: number): Evidence {
  const others = evidence.carried.filter(
    (each) => each.walkId !== walkId && msBetween(each.at, now) < WEEK_MS,
  );
  const before = evidence.carried.find((each) => each.walkId === walkId)?.count ?? 0;
  const most = Math.max(before, count);
  return { ...evidence, carried: most === 0 ? others : [...others, { walkId, at: now, count: most }] };
}
