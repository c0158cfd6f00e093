import type { Direction } from '../pull/page.ts';
import type { Paging } from '../pull/stream.ts';
import type { Evidence, NotCounted } from './evidence.ts';
import { isPageNumbered } from './policy.ts';
import { hasChanged, type Sight } from './sight.ts';

/** What deletes depend on of a walk that ended or was given up. */
export interface WalkFacts {
  readonly walkId: string;
  /** The walk whose record this one replaced, whether it ended or was given up; absent if there was no record. */
  readonly previous?: string;
  readonly paging: Paging['kind'];
  /** When its first page was requested, RFC 3339. */
  readonly began: string;
  /** When its last page was read, RFC 3339. */
  readonly ended: string;
  readonly direction: Direction;
  /**
   * Whether its pages could not be asked for from the last to the first, although their kind allows it. False for a listing of at
   * most one page.
   */
  readonly isOneWay: boolean;
  /** How the listing was read at the first slice; absent if an older version began the walk. */
  readonly firstSight?: Sight;
  /** How it was read at the last slice: as at the first, or with more scopes, if the walk counts. */
  readonly sight: Sight;
  /** Whether the walk is complete. */
  readonly isComplete: boolean;
  /** Present if the walk did not reach the listing's end. One that did may still be incomplete. */
  readonly isCutShort?: true;
  /** Whether it was to read the whole listing and to write: no increment, no dry run. */
  readonly isFull: boolean;
  /** Whether an answer was older than 300 s. */
  readonly isCached: boolean;
  readonly pages: number;
  /** The number of the listing's last page; absent if it has no page numbers. */
  readonly lastPage?: number;
  readonly shown: number;
  /** Objects shown more than once, those of page 1's second reading left out. */
  readonly repeated: number;
  readonly holes: number;
  /** Live items in the table when the walk ended. */
  readonly live: number;
}

const HOUR_MS = 60 * 60 * 1000;
/** Walks that begin closer to each other prove no more than one of them. 10 hours. */
const LEAST_DISTANCE_MS = 10 * HOUR_MS;
/** The longest time that page numbers are taken for those of one list. 24 hours. */
export const LONGEST_READING_MS = 24 * HOUR_MS;

/** Why the walk is no evidence for anything's absence; undefined if it counts. */
export function whyNotCounted(walk: WalkFacts, { walks }: Evidence): NotCounted | undefined {
  if (!walk.isComplete) return 'incomplete';
  if (!walk.isFull) return 'partial';
  if (walk.firstSight === undefined || hasChanged(walk.firstSight, walk.sight)) return 'unknown';
  if (walk.isCached) return 'cached';
  if (isPageNumbered(walk.paging) && msBetween(walk.began, walk.ended) > LONGEST_READING_MS)
    return 'too long';
  // A repeated step asks again about a walk that was counted already.
  const last = walks.findLast(({ walkId }) => walkId !== walk.walkId);
  if (last === undefined) return undefined;
  const distanceMs = msBetween(last.began, walk.began);
  // A walk that began in the future had a wrong clock, so it says nothing about the distance.
  return distanceMs >= 0 && distanceMs < LEAST_DISTANCE_MS ? 'too soon' : undefined;
}

export function msBetween(from: string, to: string): number {
  return Date.parse(to) - Date.parse(from);
}
