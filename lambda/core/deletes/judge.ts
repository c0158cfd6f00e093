import { type Absence, type Absences, sharing } from './absences.ts';
import {
  type CountedWalk,
  type Evidence,
  type Known,
  type NotCounted,
  wasNeverShown,
  withoutWaiting,
} from './evidence.ts';
import { summarizeHeld } from './held.ts';
import { MOST_WALKS } from './policy.ts';
import { hasChanged, type Sight } from './sight.ts';
import { type WalkFacts, whyNotCounted } from './walk-facts.ts';

/** The most bytes of ids in a stream's absences. */
const MOST_ID_BYTES = 8 * 1024 * 1024;

/**
 * What is known after a counted walk. Repeated for the same walk, a no-op.
 *
 * @param unseen - The ids of the live items that the walk did not show, each once.
 */
export function judge(
  known: Known,
  walk: WalkFacts,
  unseen: readonly string[],
  mostIdBytes: number = MOST_ID_BYTES,
): Known {
  if (known.evidence.ended?.walkId === walk.walkId) return known;
  const isContinuous = continues(known.evidence, walk);
  // Scopes that came while it was read cannot have shown what was on its first pages.
  const { firstSight: sight = walk.sight } = walk;
  const { evidence, absences } = atSight(isContinuous ? known : startOver(known), sight, walk.began);
  const counted = countAbsences({ evidence, absences }, walk, unseen, mostIdBytes);
  const { walkId, began, ended, direction, shown, repeated, holes, live } = walk;
  const after = isContinuous ? evidence.ended?.began : undefined;
  const countedWalk: CountedWalk = {
    ...{ walkId, began, ended, direction, shown, repeated, holes, live },
    ...(after !== undefined && { after }),
  };
  const isEarlier = (other: CountedWalk): boolean => other.began <= began;
  return summarizeHeld({
    evidence: {
      ...withEnded(evidence, walk),
      sight,
      walks: [...evidence.walks.filter(isEarlier), countedWalk].slice(-MOST_WALKS),
      overflow: unseen.length - counted.size,
    },
    absences: counted,
  });
}

/**
 * What is known after a walk that is no evidence: what it showed is no longer absent.
 *
 * @param isShown - Undefined if what the walk showed is not known any more, as for one that was given up. Then all counts start over.
 */
export function noteUncounted(
  known: Known,
  walk: WalkFacts,
  isShown: ((id: string) => boolean) | undefined,
): Known {
  if (known.evidence.ended?.walkId === walk.walkId) return known;
  const isFollowed = isShown !== undefined && continues(known.evidence, walk);
  const { evidence, absences } = isFollowed ? known : startOver(known);
  const noted = withEnded(evidence, walk, whyNotCounted(walk, evidence));
  return takeBack({ evidence: noted, absences }, isShown ?? (() => false));
}

/** Takes out the absences of objects that were shown, or that are gone. */
export function takeBack(known: Known, isOver: (id: string) => boolean): Known {
  const absences = new Map([...known.absences].filter(([id]) => !isOver(id)));
  return absences.size === known.absences.size ? known : summarizeHeld({ ...known, absences });
}

/** Whether every walk since the last one that the evidence knows is known to it. */
function continues({ ended, walks }: Evidence, walk: WalkFacts): boolean {
  if (ended !== undefined && ended.walkId !== walk.previous) return false;
  // A counted walk of the future had a wrong clock, so the order of the walks is not known.
  return walks.every(({ began }) => began <= walk.began);
}

/** Forgets all counts. Of those whose absence an operator decides, or that were never shown, that much stays known. */
function startOver({ evidence, absences }: Known): Known {
  const restarted = sharing((absence: Absence): Absence => {
    const mark = absence.mark === 'held' ? 'asked' : absence.mark;
    return { ...absence, missed: 0, ...(mark !== undefined && { mark }) };
  });
  const left = [...absences]
    .filter(([, absence]) => absence.mark !== undefined || wasNeverShown(absence, evidence))
    .map(([id, absence]) => [id, restarted(absence)] as const);
  return { evidence, absences: new Map(left) };
}

/** Starts over if the listing is read in another way than before. */
function atSight(known: Known, sight: Sight, began: string): Known {
  const { evidence } = known;
  const { firstBegan = '' } = evidence;
  const isSame = evidence.sight !== undefined && !hasChanged(evidence.sight, sight);
  // A first walk of the future had a wrong clock, and would have everything held until that time.
  if (isSame && firstBegan <= began) return known;
  const { absences } = startOver(known);
  const anew = { ...withoutWaiting(evidence), firstBegan: began, overflow: 0 };
  // Two down walks that failed may have been the old sight's fault.
  return { evidence: { ...anew, failedDowns: 0 }, absences };
}

/** Adds one to the count of each unseen object. Those already counted come first, because only they may be held or kept. */
function countAbsences(
  { evidence, absences }: Known,
  { began }: WalkFacts,
  unseen: readonly string[],
  mostIdBytes: number,
): Absences {
  const counted = new Map<string, Absence>();
  let idBytes = 0;
  const again = sharing((absence: Absence): Absence => {
    const since = absence.missed > 0 || wasNeverShown(absence, evidence) ? absence.since : began;
    return { ...absence, missed: absence.missed + 1, since };
  });
  for (const id of unseen) {
    const absence = absences.get(id);
    if (absence === undefined) continue;
    counted.set(id, again(absence));
    idBytes += id.length;
  }
  // Without room for all absences, nothing tells whether one that is new here was shown before.
  const { firstBegan = began, overflow } = evidence;
  const first: Absence = { missed: 1, since: overflow > 0 ? firstBegan : began };
  for (const id of unseen) {
    if (absences.has(id) || idBytes + id.length > mostIdBytes) continue;
    counted.set(id, first);
    idBytes += id.length;
  }
  return counted;
}

/** What the end of any walk adds to the evidence. */
function withEnded(evidence: Evidence, walk: WalkFacts, notCounted?: NotCounted): Evidence {
  const { walkId, began, direction, isComplete, isOneWay, lastPage = evidence.lastPage } = walk;
  // A walk that got no page at all failed for another reason than its direction.
  const isCutDown = direction === 'down' && walk.isCutShort === true && walk.pages > 0;
  const endedDown = direction === 'down' && walk.isCutShort !== true;
  const failedDowns = isCutDown ? evidence.failedDowns + 1 : endedDown ? 0 : evidence.failedDowns;
  return {
    ...evidence,
    firstNoted: evidence.firstNoted ?? began,
    ended: { walkId, began, isCutDown, ...(notCounted !== undefined && { notCounted }) },
    failedDowns,
    ...(isCutDown && { cutDownAt: began }),
    isOneWay,
    ...(isComplete && lastPage !== undefined && { lastPage }),
  };
}
