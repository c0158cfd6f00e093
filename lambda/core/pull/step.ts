import { type Clock, timestamp } from '../clock.ts';
import { SyncError } from '../errors.ts';
import { type Counts, countsSince, noCounts, type Receipt, receiptOf } from './receipt.ts';
import { pullSlice, type SliceEnd, type SlicePorts } from './slice.ts';
import type { Stream } from './stream.ts';
import { beginWalk, type EndedWalk, type EndingWalk, mayResume, type Walk, type WalkStore } from './walk.ts';

/** Everything outside a step. */
export interface StepPorts extends SlicePorts {
  readonly clock: Clock;
  readonly walks: WalkStore;
}

/** What a step says to whoever takes the next one: a few numbers and words, never an object. */
export interface Step {
  /** How the stream stands; its account if no further step is taken. */
  readonly receipt: Receipt;
  /**
   * Milliseconds to wait before the next step, 0 also where this one was interrupted; undefined: the stream is done for
   * this run.
   */
  readonly goOnAfterMs: number | undefined;
  /** What this step alone did. */
  readonly did: Readonly<Counts>;
}

/** One slice of a stream, with the walk it belongs to: loaded before, saved or ended after. */
export async function stepStream(runId: string, stream: Stream, ports: StepPorts): Promise<Step> {
  let walk: Walk | undefined;
  let before = noCounts();
  try {
    const kept = await ports.walks.loadWalk(stream);
    if (kept?.phase === 'ending') await ports.walks.endWalk(stream, kept, []);
    if (kept !== undefined && kept.phase !== 'reading' && kept.runId === runId) {
      return { receipt: kept.receipt, goOnAfterMs: undefined, did: noCounts() };
    }
    walk = await openWalk(runId, stream, kept, ports);
    before = { ...walk.counts };
    const { end, rejects } = await pullSlice(stream, walk, ports);
    const did = countsSince(before, walk.counts);
    // Taken up from an earlier run and no page further: whoever takes it up again would fare no better.
    const isStuck =
      end.kind === 'failed' && did.pages === 0 && walk.walkId !== runId && pauseAfter(end) === undefined;
    const receipt = receiptAfter(end, walk);
    const { walkId, keyTypes } = walk;
    if (mayGoOnLater(end) && !isStuck) await ports.walks.saveWalk(stream, walk, rejects);
    else await ports.walks.endWalk(stream, { phase: 'ending', walkId, keyTypes, runId, receipt }, rejects);
    return {
      receipt,
      goOnAfterMs: pauseAfter(end),
      did,
    };
  } catch (error) {
    const failure = ports.signal.aborted ? ports.signal.reason : error;
    if (!(failure instanceof SyncError)) throw error;
    const counts = walk?.counts ?? noCounts();
    return {
      receipt: receiptOf(counts, 'failed', failure),
      goOnAfterMs: undefined,
      did: countsSince(before, counts),
    };
  }
}

async function openWalk(
  runId: string,
  stream: Stream,
  kept: Walk | EndingWalk | EndedWalk | undefined,
  { clock, walks }: StepPorts,
): Promise<Walk> {
  if (kept?.phase === 'reading' && mayResume(kept, stream, clock.now())) return kept;
  const keyTypes = await walks.loadKeyTypes(stream);
  return beginWalk(stream, { walkId: runId, startedAt: timestamp(clock.now()), keyTypes });
}

/**
 * Whether the walk can be gone on with. Not after an answer that cannot be right: whoever resumes there would read
 * it again, while from the start at least the pages before it are brought up to date.
 */
function mayGoOnLater(end: SliceEnd): boolean {
  if (end.kind === 'failed')
    return !['RESPONSE_INVALID', 'LIST_AMBIGUOUS', 'NOT_PROCURIOS'].includes(end.error.code);
  return end.kind === 'more' || end.kind === 'interrupted';
}

/**
 * Pauses up to this long are waited for within a slice, several in a row: 30 seconds. A stream that fails with such a
 * one has been waited for enough; going on at once would ask without end.
 */
export const LONGEST_WAIT_IN_SLICE_MS = 30_000;

function pauseAfter(end: SliceEnd): number | undefined {
  if (end.kind === 'more' || end.kind === 'interrupted') return 0;
  const askedMs = end.kind === 'failed' ? end.error.retryAfterMs : undefined;
  return askedMs !== undefined && askedMs > LONGEST_WAIT_IN_SLICE_MS ? askedMs : undefined;
}

function receiptAfter(end: SliceEnd, walk: Walk): Receipt {
  switch (end.kind) {
    case 'complete':
      return receiptOf(walk.counts, 'complete');
    case 'stuck':
      return receiptOf(walk.counts, 'incomplete', end);
    case 'failed':
      return receiptOf(walk.counts, 'failed', end.error);
    default:
      return receiptOf(walk.counts, 'incomplete', {
        code: 'INTERRUPTED',
        message: `stopped before page ${walk.position?.page ?? 1}; the next pull goes on from there`,
      });
  }
}
