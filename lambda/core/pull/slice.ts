import { SyncError } from '../errors.ts';
import { continueWalk } from './continue-walk.ts';
import { noCounts } from './counts.ts';
import { type Receipt, receiptOf } from './receipt.ts';
import type { Run, RunPorts } from './run-ports.ts';
import { done, restMs, type SliceReport } from './slice-report.ts';
import type { Stream } from './stream.ts';

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
