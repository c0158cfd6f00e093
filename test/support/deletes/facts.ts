import { type Known, NOTHING_KNOWN } from '../../../lambda/core/deletes/evidence.ts';
import { judge } from '../../../lambda/core/deletes/judge.ts';
import { DEFAULT_GUARD, type DeletePolicy } from '../../../lambda/core/deletes/policy.ts';
import type { WalkFacts } from '../../../lambda/core/deletes/walk-facts.ts';

const HOUR_MS = 3_600_000;
const FIRST_NIGHT = Date.parse('2026-01-01T03:00:00.000Z');

export const SIGHT = { digest: '0123456789abcdef', scopes: ['members'] };
export const OTHER_SIGHT = { digest: 'fedcba9876543210', scopes: ['members'] };

export const POLICY: DeletePolicy = {
  mode: 'fromWalk',
  paging: 'hal',
  goneAfter: 3,
  guard: DEFAULT_GUARD,
  holes: 'wait',
};

/** The time in the n-th night, so many hours after the pull began. */
export function at(night: number, hours = 0): string {
  return new Date(FIRST_NIGHT + (24 * (night - 1) + hours) * HOUR_MS).toISOString();
}

/** The facts of an undisturbed walk in the n-th night, up in odd nights and down in even ones. */
export function walkOf(night: number, more: Partial<WalkFacts> = {}): WalkFacts {
  return {
    walkId: `walk-${night}`,
    ...(night > 1 && { previous: `walk-${night - 1}` }),
    paging: 'hal',
    began: at(night),
    ended: at(night, 1),
    direction: night % 2 === 1 ? 'up' : 'down',
    isOneWay: false,
    firstSight: SIGHT,
    sight: SIGHT,
    isComplete: true,
    isFull: true,
    isCached: false,
    pages: 40,
    lastPage: 40,
    shown: 1000,
    repeated: 0,
    holes: 0,
    live: 1000,
    ...more,
  };
}

/** What is known after nights of which each missed these ids. The first one is number 1. */
export function knownAfter(...nights: readonly (readonly string[])[]): Known {
  return nights.reduce<Known>(
    (known, unseen, index) => judge(known, walkOf(index + 1), unseen),
    NOTHING_KNOWN,
  );
}

/** The ids from one number on: `1`, `2` … */
export function idsOf(count: number, from = 1): string[] {
  return Array.from({ length: count }, (_, index) => String(from + index));
}
