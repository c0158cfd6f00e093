import type { Direction } from '../../../lambda/core/deletes/evidence.ts';

/** A reading of the listing, as the reference rule remembers it. */
export interface LoggedWalk {
  readonly walkId: string;
  /** Milliseconds since the epoch. */
  readonly began: number;
  readonly ended: number;
  readonly sight: number;
  readonly direction: Direction;
  readonly isCounted: boolean;
  readonly isOneWay: boolean;
  /** Whether it was given up, so that what it showed is not known. */
  readonly isGivenUp: boolean;
  readonly shown: ReadonlySet<string>;
}

/** The counted walks that prove an absence, newest first. */
export interface ReferenceWord {
  readonly witnesses: readonly LoggedWalk[];
  readonly wasNeverShown: boolean;
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

/** Whether no walk since the first counted one of the present sight is known to have shown the object. */
function neverShown(id: string, log: readonly LoggedWalk[], sight: number | undefined): boolean {
  const counted = log.filter(({ isCounted }) => isCounted);
  const other = counted.findLastIndex((walk) => walk.sight !== sight);
  const first = counted[other + 1];
  return first !== undefined && log.slice(log.indexOf(first)).every(({ shown }) => !shown.has(id));
}
