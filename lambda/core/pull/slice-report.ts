import type { Counts } from './counts.ts';
import type { Receipt } from './receipt.ts';
import type { RunPorts } from './run-ports.ts';

/** What a slice did, and whether its stream can continue. */
export interface SliceReport {
  readonly receipt: Receipt;
  /** What this slice alone did. */
  readonly counts: Readonly<Counts>;
  /** Milliseconds until the stream can continue; undefined if it is done for this run. */
  readonly continueAfterMs: number | undefined;
}

export function done(receipt: Receipt, counts: Readonly<Counts>): SliceReport {
  return { receipt, counts, continueAfterMs: undefined };
}

/** A slice that would have less time than this is left to a fresh invocation. 4 minutes. */
const TIME_FOR_A_SLICE_MS = 4 * 60 * 1000;
/** The shortest wait there is. A wait ends the invocation, so the next slice gets a fresh one. */
const REST_MS = 1000;

/** How long to wait before the next slice. In Lambda any wait ends the invocation, as the next slice needs if little time is left. */
export function restMs(ports: Pick<RunPorts, 'timeLeftMs'>, pauseMs: number): number {
  return ports.timeLeftMs() < TIME_FOR_A_SLICE_MS ? Math.max(pauseMs, REST_MS) : pauseMs;
}
