import { type Absence, type Absences, sharing } from './absences.ts';
import { type Approval, splitByApproval } from './approval.ts';
import type { Due } from './due.ts';
import { isDoubt, type Known, withoutWaiting } from './evidence.ts';
import { guard, type Moment, type Verdict } from './guard.ts';
import { summarizeHeld } from './held.ts';
import type { DeletePolicy } from './policy.ts';

/** What becomes of what is due. */
export interface Decision {
  readonly known: Known;
  /** What operators approved: it is carried without a look, and without the guard. */
  readonly approved: readonly Due[];
  /** What needs no operator. It is carried after the look. */
  readonly free: readonly Due[];
  /** About all that is due and not approved. `none`: there is nothing. `report`: the stream carries nothing. */
  readonly verdict: Verdict | { readonly kind: 'none' | 'report' };
}

/** Decides about what is due after a counted walk. Repeated before anything is carried, it decides the same. */
export function decide(
  known: Known,
  due: readonly Due[],
  moment: Moment,
  policy: DeletePolicy,
  approvals: readonly Approval[],
): Decision {
  if (policy.mode === 'report') {
    const verdict = { kind: 'report' } as const;
    return { known: enter(known, [], moment, verdict), approved: [], free: [], verdict };
  }
  const { approved, rest } = splitByApproval(due, approvals, known, moment.now);
  const verdict = rest.length > 0 ? guard(rest, moment, known.evidence, policy) : ({ kind: 'none' } as const);
  const free = verdict.kind === 'carry' ? rest : [];
  return { known: enter(known, rest, moment, verdict), approved, free, verdict };
}

/** Enters the verdict in what is known: what is held is marked, and what waits has a beginning. */
function enter(
  { evidence, absences }: Known,
  rest: readonly Due[],
  { now }: Moment,
  verdict: Decision['verdict'],
): Known {
  const isUnclean = 'reason' in verdict && isDoubt(verdict.reason);
  // What a look is to prove goes on waiting until one does.
  const isUnproved = verdict.kind === 'carry' && evidence.failedLook !== undefined;
  const { waitingSince = now } = evidence;
  const heldNow = new Set(verdict.kind === 'hold' ? rest.map(({ id }) => id) : []);
  const entered = {
    evidence: isUnclean || isUnproved ? { ...evidence, waitingSince } : withoutWaiting(evidence),
    absences: markHeld(absences, heldNow),
  };
  return summarizeHeld(entered, verdict.kind === 'hold' ? { ...verdict, since: now } : undefined);
}

/** Marks what is held now. What was held and is not due any more stays marked, so that an operator is asked again. */
function markHeld(absences: Absences, heldNow: ReadonlySet<string>): Absences {
  if (heldNow.size === 0 && !absences.values().some(({ mark }) => mark === 'held')) return absences;
  const held = sharing((absence: Absence): Absence => ({ ...absence, mark: 'held' }));
  const asked = sharing((absence: Absence): Absence => ({ ...absence, mark: 'asked' }));
  const marked = (id: string, absence: Absence): Absence => {
    if (heldNow.has(id)) return held(absence);
    return absence.mark === 'held' ? asked(absence) : absence;
  };
  return new Map([...absences].map(([id, absence]) => [id, marked(id, absence)]));
}
