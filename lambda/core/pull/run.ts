import { type Clock, timestamp } from '../clock.ts';
import { SyncError } from '../errors.ts';
import type { Engine } from './engine.ts';
import type { Page, Position } from './page.ts';
import {
  type Counts,
  type Failure,
  noCounts,
  type Receipt,
  type RunReceipt,
  receiptOf,
  worstStatus,
} from './receipt.ts';
import { type StepPorts, stepStream } from './step.ts';
import type { Stream } from './stream.ts';
import type { TablePort } from './table-writer.ts';
import type { WalkStore } from './walk.ts';

/** A run that has begun, as plain JSON. */
export interface Run {
  readonly runId: string;
  /** RFC 3339. */
  readonly startedAt: string;
  /** Names of the streams that an earlier run could not finish: they have their turn first. */
  readonly unfinished: readonly string[];
  /** When the run has to be over, in milliseconds since the epoch; absent: whenever it is. */
  readonly deadlineMs?: number;
}

/** What a slice writes to, for as long as it may; disposing of it ends that. */
export interface SliceStores extends AsyncDisposable {
  readonly walks: WalkStore;
  readonly table: TablePort;
  /** Aborts, with a {@link SyncError} as its reason, once the slice may not write any more. */
  readonly signal: AbortSignal;
}

