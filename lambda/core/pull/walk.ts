import { hash } from 'node:crypto';
import type { Judging } from '../deletes/judging.ts';
import type { Sight } from '../deletes/sight.ts';
import { type Counts, noCounts } from './counts.ts';
import type { Doubts } from './doubts.ts';
import { FollowedLinks } from './followed-links.ts';
import { newDigestSeed } from './key-digest.ts';
import { type Direction, firstPosition, type Position } from './page.ts';
import { type ReadBackReason, readBackReason } from './read-back.ts';
import type { ReadingFacts } from './reading-facts.ts';
import type { Receipt } from './receipt.ts';
import type { Reject } from './reject.ts';
import type { Stream } from './stream.ts';
import type { StreamState } from './stream-state.ts';
import { TableMap } from './table-map.ts';
import { isPast } from './verdict.ts';

/** A stream's record of its walk: of one that is not done, of one whose rows are cleaned up, or of one that has ended. */
export type WalkRecord = Walk | EndingWalk | EndedWalk;

/**
 * The phases of a walk that is not done.
 *
 * - `reading`: its pages are read.
 * - `judging`: they were read to the end. What they did not show is judged, and what is gone is carried.
 * - `looking`: the whole list is read once more, before anything is carried that only walks call gone. Then the walk is judged on.
 */
export type Phase = 'reading' | 'judging' | 'looking';

/** Whether a record is of a walk that is not done. */
export function isUnfinished<Record extends { readonly phase: WalkRecord['phase'] }>(
  record: Record,
): record is Exclude<Record, { readonly phase: 'ending' | 'ended' }> {
  return record.phase !== 'ending' && record.phase !== 'ended';
}

/** The store of walks between slices and runs. It keeps one record per stream. */
export interface WalkStore {
  /** What is known of the stream's table from the walks that ended. */
  loadState(stream: Stream): Promise<StreamState>;
  /** The stream's record; undefined if the stream was never walked, or too long ago. */
  loadWalk(stream: Stream): Promise<WalkRecord | undefined>;
  /** Saves the walk and the rejects of its last slice, so that the next slice can continue it. */
  saveWalk(stream: Stream, walk: Walk, rejects: readonly Reject[], options: SaveOptions): Promise<void>;
  /**
   * Saves the rejects of the walk's last slice, and adds the walk to the stream's state. After a complete walk, it deletes the
   * rejects of earlier ones. The record is in the phase `ending` until all of that is done, then in `ended`. If the call was
   * cut off, the next slice repeats it with the ending walk that {@link loadWalk} returns.
   */
  endWalk(stream: Stream, walk: EndingWalk, rejects: readonly Reject[]): Promise<void>;
}

export interface SaveOptions {
  /** Whether another process takes the next slice. The map of the table is then saved too, so that it need not be scanned again. */
  readonly isLastOfInvocation: boolean;
}

/** The reading of a stream's pages from first to last, as it stands between two slices. */
export interface Walk extends ReadingFacts {
  readonly phase: Phase;
  /** The id of the run that began this walk. It marks the walk's rows in the state table. */
  readonly walkId: string;
  /** The walk whose record this one replaced, whether it ended or was given up; absent if there was no record. */
  readonly previous?: string;
  /** RFC 3339. */
  readonly startedAt: string;
  /** A digest of what the position and the keys depend on: the stream's configuration, and the form of a saved walk. */
  readonly fingerprint: string;
  /** How many slices were read. */
  slices: number;
  /** The page to read next; undefined if it is the first one of a walk that reads upwards. */
  position: Position | undefined;
  readonly counts: Counts;
  /** Objects without a usable key. A walk that has one is not complete. */
  keyless: number;
  /** What pages showed that speaks against the walk's completeness. */
  readonly doubts: Doubts;
  /** The smallest number of objects that the listing said it has; absent if it never said so. */
  total?: number;
  /** Consecutive pages without a new key, up to the last one. */
  barrenPages: number;
  /** What the table has, and the keys of the objects so far. */
  readonly table: TableMap;
  /** Why the walk reads back items in place of reading its table first; absent if it reads its table. */
  readBack?: ReadBackReason;
  /** How many items a scan had met when it was given up; absent if none was. */
  metItems?: number;
  /** How many slices were read before the table was scanned; absent before that. */
  scannedAfter?: number;
  /** The slice after which the map was saved; absent if it was not, or if the table may have changed since. */
  keptAfter?: number;
  /** The links and cursors followed so far, to detect a listing that loops. */
  readonly followed: FollowedLinks;
  /** Tombstones that objects replaced. */
  returned: number;
  /** How the listing was read at the slice that read page 1; absent if that is not known. */
  firstSight?: Sight;
  /** What was judged so far; absent while pages are read. */
  judging?: Judging;
  /** The second reading of the list, with keys, links and counts of its own. Present in the phase `looking`. */
  readonly look?: Walk;
}

