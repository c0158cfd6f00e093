import type { DeleteGuard } from '../pull/stream.ts';
import { carriedInWeek } from './carried.ts';
import { readsOneWay } from './direction.ts';
import { type Due, witnessesOf } from './due.ts';
import type { CountedWalk, Doubt, Evidence, HeldReason } from './evidence.ts';
import type { DeletePolicy } from './policy.ts';
import { msBetween } from './walk-facts.ts';

/** What becomes of all that is due in one walk, as a whole. */
export type Verdict =
  | { readonly kind: 'carry' }
  /** Until the walks that are its evidence are clean. */
  | { readonly kind: 'wait'; readonly reason: Doubt }
  | { readonly kind: 'hold'; readonly reason: HeldReason; readonly limit?: number };

/** The table at the time of the judgement. */
export interface Moment {
  readonly walkId: string;
  /** RFC 3339. */
  readonly now: string;
  /** Live items, the due ones included. */
  readonly live: number;
}

/**
 * Decides whether an operator must see what is due before it is carried. All of it is carried or none, because a limit is not a
 * quota.
 *
 * @param due - At least one.
 */
export function guard(
  due: readonly Due[],
  { walkId, now, live }: Moment,
  evidence: Evidence,
  policy: DeletePolicy,
): Verdict {
  const limit = limitOf(policy.guard, live);
  const hold = (reason: HeldReason, holdLimit?: number): Verdict => ({
    kind: 'hold',
    reason,
    ...(holdLimit !== undefined && { limit: holdLimit }),
  });

  if (evidence.overflow > 0) return hold('overflow');
  if (due.length > limit) return hold('too many', limit);
  const leftInWeek = WEEK_LIMITS * limit - carriedInWeek(evidence, now, walkId);
  if (due.length > leftInWeek) return hold('too many in a week', Math.max(0, leftInWeek));
  if (due.some(({ wasNeverShown }) => wasNeverShown)) return hold('never shown');
  if (readsOneWay(evidence, policy.paging) && due.some(isAbsent)) return hold('one direction');
  // An operator decides, also if what is left of it would be let through now.
  if (due.some(({ wasHeld }) => wasHeld)) {
    return hold(evidence.held?.reason ?? 'asked before', evidence.held?.limit);
  }
  const doubt = doubtAbout(due, evidence, policy);
  if (msBetween(evidence.waitingSince ?? now, now) >= LONGEST_WAIT_MS) return hold(doubt ?? 'look');
  return doubt === undefined ? { kind: 'carry' } : { kind: 'wait', reason: doubt };
}

/** So many times the limit of a walk may be carried in 7 days. */
const WEEK_LIMITS = 3;
/** What waits that long for clean evidence is held. 14 days. */
const LONGEST_WAIT_MS = 14 * 24 * 60 * 60 * 1000;

/** So few deletes are never too many of a large table. */
const ALWAYS_FEW = 10;

/** How many deletes of one walk need no operator: never more than half of the table. */
export function limitOf({ share, most }: DeleteGuard, live: number): number {
  const few = Math.max(ALWAYS_FEW, Math.min(share * live, most));
  return Math.floor(Math.min(few, live / 2));
}

function isAbsent({ because }: Due): boolean {
  return because === 'absent';
}

/** What is unclean in the walks that are the evidence of what is due. */
function doubtAbout(due: readonly Due[], evidence: Evidence, policy: DeletePolicy): Doubt | undefined {
  // Beside the archive's word, the last walk alone is the evidence.
  const witnesses = due.some(isAbsent) ? (witnessesOf(evidence, policy) ?? []) : evidence.walks.slice(-1);
  // A list that looks empty for a night would add to the counts of the few that walks before it missed.
  if (witnesses.some(({ shown }) => shown === 0)) return 'empty';
  if (policy.holes === 'wait' && witnesses.some(({ holes }) => holes > 0)) return 'hole';
  return witnesses.some(isRestless) ? 'restless' : undefined;
}

const RESTLESS_SHARE = 0.03;
const RESTLESS_LEAST = 10;

/** Whether the list was re-ordered faster than it could be read. */
function isRestless({ repeated, shown }: CountedWalk): boolean {
  return repeated >= RESTLESS_LEAST && repeated > RESTLESS_SHARE * shown;
}
