import { type Clock, timestamp } from '../clock.ts';
import { SyncError } from '../errors.ts';
import { type Counts, countsSince, noCounts } from './counts.ts';
import { type ReadingPorts, readPages } from './read-pages.ts';
import { canContinueAfter, pauseAfter, receiptAfter } from './reading-end.ts';
import { type Receipt, receiptOf } from './receipt.ts';
import type { Run, RunPorts, SliceStores } from './run-ports.ts';
import type { Stream } from './stream.ts';
import { beginWalk, finishWalk, mayResume, type Walk, type WalkRecord, type WalkStore } from './walk.ts';

/** A slice's place among the stream's slices in this run. */
export interface Turn {
  readonly isFirst: boolean;
  /** Whether the run has no operations left for another slice of this stream. */
  readonly isLast: boolean;
  /** How long the stream has waited since its last page, in milliseconds. */
  readonly waitedMs: number;
}

/** What a slice returns to the run. The engine keeps it, so it holds a few numbers and words only. */
export interface SliceResult {
  /** The stream's receipt if no further slice is taken. */
  readonly receipt: Receipt;
  /** Whether the stream is done for this run. */
  readonly isDone: boolean;
  /** Milliseconds to wait before the next slice or stream; 0 for none. */
  readonly waitMs: number;
  /** How long the stream has waited since its last page, `waitMs` included, in milliseconds. */
  readonly waitedMs: number;
}

/** A stream that waited this long without getting a page is given up until the next run. 2 hours. */
const LONGEST_WAIT_MS = 2 * 60 * 60 * 1000;
/** A slice that would have less time than this is left to a fresh invocation. 4 minutes. */
const TIME_FOR_A_SLICE_MS = 4 * 60 * 1000;
/** The shortest wait there is. A wait ends the invocation, so the next slice gets a fresh one. */
const REST_MS = 1000;

/**
 * Takes the next slice of a stream's walk and decides whether and when another one follows. Records its failure, if any, so that
 * the streams after it are pulled.
 */
export async function takeSlice(run: Run, stream: Stream, turn: Turn, ports: RunPorts): Promise<SliceResult> {
  try {
    return await takeAndReport(run, stream, turn, ports);
  } catch (error) {
    const receipt = receiptOf(noCounts(), 'failed', ports.unexpected(error));
    return { receipt, isDone: true, waitMs: 0, waitedMs: 0 };
  }
}

async function takeAndReport(run: Run, stream: Stream, turn: Turn, ports: RunPorts): Promise<SliceResult> {
  const { clock, progress } = ports;
  if (turn.isFirst) progress.streamBegins(stream);
  const begunAt = clock.now();
  const { receipt, counts, continueAfterMs } = await trySlice(run, stream, ports);
  const now = clock.now();
  ports.countSlice(stream, counts);

  const pauseMs = continueAfterMs ?? 0;
  const waitedMs = (counts.pages > 0 ? 0 : turn.waitedMs + (now - begunAt)) + pauseMs;
  const isDone =
    continueAfterMs === undefined ||
    turn.isLast ||
    ports.signal.aborted ||
    now + pauseMs >= (run.deadlineMs ?? Infinity) ||
    waitedMs > LONGEST_WAIT_MS;
  if (isDone) progress.streamEnds(stream, receipt);
  else if (pauseMs > 0) progress.waits(stream, pauseMs);

  return { receipt, isDone, waitMs: restMs(ports, isDone ? 0 : pauseMs), waitedMs };
}

/** How long to wait before the next slice. In Lambda any wait ends the invocation, as the next slice needs if little time is left. */
function restMs(ports: RunPorts, pauseMs: number): number {
  return ports.timeLeftMs() < TIME_FOR_A_SLICE_MS ? Math.max(pauseMs, REST_MS) : pauseMs;
}

/** What a slice did, and whether its stream can continue. */
interface SliceReport {
  readonly receipt: Receipt;
  /** What this slice alone did. */
  readonly counts: Readonly<Counts>;
  /** Milliseconds until the stream can continue; undefined if it is done for this run. */
  readonly continueAfterMs: number | undefined;
}

/** Opens the stores for a slice and turns its failure into a receipt. */
async function trySlice(run: Run, stream: Stream, ports: RunPorts): Promise<SliceReport> {
  try {
    await using stores = await ports.openStores(stream);
    return await continueWalk(run, stream, stores, ports);
  } catch (error) {
    const failure = error instanceof SyncError ? error : ports.unexpected(error);
    return done(receiptOf(noCounts(), 'failed', failure), noCounts());
  }
}

