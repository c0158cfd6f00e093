import type { Direction } from '../pull/page.ts';
import type { Paging } from '../pull/stream.ts';
import { enterCarried } from './carried.ts';
import { opposite } from './direction.ts';
import type { Due } from './due.ts';
import { type Evidence, type Known, type LookFailure, withoutWaiting } from './evidence.ts';
import type { Moment } from './guard.ts';
import { takeBack } from './judge.ts';
import { type DeletePolicy, turns } from './policy.ts';
import { hasChanged } from './sight.ts';
import { LONGEST_READING_MS, msBetween, type WalkFacts } from './walk-facts.ts';

/** The second reading of the whole list, before anything is carried that only walks call gone. */
export type LookFacts = Pick<
  WalkFacts,
  'began' | 'ended' | 'direction' | 'firstSight' | 'sight' | 'isComplete' | 'isCached' | 'holes' | 'shown'
>;

/** Whether the list must be read again. Not for what the archive names, because that is a second witness already. */
export function needsLook(free: readonly Due[]): boolean {
  return free.some(({ because }) => because === 'absent');
}

/** The look's direction: the other one, because a list that changes in mid-reading hides other objects from it. */
export function lookDirection(walk: Direction, paging: Paging['kind']): Direction {
  return turns(paging) ? opposite(walk) : 'up';
}

/** Why the look proves nothing; undefined if it does. */
export function whyLookFails(
  look: LookFacts,
  walk: Pick<WalkFacts, 'direction' | 'firstSight' | 'sight'>,
  policy: DeletePolicy,
): LookFailure | undefined {
  if (!look.isComplete) return 'incomplete';
  const { firstSight = look.sight } = look;
  const hasOther =
    hasChanged(walk.firstSight ?? walk.sight, firstSight) || hasChanged(firstSight, look.sight);
  if (hasOther) return 'another sight';
  if (look.isCached) return 'cached';
  if (look.shown === 0) return 'empty';
  // It fell back to reading upwards, which hides the same objects as the walk.
  if (look.direction !== lookDirection(walk.direction, policy.paging)) return 'one direction';
  if (look.holes > 0 && policy.holes === 'wait') return 'hole';
  return msBetween(look.began, look.ended) > LONGEST_READING_MS ? 'too long' : undefined;
}

/** How the look ended, and what it showed. */
export interface LookEnd {
  readonly failure: LookFailure | undefined;
  readonly isShown: (id: string) => boolean;
}

/**
 * What is carried without an operator. What the look showed is no longer absent. If the look failed, what needed it stays due.
 *
 * @param look - Undefined if none was needed.
 */
export function carryAfter(
  known: Known,
  free: readonly Due[],
  { walkId, now }: Moment,
  look: LookEnd | undefined,
): { readonly known: Known; readonly carry: readonly Due[] } {
  const { failure, isShown } = look ?? { failure: 'incomplete', isShown: () => false };
  const carry = free.filter(
    ({ id, because }) => !isShown(id) && (because !== 'absent' || failure === undefined),
  );
  const { evidence, absences } = takeBack(known, isShown);
  const looked =
    look?.failure === undefined ? withoutWaiting(evidence) : waiting(evidence, look.failure, now);
  return { known: { evidence: enterCarried(looked, walkId, now, carry.length), absences }, carry };
}

function waiting(evidence: Evidence, failedLook: LookFailure, now: string): Evidence {
  const { waitingSince = now } = evidence;
  return { ...evidence, waitingSince, failedLook };
}
