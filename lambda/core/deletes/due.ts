import type { Absence } from './absences.ts';
import { type ArchiveWords, isExplained } from './archive.ts';
import { readsOneWay } from './direction.ts';
import { type CountedWalk, type Evidence, type Known, wasNeverShown } from './evidence.ts';
import { type DeletePolicy, turns } from './policy.ts';

/** An object that the evidence calls gone. Plain JSON. */
export interface Due {
  readonly id: string;
  readonly because: 'absent' | 'archived' | 'merged';
  /** The survivor of the merge, as the archive names it. Only with `merged`. */
  readonly mergedInto?: string;
  /** Whether no walk of the present sight showed it. */
  readonly wasNeverShown: boolean;
  /** Whether an operator was to decide before. */
  readonly wasHeld: boolean;
  /** The held id that an operator approved; absent if none did. */
  readonly heldId?: string;
}

/** What is due after a counted walk, those left out that an operator keeps. */
export function findDue(
  { evidence, absences }: Known,
  policy: DeletePolicy,
  words: ArchiveWords,
): readonly Due[] {
  const enough = witnessesOf(evidence, policy)?.length ?? Infinity;
  const due: Due[] = [];
  for (const [id, absence] of absences) {
    if (absence.mark === 'kept') continue;
    const word = words.get(id);
    const isArchived = isExplained(absence, word, evidence);
    if (!isArchived && absence.missed < enough) continue;
    const mergedInto = isArchived ? word?.mergedInto : undefined;
    due.push({
      id,
      because: !isArchived ? 'absent' : mergedInto === undefined ? 'archived' : 'merged',
      ...(mergedInto !== undefined && { mergedInto }),
      ...traitsOf(absence, evidence),
    });
  }
  return due;
}

function traitsOf(absence: Absence, evidence: Evidence): Pick<Due, 'wasHeld' | 'wasNeverShown'> {
  return { wasHeld: absence.mark !== undefined, wasNeverShown: wasNeverShown(absence, evidence) };
}

/**
 * The counted walks that must all have missed an object that is gone, oldest first: the last ones, `goneAfter` or as many as it takes
 * until both directions are among them.
 *
 * @returns Undefined if there are not enough yet.
 */
export function witnessesOf(evidence: Evidence, policy: DeletePolicy): readonly CountedWalk[] | undefined {
  const { walks } = evidence;
  // What is due by walks of one direction is held, so it need not wait for the other one.
  const needsBoth = turns(policy.paging) && !readsOneWay(evidence, policy.paging);
  for (let count = policy.goneAfter; count <= walks.length; count += 1) {
    const witnesses = walks.slice(-count);
    if (!needsBoth || haveBothDirections(witnesses)) return witnesses;
  }
  return undefined;
}

/** A listing without any object reads the same in both directions. */
function haveBothDirections(walks: readonly CountedWalk[]): boolean {
  const isEmpty = walks.some(({ shown }) => shown === 0);
  return isEmpty || new Set(walks.map(({ direction }) => direction)).size === 2;
}

/** The tombstone's `_deletedBecause`: on what evidence the object is believed to be gone. */
export function becauseOf({ because, heldId }: Due, evidence: Evidence, policy: DeletePolicy): string {
  if (heldId !== undefined) return `approved ${heldId}`;
  if (because !== 'absent') return because;
  const walkIds = (witnessesOf(evidence, policy) ?? []).map(({ walkId }) => walkId);
  return ['absent', ...walkIds].join(' ');
}
