import type { Direction } from '../pull/page.ts';
import type { Absence, Absences } from './absences.ts';
import type { Sight } from './sight.ts';

/** What is known of a stream's absent objects. */
export interface Known {
  readonly evidence: Evidence;
  readonly absences: Absences;
}

/** What the walks of a stream proved so far. Plain JSON of a few KB. */
export interface Evidence {
  /** How the listing was read by the last counted walk; absent if no walk counted yet, or the absences were lost. */
  readonly sight?: Sight;
  /**
   * When the first counted walk of the present sight began, RFC 3339; absent with `sight`. An object unseen since then was never
   * shown under it.
   */
  readonly firstBegan?: string;
  /** The last counted walks, oldest first, at most 14. */
  readonly walks: readonly CountedWalk[];
  /** The last walk that ended; absent if none is known. */
  readonly ended?: EndedWalkFacts;
  /** When the first walk that ended here began, counted or not, RFC 3339; absent if none is known. */
  readonly firstNoted?: string;
  /** Down walks in a row that did not reach their end. */
  readonly failedDowns: number;
  /** When the last down walk began that did not reach its end, RFC 3339; absent if each one did. */
  readonly cutDownAt?: string;
  /** Whether the last walk could only read upwards. */
  readonly isOneWay: boolean;
  /** The last page of the last complete walk; absent if its listing has no page numbers. */
  readonly lastPage?: number;
  /** What was carried without an operator, in the last 7 days. */
  readonly carried: readonly Carried[];
  /** What an operator decides; absent if nothing is held. */
  readonly held?: Held;
  /** Since when something due waits for clean walks or a look, RFC 3339; absent if nothing waits. */
  readonly waitingSince?: string;
  /** Why the last look proved nothing; absent if it did, or none was needed. */
  readonly failedLook?: LookFailure;
  /** Unseen objects that the absences have no room for. */
  readonly overflow: number;
}

export interface CountedWalk {
  readonly walkId: string;
  /** RFC 3339. */
  readonly began: string;
  readonly ended: string;
  readonly direction: Direction;
  /** Different objects that it showed. */
  readonly shown: number;
  /** Objects that it showed again. */
  readonly repeated: number;
  /** Empty pages in front of filled ones. */
  readonly holes: number;
  /** Live items in the table when it ended. */
  readonly live: number;
  /** When the walk before it began, counted or not, RFC 3339; absent if the walk before it is not known. */
  readonly after?: string;
}

export interface EndedWalkFacts {
  readonly walkId: string;
  /** RFC 3339. */
  readonly began: string;
  /** Whether it read down and did not reach its end. */
  readonly isCutDown: boolean;
  /** Why it is no evidence; absent if it counted. */
  readonly notCounted?: NotCounted;
}

/** Why a walk is no evidence. */
export type NotCounted = 'incomplete' | 'partial' | 'unknown' | 'cached' | 'too long' | 'too soon';

export interface Carried {
  readonly walkId: string;
  /** RFC 3339. */
  readonly at: string;
  readonly count: number;
}

export interface Held {
  /** The first 12 hexadecimal digits of SHA-256 over the sorted ids. */
  readonly id: string;
  readonly count: number;
  /** How many would need no operator; absent if their number is not the reason. */
  readonly limit?: number;
  readonly reason: HeldReason;
  /** Since when something is held, RFC 3339. */
  readonly since: string;
  /** At most 20 of the ids. */
  readonly sample: readonly string[];
}

/** Why a look proves nothing. */
export type LookFailure =
  | 'incomplete'
  | 'another sight'
  | 'one direction'
  | 'cached'
  | 'empty'
  | 'hole'
  | 'too long';

/** What makes evidence unclean: an empty page in front of a filled one, an empty list, a list re-ordered faster than it was read. */
export type Doubt = (typeof DOUBTS)[number];

const DOUBTS = ['hole', 'empty', 'restless'] as const;

/**
 * - `overflow`: more objects are unseen than the absences have room for.
 * - `never shown`: some were never shown since the listing is read as it is.
 * - `too many`, `too many in a week`: over the limit.
 * - `one direction`: the listing can only be read upwards, which proves too little.
 * - `hole`, `empty`, `restless`: the evidence was not clean for 14 days.
 * - `look`: no look proved anything for 14 days.
 * - `asked before`: some were held before the counts started over.
 */
export type HeldReason =
  | 'overflow'
  | 'never shown'
  | 'too many'
  | 'too many in a week'
  | 'one direction'
  | 'look'
  | 'asked before'
  | Doubt;

export function isDoubt(reason: HeldReason): reason is Doubt {
  return DOUBTS.some((doubt) => doubt === reason);
}

/** The beginning of what is known. */
export const NOTHING_KNOWN: Known = {
  evidence: { walks: [], failedDowns: 0, isOneWay: false, carried: [], overflow: 0 },
  absences: new Map(),
};

/**
 * What is known if the absences cannot be read: the walks, but no sight. So the next counted walk is the first one, and what it does
 * not show is held as never shown.
 */
export function withoutAbsences(evidence: Evidence): Known {
  const { sight: _sight, firstBegan: _first, held: _held, ...kept } = withoutWaiting(evidence);
  return { evidence: { ...kept, overflow: 0 }, absences: new Map() };
}

/** The evidence once nothing waits. */
export function withoutWaiting(evidence: Evidence): Evidence {
  const { waitingSince: _since, failedLook: _failure, ...others } = evidence;
  return others;
}

/** Whether no walk of the present sight is known to have shown the object. */
export function wasNeverShown({ since }: Absence, { firstBegan }: Evidence): boolean {
  return firstBegan !== undefined && since <= firstBegan;
}
