import { type Clock, timestamp } from '../clock.ts';
import { SyncError } from '../errors.ts';
import { type Counts, countsSince, noCounts, type Receipt, receiptOf } from './receipt.ts';
import type { Reject } from './reject.ts';
import { pullSlice, type SliceEnd, type SlicePorts } from './slice.ts';
import type { Stream } from './stream.ts';
import { beginWalk, type EndedWalk, isEnded, mayResume, type Walk } from './walk.ts';

/** Where walks are kept between slices and runs. */
export interface WalkStore {
  /** The stream's unfinished walk, or the one that ended last; undefined: neither is known. */
  loadWalk(stream: Stream): Promise<Walk | EndedWalk | undefined>;
  /** What the stream's keys were made of in earlier walks, see `keyOf`; undefined: there was none. */
  loadKeyTypes(stream: Stream): Promise<string | undefined>;
  /** Keeps the walk and its last slice's rejects, so that it can be gone on with from here. */
  saveWalk(stream: Stream, walk: Walk, rejects: readonly Reject[]): Promise<void>;
  /**
   * Keeps its last slice's rejects and what lasts of the walk, and forgets the rest; after a complete one, earlier walks'
   * rejects too. Cut off in between, it is to be called again.
   */
  endWalk(stream: Stream, walk: EndedWalk, rejects: readonly Reject[]): Promise<void>;
}

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
    if (kept !== undefined && isEnded(kept) && kept.runId === runId) {
      await ports.walks.endWalk(stream, kept, []);
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
    else await ports.walks.endWalk(stream, { walkId, keyTypes, runId, receipt }, rejects);
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
  kept: Walk | EndedWalk | undefined,
  { clock, walks }: StepPorts,
): Promise<Walk> {
  if (kept !== undefined && !isEnded(kept) && mayResume(kept, stream, clock.now())) return kept;
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