/** A walk that reads no further page, while its rows in the state table are cleaned up. */
export interface EndingWalk extends Pick<Walk, 'walkId'> {
  readonly phase: 'ending';
  /** How many items the table has, without tombstones, or at least has; absent if the walk did not scan its table. */
  readonly inTable?: number;
  /** When the walk began, RFC 3339; absent in rows of versions that did not save it. */
  readonly startedAt?: string;
  /** The run that read its last page, or the last one of its look. */
  readonly runId: string;
  readonly receipt: Receipt;
}

/**
 * The record of a finished walk, kept until the next walk starts. If Lambda repeats a step that was cut off just after
 * the walk ended, this record shows that nothing is left to do.
 */
export interface EndedWalk extends Omit<EndingWalk, 'phase'> {
  readonly phase: 'ended';
}

export interface WalkStart extends Pick<Walk, 'walkId' | 'startedAt' | 'previous'> {
  /** @default up */
  readonly direction?: Direction;
  /** That of the last complete walk; a listing of numbered pages is read down from there. */
  readonly lastPage?: number;
}

/** A look has its walk's id, and no walk before it. */
export type LookStart = Omit<WalkStart, 'walkId' | 'previous'>;

/** A new walk, before its first page. */
export function beginWalk(stream: Stream, start: WalkStart, state: StreamState): Walk {
  const { direction = 'up', lastPage, ...kept } = start;
  const { startedAt } = kept;
  const readBack = readBackReason(state, Date.parse(startedAt), stream.deletes !== 'never');
  return {
    phase: 'reading',
    ...kept,
    direction,
    ...(readBack !== undefined && { readBack }),
    fingerprint: fingerprintOf(stream, direction),
    slices: 0,
    position: firstPosition(direction, lastPage),
    counts: noCounts(),
    keyless: 0,
    doubts: {},
    barrenPages: 0,
    table: new TableMap(newDigestSeed()),
    followed: new FollowedLinks(),
    returned: 0,
  };
}

/**
 * The id of the walk that the next one follows, given the stream's record.
 *
 * A walk that read no page showed nothing, so it is passed over. A look that was given up showed objects that the walk's evidence
 * does not know of, so it is a walk of its own then.
 */
export function previousOf(record: WalkRecord | undefined): string | undefined {
  if (record === undefined) return undefined;
  if (!isUnfinished(record)) return record.walkId;
  const { walkId, previous, counts, look } = record;
  if (look !== undefined && look.counts.pages > 0) return look.walkId;
  return counts.pages > 0 ? walkId : previous;
}

/** The walk in the phase `looking`, with a look before its first page. It needs its own keys no more, because they were judged. */
export function beginLook(stream: Stream, walk: Walk, start: LookStart, state: StreamState): Walk {
  const look = beginWalk(stream, { walkId: `${walk.walkId}-look`, ...start }, state);
  return { ...walk, phase: 'looking', table: new TableMap(walk.table.seed), look };
}

/** The next phase of a walk that reads no further page. */
export function finishWalk(walk: Walk, runId: string, receipt: Receipt): EndingWalk {
  const { walkId, startedAt, table, judging } = walk;
  const { gone = 0 } = receipt;
  const read = table.isWhole ? table.countLive() : walk.metItems;
  const inTable = judging === undefined ? read : judging.facts.live - gone;
  const counted = inTable === undefined ? {} : { inTable };
  return { phase: 'ending', walkId, startedAt, ...counted, runId, receipt };
}

/** A walk older than this is not resumed, because its first pages are outdated. 7 days. */
const LONGEST_WALK_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * Whether an unfinished walk can be continued: it has read a page, it is recent, and the stream's configuration has not changed.
 * A walk that has read no page begins anew, because its old start would make the table look older than it is. One that began in
 * the future does too, because a clock that was wrong would keep it young for too long.
 */
export function mayResume(
  walk: Pick<Walk, 'counts' | 'fingerprint' | 'startedAt'>,
  stream: Stream,
  nowMs: number,
): boolean {
  const isRecent = isPast(walk.startedAt, nowMs) && nowMs - Date.parse(walk.startedAt) < LONGEST_WALK_MS;
  const fingerprints = [fingerprintOf(stream, 'up'), fingerprintOf(stream, 'down')];
  return walk.counts.pages > 0 && isRecent && fingerprints.includes(walk.fingerprint);
}

/** The form of a walk's saved keys. A walk of an earlier form begins anew. */
const WALK_FORM = 3;

/** @param direction - Versions that only read upwards do not know a walk down by its fingerprint, so they begin anew. */
function fingerprintOf(stream: Stream, direction: Direction): string {
  const { path, query, mediaType, objects, key, paging, ignoreChangesIn } = stream;
  const sortedQuery = Object.entries(query).sort();
  const definition = [WALK_FORM, path, sortedQuery, mediaType, objects, key, paging, ignoreChangesIn];
  const fingerprint = hash('sha256', JSON.stringify(definition), 'hex').slice(0, 16);
  return direction === 'up' ? fingerprint : `${fingerprint}-down`;
}
