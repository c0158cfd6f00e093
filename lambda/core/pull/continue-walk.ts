import { timestamp } from '../clock.ts';
import { nextDirection } from '../deletes/direction.ts';
import { deletePolicyOf, turns } from '../deletes/policy.ts';
import { sightOf } from '../deletes/sight.ts';
import { SyncError } from '../errors.ts';
import { endLook, endReading, endWalk, judgeOn, receiptOfRead } from './after-reading.ts';
import { type Counts, countsSince, noCounts } from './counts.ts';
import { type ReadingPorts, readPages } from './read-pages.ts';
import { canContinueAfter, pauseAfter, type ReadingEnd, receiptAfter } from './reading-end.ts';
import { receiptOf } from './receipt.ts';
import type { Reject } from './reject.ts';
import type { Run, RunPorts, SliceStores } from './run-ports.ts';
import { done, restMs, type SliceReport } from './slice-report.ts';
import type { SliceWork } from './slice-work.ts';
import type { Stream } from './stream.ts';
import {
  beginWalk,
  isUnfinished,
  mayResume,
  previousOf,
  type Walk,
  type WalkRecord,
  type WalkStart,
} from './walk.ts';

/** Continues the stream's walk in the phase of its record. A walk whose end was cut off ends first. */
export async function continueWalk(
  run: Run,
  stream: Stream,
  stores: SliceStores,
  ports: RunPorts,
): Promise<SliceReport> {
  const { runId, deadlineMs = Infinity } = run;
  const { walks } = stores;
  const reading = readingPorts(stream, stores, ports, deadlineMs);
  const work: SliceWork = { runId, stream, stores, ports, reading };
  let walk: Walk | undefined;
  let before = noCounts();
  try {
    const kept = await walks.loadWalk(stream);
    if (kept?.phase === 'ending') await walks.endWalk(stream, kept, []);
    if (kept !== undefined && !isUnfinished(kept) && kept.runId === runId) {
      return done(kept.receipt, noCounts());
    }

    walk = resumable(kept, stream, ports.clock.now()) ?? (await openWalk(work, kept));
    before = { ...readerOf(walk).counts };
    return await (walk.phase === 'judging' ? judgeOn(work, walk) : readOn(work, walk, before));
  } catch (error) {
    const failure = reading.signal.aborted ? reading.signal.reason : error;
    if (!(failure instanceof SyncError)) throw error;
    const counts = walk === undefined ? noCounts() : countsSince(before, readerOf(walk).counts);
    const receipt = receiptOf(walk?.counts ?? noCounts(), 'failed', failure);
    // Judged by a later run in vain, a walk must not keep the stream from being read.
    const isGivenUp = walk?.phase === 'judging' && walk.judging?.readBy !== runId && isOfTheStore(failure);
    if (walk === undefined || !isGivenUp) return done(receipt, counts);
    return { ...(await endWalk(work, walk, receipt, [])), counts };
  }
}

function isOfTheStore({ code }: SyncError): boolean {
  return code.startsWith('STORE_');
}

/** The walk or its look, whichever is read. */
function readerOf(walk: Walk): Walk {
  return walk.look ?? walk;
}

/** The stream's unfinished walk; undefined if it has none, or one that cannot be continued. */
function resumable(kept: WalkRecord | undefined, stream: Stream, nowMs: number): Walk | undefined {
  return kept !== undefined && isUnfinished(kept) && mayResume(kept, stream, nowMs) ? kept : undefined;
}

async function openWalk(
  { runId, stream, stores, ports }: SliceWork,
  kept: WalkRecord | undefined,
): Promise<Walk> {
  const previous = previousOf(kept);
  const startedAt = timestamp(ports.clock.now());
  const start = {
    walkId: runId,
    startedAt,
    ...(previous !== undefined && { previous }),
    ...(await headingOf(stream, stores, startedAt)),
  };
  return beginWalk(stream, start, await stores.walks.loadState(stream));
}

/** Walks turn only where absences are counted, because an object that one misses comes with the next. */
async function headingOf(
  stream: Stream,
  { deletes }: SliceStores,
  startedAt: string,
): Promise<Pick<WalkStart, 'direction' | 'lastPage'>> {
  const { kind } = stream.paging;
  if (deletes === undefined || deletePolicyOf(stream) === undefined || !turns(kind)) return {};
  const { evidence } = (await deletes.absences.load(stream.name)).known;
  const { lastPage } = evidence;
  return { direction: nextDirection(evidence, kind, startedAt), ...(lastPage !== undefined && { lastPage }) };
}

/** Reads pages of the walk, or of its look. Then the walk is saved or, if no page is left to read, goes on to its next phase. */
async function readOn(work: SliceWork, walk: Walk, before: Readonly<Counts>): Promise<SliceReport> {
  const { stream, ports, reading } = work;
  const reader = readerOf(walk);
  const { end, rejects } = await readPages(stream, reader, reading);
  await noteSight(work, reader, before);
  const counts = countsSince(before, reader.counts);
  if (mayContinue(work, walk, end, counts)) {
    const continueAfterMs = pauseAfter(end);
    if (counts.pages > 0 && walk.judging !== undefined) {
      walk.judging = { ...walk.judging, readBy: work.runId };
    }
    await save(work, walk, rejects, continueAfterMs);
    // A walk that was read to its end is complete, whatever its look is like.
    const receipt = walk.look === undefined ? receiptAfter(end, walk) : receiptOfRead(walk);
    return { receipt, counts, continueAfterMs };
  }
  const receipt = receiptAfter(end, reader);
  const isWhole = receipt.status === 'complete' || (end.kind === 'stuck' && end.hasOnlyHoles === true);
  const ended = { receipt, isWhole, isCutShort: !isAtEnd(end), rejects, access: await ports.access() };
  const report =
    walk.look === undefined ? await endReading(work, walk, ended) : await endLook(work, walk, ended);
  return { ...report, counts };
}

/** Whether the listing's end was reached, also if its pages did not show all of it. */
function isAtEnd(end: ReadingEnd): boolean {
  return end.kind === 'complete' || (end.kind === 'stuck' && end.code === 'LISTING_INCOMPLETE');
}

/** Whether a later slice can go on reading. */
function mayContinue(
  { runId }: SliceWork,
  { walkId, judging }: Walk,
  end: ReadingEnd,
  { pages }: Readonly<Counts>,
): boolean {
  const lastReadBy = judging?.readBy ?? walkId;
  // A resumed walk that failed on its first page would fail there in every run.
  const hasFailedAgain =
    end.kind === 'failed' && pages === 0 && lastReadBy !== runId && pauseAfter(end) === undefined;
  return canContinueAfter(end) && !hasFailedAgain;
}

async function save(
  { stream, stores, ports }: SliceWork,
  walk: Walk,
  rejects: readonly Reject[],
  continueAfterMs: number | undefined,
): Promise<void> {
  const isLastOfInvocation =
    Number.isFinite(ports.timeLeftMs()) &&
    continueAfterMs !== undefined &&
    restMs(ports, continueAfterMs) > 0;
  await stores.walks.saveWalk(stream, walk, rejects, { isLastOfInvocation });
}

/** Notes how the listing is read, at the slice that reads page 1. A walk that an older version began keeps none. */
async function noteSight(
  { stream, ports }: SliceWork,
  reader: Walk,
  before: Readonly<Counts>,
): Promise<void> {
  if (deletePolicyOf(stream) === undefined || before.pages > 0 || reader.counts.pages === 0) return;
  const access = await ports.access();
  if (access !== undefined) reader.firstSight = sightOf(stream, access);
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
