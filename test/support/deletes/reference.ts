import type { Direction } from '../../../lambda/core/pull/page.ts';

/** A reading of the listing, as the reference rule remembers it. */
export interface LoggedWalk {
  readonly walkId: string;
  /** Milliseconds since the epoch. */
  readonly began: number;
  readonly ended: number;
  /** A number that differs if the listing was read in another way than by the counted walk before. */
  readonly sight: number;
  readonly direction: Direction;
  readonly isCounted: boolean;
  readonly isOneWay: boolean;
  /** Whether the rules do not know what it showed. */
  readonly isGivenUp: boolean;
  /** Whether it cannot prove an absence alone: an empty list, an empty page in it, or many objects shown twice. */
  readonly isUnclean: boolean;
  readonly shown: ReadonlySet<string>;
}

/** The counted walks that prove an absence, newest first. */
export interface ReferenceWord {
  readonly witnesses: readonly LoggedWalk[];
  /** Undefined if the rules cannot know. */
  readonly wasNeverShown: boolean | undefined;
}

/**
 * The rule of what is due, written a second time: it keeps the whole log and counts back from the last walk, where the built rule
 * keeps counts.
 *
 * @param log - Oldest first; the last one is the counted walk that is judged.
 * @returns What proves the absence; undefined if it is not proved.
 */
export function referenceWord(
  id: string,
  log: readonly LoggedWalk[],
  goneAfter: number,
  isOneWay: boolean,
  turnsAround: boolean,
): ReferenceWord | undefined {
  const sight = log.at(-1)?.sight;
  const witnesses: LoggedWalk[] = [];
  for (const walk of log.toReversed()) {
    if (walk.isGivenUp || walk.shown.has(id)) break;
    if (!walk.isCounted) continue;
    if (walk.sight !== sight) break;
    witnesses.push(walk);
  }
  const needsBoth = turnsAround && !isOneWay;
  for (let count = goneAfter; count <= witnesses.length; count += 1) {
    const proof = witnesses.slice(0, count);
    const directions = new Set(proof.map(({ direction }) => direction));
    const isEmpty = proof.some(({ shown }) => shown.size === 0);
    if (!needsBoth || isEmpty || directions.size === 2) {
      return { witnesses: proof, wasNeverShown: neverShown(id, log, sight) };
    }
  }
  return undefined;
}

/** Whether no walk since the first counted one of the present sight showed the object; undefined if only one did whose showing is not known. */
function neverShown(id: string, log: readonly LoggedWalk[], sight: number | undefined): boolean | undefined {
  const counted = log.filter(({ isCounted }) => isCounted);
  const other = counted.findLastIndex((walk) => walk.sight !== sight);
  const first = counted[other + 1];
  const showing = log
    .slice(first === undefined ? 0 : log.indexOf(first))
    .filter(({ shown }) => shown.has(id));
  if (showing.length === 0) return true;
  return showing.every(({ isGivenUp }) => isGivenUp) ? undefined : false;
}