/**
 * Continues the stream's walk in the phase of its record. In `reading`, pages are read, and the walk is saved or, if no page is
 * left to read, ends. In `ending`, the end was cut off and is repeated.
 */
async function continueWalk(
  { runId, deadlineMs = Infinity }: Run,
  stream: Stream,
  stores: SliceStores,
  ports: RunPorts,
): Promise<SliceReport> {
  const { walks } = stores;
  const { clock } = ports;
  const reading = readingPorts(stream, stores, ports, deadlineMs);
  let walk: Walk | undefined;
  let before = noCounts();
  try {
    const kept = await walks.loadWalk(stream);
    if (kept?.phase === 'ending') await walks.endWalk(stream, kept, []);
    if (kept !== undefined && kept.phase !== 'reading' && kept.runId === runId) {
      return done(kept.receipt, noCounts());
    }

    walk = resumable(kept, stream, clock.now()) ?? (await openWalk(runId, stream, walks, clock));
    before = { ...walk.counts };
    const { end, rejects } = await readPages(stream, walk, reading);
    const counts = countsSince(before, walk.counts);
    const receipt = receiptAfter(end, walk);
    const continueAfterMs = pauseAfter(end);
    // A resumed walk that failed on its first page would fail there in every run.
    const hasFailedAgain =
      end.kind === 'failed' && counts.pages === 0 && walk.walkId !== runId && continueAfterMs === undefined;
    if (canContinueAfter(end) && !hasFailedAgain) {
      const isLastOfInvocation =
        Number.isFinite(ports.timeLeftMs()) &&
        continueAfterMs !== undefined &&
        restMs(ports, continueAfterMs) > 0;
      await walks.saveWalk(stream, walk, rejects, { isLastOfInvocation });
    } else await walks.endWalk(stream, finishWalk(walk, runId, receipt), rejects);
    return { receipt, counts, continueAfterMs };
  } catch (error) {
    const failure = reading.signal.aborted ? reading.signal.reason : error;
    if (!(failure instanceof SyncError)) throw error;
    const counts = walk?.counts ?? noCounts();
    return done(receiptOf(counts, 'failed', failure), countsSince(before, counts));
  }
}

function done(receipt: Receipt, counts: Readonly<Counts>): SliceReport {
  return { receipt, counts, continueAfterMs: undefined };
}

/** The stream's unfinished walk; undefined if it has none, or one that cannot be continued. */
function resumable(kept: WalkRecord | undefined, stream: Stream, nowMs: number): Walk | undefined {
  return kept?.phase === 'reading' && mayResume(kept, stream, nowMs) ? kept : undefined;
}

async function openWalk(runId: string, stream: Stream, walks: WalkStore, clock: Clock): Promise<Walk> {
  const start = { walkId: runId, startedAt: timestamp(clock.now()) };
  return beginWalk(stream, start, await walks.loadState(stream));
}

/** The longest time that a slice reads: 2 minutes. After a crash the next run reads that much again. */
const LONGEST_SLICE_MS = 2 * 60 * 1000;
/** The end of an invocation, reserved for storing what was read and saving the walk. 1 minute. */
const TIME_TO_STORE_MS = 60 * 1000;
/** The time before `TIME_TO_STORE_MS`, reserved for pages in flight, in which no further page is requested. 1 minute. */
const TIME_FOR_LAST_PAGES_MS = 60 * 1000;

/** What the slice reads from and writes to, with its time limits. */
function readingPorts(
  stream: Stream,
  stores: SliceStores,
  ports: RunPorts,
  deadlineMs: number,
): ReadingPorts {
  const { clock, requestsSent, progress } = ports;
  const leftMs = Math.max(0, ports.timeLeftMs() - TIME_TO_STORE_MS);
  const sliceMs = Math.min(LONGEST_SLICE_MS, leftMs - TIME_FOR_LAST_PAGES_MS);
  const endsAt = Math.min(clock.now() + sliceMs, deadlineMs);
  const signals = [ports.signal, stores.signal];
  // After the deadline the walk begins without reading a page, so that the next run pulls this stream first.
  if (clock.now() >= deadlineMs) signals.push(AbortSignal.abort());
  // A single page may take minutes, so `hasTime` alone does not keep the limit.
  if (Number.isFinite(leftMs)) signals.push(AbortSignal.timeout(leftMs));
  return {
    requestsSent,
    table: stores.table,
    signal: AbortSignal.any(signals),
    listPages: (from, signal, budget) => ports.listPages(stream, from, signal, budget),
    hasTime: () => clock.now() < endsAt,
    onPage: (page, counts) => progress.pageTaken(stream, page, counts),
  };
}
