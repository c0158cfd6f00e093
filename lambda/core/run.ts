import { type Clock, timestamp } from './clock.ts';
import type { Page, Position } from './page.ts';
import { type Counts, type Receipt, type RunReceipt, worstStatus } from './receipt.ts';
import { type StepPorts, stepStream, type WalkStore } from './step.ts';
import type { TablePort } from './storing.ts';
import type { Stream } from './stream.ts';

/** Everything outside a run. */
export interface RunPorts {
  readonly clock: Clock;
  readonly walks: WalkStore;
  listPages(
    stream: Stream,
    from: Position | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Page, void, undefined>;
  openTable(stream: Stream): TablePort;
  /** HTTP requests sent to Procurios so far. */
  requestsSent(): number;
  /** Aborts when the run is to stop; with a {@link SyncError} as its reason, the run fails with that. */
  readonly signal: AbortSignal;
  /** When the run has to be over, in milliseconds since the epoch; undefined: whenever it is. */
  readonly deadlineMs?: number;
  readonly progress: Progress;
}

/** What a run tells whoever watches. */
export interface Progress {
  streamBegins(stream: Stream): void;
  /** @param counts - Those of the whole walk, this page included; what is still being stored is not counted yet. */
  pageTaken(stream: Stream, page: Page, counts: Readonly<Counts>): void;
  /** Procurios asked for a pause of that many milliseconds. */
  waits(stream: Stream, ms: number): void;
  streamEnds(stream: Stream, receipt: Receipt): void;
}

/** How long a slice reads, at most: a crash makes the next run read this much again. 2 minutes. */
const LONGEST_SLICE_MS = 2 * 60 * 1000;
/** A stream that waited this long without getting a page is given up until the next run. 2 hours. */
const LONGEST_WAIT_MS = 2 * 60 * 60 * 1000;

/** Pulls the streams, one after the other: a failing one is recorded and the next begins. */
export async function pullStreams(
  runId: string,
  streams: readonly Stream[],
  ports: RunPorts,
): Promise<RunReceipt> {
  const startedAt = timestamp(ports.clock.now());
  const receipts: [string, Receipt][] = [];
  for (const stream of streams) {
    ports.progress.streamBegins(stream);
    const receipt = await pullStream(runId, stream, ports);
    ports.progress.streamEnds(stream, receipt);
    receipts.push([stream.name, receipt]);
  }
  return {
    runId,
    startedAt,
    finishedAt: timestamp(ports.clock.now()),
    status: worstStatus(receipts.map(([, receipt]) => receipt)),
    streams: Object.fromEntries(receipts),
  };
}

/** Reads a stream step by step, until it ends or neither time nor patience is left. */
async function pullStream(runId: string, stream: Stream, ports: RunPorts): Promise<Receipt> {
  let waitedMs = 0;
  for (;;) {
    const step = await stepStream(runId, stream, stepPorts(stream, ports));
    if (step.goOnAfterMs === undefined || ports.signal.aborted) return step.receipt;
    waitedMs = step.pages > 0 ? 0 : waitedMs;
    const goesOnAt = ports.clock.now() + step.goOnAfterMs;
    if (goesOnAt >= (ports.deadlineMs ?? Infinity) || waitedMs + step.goOnAfterMs > LONGEST_WAIT_MS) {
      return step.receipt;
    }
    if (step.goOnAfterMs > 0) {
      ports.progress.waits(stream, step.goOnAfterMs);
      await ports.clock.sleep(step.goOnAfterMs, ports.signal);
      waitedMs += step.goOnAfterMs;
    }
  }
}

function stepPorts(stream: Stream, ports: RunPorts): StepPorts {
  const { clock, walks, signal, requestsSent, progress } = ports;
  const endsAt = Math.min(clock.now() + LONGEST_SLICE_MS, ports.deadlineMs ?? Infinity);
  return {
    clock,
    walks,
    signal,
    requestsSent,
    table: ports.openTable(stream),
    listPages: (from, stop) => ports.listPages(stream, from, stop),
    mayGoOn: () => clock.now() < endsAt,
    onPage: (page, counts) => progress.pageTaken(stream, page, counts),
  };
}