/** Everything outside a run. */
export interface RunPorts {
  readonly clock: Clock;
  openSlice(stream: Stream): Promise<SliceStores>;
  listPages(
    stream: Stream,
    from: Position | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Page, void, undefined>;
  /** HTTP requests sent to Procurios so far. */
  requestsSent(): number;
  /** Aborts when the run is to stop. */
  readonly signal: AbortSignal;
  /** What is left of the invocation, in milliseconds; infinite where nothing ends it. */
  timeLeftMs(): number;
  readonly progress: Progress;
  /** Told after each slice what it alone did, whatever became of it. */
  sliceEnds(stream: Stream, did: Readonly<Counts>): void;
  /** Turns an unexpected error into the failure that a receipt records, or throws it again. */
  unexpected(error: unknown, stream: Stream): Failure;
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
/** Kept back from an invocation for what was read last: to store it, save the place and say so. 1 minute. */
const TIME_TO_STORE_MS = 60 * 1000;
/** Before that, no further page is asked for, so that those under way may still come. 1 minute. */
const TIME_FOR_LAST_PAGES_MS = 60 * 1000;
/** With less than this a slice is not begun any more, but left to a fresh invocation. 4 minutes. */
const TIME_FOR_A_SLICE_MS = 4 * 60 * 1000;
/** The wait that brings a fresh invocation: the shortest there is. */
const REST_MS = 1000;

/**
 * Pulls the streams, one after the other: a failing one is recorded and the next begins.
 *
 * @returns Their receipts by their names, in the order of `streams`.
 */
export async function pullStreams(
  run: Run,
  streams: readonly Stream[],
  ports: RunPorts,
  engine: Engine,
): Promise<Record<string, Receipt>> {
  const counted = countOperations(engine);
  const receipts = new Map<Stream, Receipt>();
  const unfinishedFirst = streams.toSorted(
    (a, b) => Number(run.unfinished.includes(b.name)) - Number(run.unfinished.includes(a.name)),
  );
  for (const [index, stream] of unfinishedFirst.entries()) {
    // It and those after it have a step and a wait each, at least.
    const reserve = 2 * (streams.length - index) + 1;
    receipts.set(stream, await pullStream(run, stream, ports, counted, reserve));
  }
  return Object.fromEntries(streams.map((stream) => [stream.name, receipts.get(stream) as Receipt]));
}

/** Closes the run's account. */
export function runReceiptOf(
  { runId, startedAt }: Run,
  streams: Readonly<Record<string, Receipt>>,
  nowMs: number,
): RunReceipt {
  const status = worstStatus(Object.values(streams));
  return { runId, startedAt, finishedAt: timestamp(nowMs), status, streams };
}

/** Reads a stream slice by slice, until it ends or neither time nor patience is left. */
async function pullStream(
  run: Run,
  stream: Stream,
  ports: RunPorts,
  engine: CountedEngine,
  reserve: number,
): Promise<Receipt> {
  let waitedMs = 0;
  for (let slice = 1; ; slice += 1) {
    const turn = { isFirst: slice === 1, isLast: engine.operationsLeft() <= reserve, waitedMs };
    const outcome = await engine.step(`${stream.name} ${slice}`, () => takeSlice(run, stream, turn, ports));
    if (outcome.waitMs > 0) await engine.wait(`${stream.name} ${slice} waits`, outcome.waitMs);
    if (outcome.isDone) return outcome.receipt;
    waitedMs = outcome.waitedMs;
  }
}

/** What a slice has to know of those before it. */
interface Turn {
  readonly isFirst: boolean;
  /** There is no room for a further one in this run. */
  readonly isLast: boolean;
  /** How long the stream has waited by now without getting a page, in milliseconds. */
  readonly waitedMs: number;
}

/** What a slice leaves to the next step of the run: a few numbers and words. */
interface Outcome {
  readonly receipt: Receipt;
  readonly isDone: boolean;
  /** Milliseconds to wait before whatever comes next; 0: it may begin at once. */
  readonly waitMs: number;
  /** How long the stream will have waited then without getting a page. */
  readonly waitedMs: number;
}

async function takeSlice(run: Run, stream: Stream, turn: Turn, ports: RunPorts): Promise<Outcome> {
  const { clock, progress } = ports;
  if (turn.isFirst) progress.streamBegins(stream);
  const begunAt = clock.now();
  const step = await tryStep(run, stream, ports);
  const now = clock.now();
  ports.sliceEnds(stream, step.did);

  const pauseMs = step.goOnAfterMs ?? 0;
  const waitedMs = (step.did.pages > 0 ? 0 : turn.waitedMs + (now - begunAt)) + pauseMs;
  const isDone =
    step.goOnAfterMs === undefined ||
    turn.isLast ||
    ports.signal.aborted ||
    now + pauseMs >= (run.deadlineMs ?? Infinity) ||
    waitedMs > LONGEST_WAIT_MS;
  if (isDone) progress.streamEnds(stream, step.receipt);
  else if (pauseMs > 0) progress.waits(stream, pauseMs);

  const restMs = ports.timeLeftMs() < TIME_FOR_A_SLICE_MS ? REST_MS : 0;
  return { receipt: step.receipt, isDone, waitMs: isDone ? restMs : Math.max(pauseMs, restMs), waitedMs };
}

/** A step of the stream with the stores opened for it. */
async function tryStep(run: Run, stream: Stream, ports: RunPorts): ReturnType<typeof stepStream> {
  try {
    await using stores = await ports.openSlice(stream);
    return await stepStream(run.runId, stream, stepPorts(run, stream, stores, ports));
  } catch (error) {
    const failure = error instanceof SyncError ? error : ports.unexpected(error, stream);
    return { receipt: receiptOf(noCounts(), 'failed', failure), goOnAfterMs: undefined, did: noCounts() };
  }
}

function stepPorts(run: Run, stream: Stream, stores: SliceStores, ports: RunPorts): StepPorts {
  const { clock, requestsSent, progress } = ports;
  const leftMs = Math.max(0, ports.timeLeftMs() - TIME_TO_STORE_MS);
  const sliceMs = Math.min(LONGEST_SLICE_MS, leftMs - TIME_FOR_LAST_PAGES_MS);
  const { deadlineMs = Infinity } = run;
  const endsAt = Math.min(clock.now() + sliceMs, deadlineMs);
  const signals = [ports.signal, stores.signal];
  // Its walk is begun and not a page of it read: a page may take minutes, and the next run takes unfinished walks first.
  if (clock.now() >= deadlineMs) signals.push(AbortSignal.abort());
  // A page may take minutes.
  if (Number.isFinite(leftMs)) signals.push(AbortSignal.timeout(leftMs));
  return {
    clock,
    requestsSent,
    walks: stores.walks,
    table: stores.table,
    signal: AbortSignal.any(signals),
    listPages: (from, stop) => ports.listPages(stream, from, stop),
    mayGoOn: () => clock.now() < endsAt,
    onPage: (page, counts) => progress.pageTaken(stream, page, counts),
  };
}

interface CountedEngine extends Engine {
  operationsLeft(): number;
}

function countOperations(engine: Engine): CountedEngine {
  let operations = 0;
  return {
    mostOperations: engine.mostOperations,
    operationsLeft: () => engine.mostOperations - operations,
    step(name, work) {
      operations += 1;
      return engine.step(name, work);
    },
    wait(name, ms) {
      operations += 1;
      return engine.wait(name, ms);
    },
  };
}
