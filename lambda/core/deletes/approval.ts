import { type Absence, sharing } from './absences.ts';
import type { Due } from './due.ts';
import { type Evidence, type Known, wasNeverShown } from './evidence.ts';
import { heldIds, summarizeHeld } from './held.ts';
import { msBetween } from './walk-facts.ts';

/** An operator's word that objects may go. It names what the operator was shown, and nothing beyond it is carried. */
export interface Approval {
  /** The held set that was shown. */
  readonly heldId: string;
  /** What of it may go. */
  readonly ids: readonly string[];
  /** How many were shown. */
  readonly shown: number;
  /** When the first counted walk of the sight began under which it was held, RFC 3339. */
  readonly sightBegan: string;
  /** RFC 3339. */
  readonly at: string;
  readonly by: string;
  readonly note?: string;
}

/** An approval expires after 7 days. */
const LONGEST_APPROVAL_MS = 7 * 24 * 60 * 60 * 1000;
/** One of the future was given by a wrong clock, so nothing tells when it expires. The clocks may differ by 1 hour. */
const CLOCK_TOLERANCE_MS = 60 * 60 * 1000;

/** Whether an approval has neither expired nor lost its sight. */
export function isInForce({ at, sightBegan }: Approval, { firstBegan }: Evidence, now: string): boolean {
  const ageMs = msBetween(at, now);
  return sightBegan === firstBegan && ageMs < LONGEST_APPROVAL_MS && ageMs >= -CLOCK_TOLERANCE_MS;
}

/** What of a held set an operator names. */
export type Choice =
  | { readonly kind: 'chosen'; readonly ids: readonly string[] }
  | { readonly kind: 'nothing held' }
  /** Something else is held now. */
  | { readonly kind: 'another set'; readonly heldId: string }
  | { readonly kind: 'not held'; readonly ids: readonly string[] };

/** @param ids - All of the set if there are none. */
export function chooseHeld(known: Known, heldId: string, ids: readonly string[]): Choice {
  const { held } = known.evidence;
  if (held === undefined) return { kind: 'nothing held' };
  if (held.id !== heldId) return { kind: 'another set', heldId: held.id };
  if (ids.length === 0) return { kind: 'chosen', ids: heldIds(known) };
  const strangers = ids.filter((id) => known.absences.get(id)?.mark !== 'held');
  return strangers.length > 0
    ? { kind: 'not held', ids: strangers }
    : { kind: 'chosen', ids: [...new Set(ids)] };
}

/** The approval of what an operator chose. */
export function approve(
  { evidence }: Known,
  ids: readonly string[],
  by: Pick<Approval, 'by' | 'at' | 'note'>,
): Approval | undefined {
  const { held, firstBegan } = evidence;
  if (held === undefined || firstBegan === undefined) return undefined;
  return { heldId: held.id, ids, shown: held.count, sightBegan: firstBegan, ...by };
}

/**
 * What of the due is approved, with the held id, and the rest.
 *
 * An approval is of an absence that was shown, so it says nothing of an object that was listed and went missing again since.
 */
export function splitByApproval(
  due: readonly Due[],
  approvals: readonly Approval[],
  { evidence, absences }: Known,
  now: string,
): { readonly approved: readonly Due[]; readonly rest: readonly Due[] } {
  const heldIdOf = new Map<string, string>();
  for (const { ids, at, heldId } of approvals.filter((each) => isInForce(each, evidence, now))) {
    for (const id of ids) {
      const { since = now } = absences.get(id) ?? {};
      if (msBetween(since, at) >= 0) heldIdOf.set(id, heldId);
    }
  }
  const approved: Due[] = [];
  const rest: Due[] = [];
  for (const each of due) {
    const heldId = heldIdOf.get(each.id);
    if (heldId === undefined) rest.push(each);
    else approved.push({ ...each, heldId });
  }
  return { approved, rest };
}

/** An operator's note of an approval or a rejection is not longer. */
export const LONGEST_NOTE = 200;

/** Keeps what an operator chose of the held set. */
export function reject(known: Known, ids: readonly string[], note: string): Known {
  const kept = sharing(
    (absence: Absence): Absence => ({ ...absence, mark: 'kept', note: note.slice(0, LONGEST_NOTE) }),
  );
  const absences = new Map(known.absences);
  for (const id of ids) {
    const absence = absences.get(id);
    if (absence?.mark === 'held') absences.set(id, kept(absence));
  }
  return summarizeHeld({ ...known, absences });
}

/**
 * Takes rejections back: counting starts at zero. Ids that are not kept are passed over. What was never shown stays known as such,
 * because an operator decides about it.
 */
export function release(known: Known, ids: readonly string[]): Known {
  const absences = new Map(known.absences);
  for (const id of ids) {
    const absence = absences.get(id);
    if (absence?.mark !== 'kept') continue;
    if (wasNeverShown(absence, known.evidence)) absences.set(id, { missed: 0, since: absence.since });
    else absences.delete(id);
  }
  return { ...known, absences };
}
