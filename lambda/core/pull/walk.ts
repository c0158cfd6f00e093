import { hash } from 'node:crypto';
import type { Position } from './page.ts';
import { type Counts, noCounts, type Receipt } from './receipt.ts';
import { SeenKeys } from './seen-keys.ts';
import type { Stream } from './stream.ts';

/** The reading of a stream's pages from first to last, as it stands between two slices. */
export interface Walk {
  /** The run that began this walk, which also tells its rows in the state table from an earlier walk's. */
  readonly walkId: string;
  /** When it began, RFC 3339. */
  readonly startedAt: string;
  /** What of the stream's configuration the position depends on, as a digest. */
  readonly fingerprint: string;
  /** Slices done. */
  slices: number;
  /** The page to read next; undefined: the first. */
  position: Position | undefined;
  /** The types of the key's fields, from the first object that had a key in this walk or an earlier one. */
  keyTypes: string | undefined;
  readonly counts: Counts;
  /** Objects without a usable key: a walk with any of them is not complete. */
  keyless: number;
  /** Objects whose key has another type than before. */
  retyped: number;
  /** Pages in a row that showed no new key and were not the end. */
  barrenPages: number;
  /** The keys shown so far. */
  readonly seen: SeenKeys;
  /** The links and cursors followed so far, so that a listing that leads in a circle is noticed. */
  readonly followed: SeenKeys;
}

/**
 * What is left of a walk that has come to its end. It says so to a step that is done again because it was cut off right
 * after that: the stream would be read a second time.
 */
export interface EndedWalk extends Pick<Walk, 'walkId' | 'keyTypes'> {
  /** The run that ended it. */
  readonly runId: string;
  readonly receipt: Receipt;
}

export function isEnded(walk: Walk | EndedWalk): walk is EndedWalk {
  return 'receipt' in walk;
}

export function beginWalk(
  stream: Stream,
  start: { walkId: string; startedAt: string; keyTypes: string | undefined },
): Walk {
  return {
    ...start,
    fingerprint: fingerprintOf(stream),
    slices: 0,
    position: undefined,
    counts: noCounts(),
    keyless: 0,
    retyped: 0,
    barrenPages: 0,
    seen: new SeenKeys(),
    followed: new SeenKeys(),
  };
}

/** A longer pause than this, and a walk's first pages are too old to go on from: 7 days. */
const LONGEST_WALK_MS = 7 * 24 * 60 * 60 * 1000;

/** Whether an unfinished walk can be taken up: it is recent and the stream is still configured the same. */
export function mayResume(
  walk: Pick<Walk, 'fingerprint' | 'startedAt'>,
  stream: Stream,
  nowMs: number,
): boolean {
  return walk.fingerprint === fingerprintOf(stream) && nowMs - Date.parse(walk.startedAt) < LONGEST_WALK_MS;
}

function fingerprintOf({ path, query, mediaType, objects, key, paging, ignoreChangesIn }: Stream): string {
  const sortedQuery = Object.entries(query).sort();
  const definition = [path, sortedQuery, mediaType, objects, key, paging, ignoreChangesIn];
  return hash('sha256', JSON.stringify(definition), 'hex').slice(0, 16);
}
