import type { DurableContext, DurableExecutionHandler } from '@aws/durable-execution-sdk-js';
import { SyncError } from '../core/errors.ts';
import type { Engine } from '../core/pull/engine.ts';
import type { Failure, RunReceipt } from '../core/pull/receipt.ts';
import { pullStreams, runReceiptOf } from '../core/pull/run.ts';
import type { Run, RunPorts } from '../core/pull/run-ports.ts';
import type { Stream } from '../core/pull/stream.ts';

/** Everything outside a run that Lambda carries through its invocations. */
export interface DurablePullPorts {
  readonly streams: readonly Stream[];
  /**
   * Takes the lease for an execution and plans its run. Called again, it gives the same run.
   *
   * @throws {SyncError} `RUN_ACTIVE`, with `retryAfterMs` where the way may be free that soon; `STORE_*`.
   */
  begin(executionArn: string): Promise<Run>;
  /** What the run has around it in one invocation. */
  openRun(run: Run, invocation: Invocation): RunPorts;
  /** Keeps the receipt and lets go of the lease. */
  finish(receipt: RunReceipt, executionArn: string): Promise<void>;
  /** Tells the world how the run ended: metrics, event. Its failures are its own. */
  tell(receipt: RunReceipt): Promise<void>;
  /** Tells that a run could not begin or be finished. */
  tellFailure(failure: Failure): void;
  /** Tells that there is nothing to do: another pull is at work. */
  tellSkipped(reason: string): void;
  /** Turns an unexpected error into the failure that a receipt or a log records. */
  unexpected(error: unknown): Failure;
}

/** What of an invocation a run has to know. */
export interface Invocation {
  readonly executionArn: string;
  timeLeftMs(): number;
}

/** What an execution returns that found another pull at work. */
export interface Skipped {
  readonly status: 'skipped';
  /** Who is at work, for people. */
  readonly reason: string;
}

/**
 * One run of the pull as a durable execution: begin, the streams in turn slice by slice, finish.
 *
 * @returns A handler that fails, when a stream did, with the first failing one's code: the receipt is kept by then.
 */
export function durablePull(ports: DurablePullPorts): DurableExecutionHandler<unknown, RunReceipt | Skipped> {
  return async (_event, context) => {
    const engine = durableEngine(context);
    const { durableExecutionArn: executionArn } = context.executionContext;

    const begun = await persist(engine, 'begin', ports, () => ports.begin(executionArn));
    if ('failure' in begun) return await endWithoutRun(engine, ports, begun.failure);
    const run = begun.result;

    const timeLeftMs = () => context.lambdaContext.getRemainingTimeInMillis();
    const around = ports.openRun(run, { executionArn, timeLeftMs });
    const receipts = await pullStreams(run, ports.streams, around, engine);

    const endedAtMs = await engine.step('end', async () => around.clock.now());
    const receipt = runReceiptOf(run, receipts, endedAtMs);
    const finished = await persist(engine, 'finish', ports, () => ports.finish(receipt, executionArn));
    if ('failure' in finished) return await endWithoutRun(engine, ports, finished.failure);
    await engine.step('tell', () => ports.tell(receipt));

    const failure = failureOf(receipt);
    if (failure !== undefined) throw failure;
    return receipt;
  };
}

/** All operations that Lambda allows an execution, less those that this function takes around the streams. */
const MOST_OPERATIONS = 3000 - 20;

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
function durableEngine(context: DurableContext): Engine {
  return {
    mostOperations: MOST_OPERATIONS,
    // What fails and may pass is tried again by whoever called; the rest is no better the second time.
    step: (name, work) => context.step(name, work, { retryStrategy: () => ({ shouldRetry: false }) }),
    wait: (name, ms) => context.wait(name, { seconds: Math.max(1, Math.ceil(ms / 1000)) }),
  };
}

/** How a step ended that may fail, as plain JSON. */
type Outcome<Result> = { readonly result: Result } | { readonly failure: StepFailure };

interface StepFailure extends Failure {
  /** Milliseconds after which it may go better; absent: it does not pass by itself. */
  readonly retryAfterMs?: number;
}

const MOST_TRIES = 3;
const PAUSE_MS = 30_000;
/** What holds the lease for longer than this is at work. */
const LONGEST_PAUSE_MS = 60_000;

/** Takes a step up to three times while what stops it may pass, with waits that cost nothing in between. */
async function persist<Result>(
  engine: Engine,
  name: string,
  ports: DurablePullPorts,
  work: () => Promise<Result>,
): Promise<Outcome<Result>> {
  const attempt = async (): Promise<Outcome<Result>> => {
    try {
      return { result: await work() };
    } catch (error) {
      return { failure: error instanceof SyncError ? stepFailureOf(error) : ports.unexpected(error) };
    }
  };
  for (let tries = 1; ; tries += 1) {
    const outcome = await engine.step(`${name} ${tries}`, attempt);
    const pauseMs = 'failure' in outcome ? outcome.failure.retryAfterMs : undefined;
    if (pauseMs === undefined || pauseMs > LONGEST_PAUSE_MS || tries === MOST_TRIES) return outcome;
    await engine.wait(`${name} ${tries} waits`, pauseMs);
  }
}

function stepFailureOf(error: SyncError): StepFailure {
  const { code, message, disposition, retryAfterMs } = error;
  const pauseMs = disposition === 'retry' && code !== 'RUN_ACTIVE' ? PAUSE_MS : undefined;
  const after = retryAfterMs ?? pauseMs;
  return { code, message, ...(after !== undefined && { retryAfterMs: after }) };
}

/** Another pull at work is no failure: the scheduler starts a run at least once. */
async function endWithoutRun(
  engine: Engine,
  ports: DurablePullPorts,
  { code, message }: Failure,
): Promise<Skipped> {
  if (code === 'RUN_ACTIVE') {
    await engine.step('skip', async () => ports.tellSkipped(message));
    return { status: 'skipped', reason: message };
  }
  await engine.step('give up', async () => ports.tellFailure({ code, message }));
  throw failed(code, message);
}

function failureOf({ runId, streams }: RunReceipt): Error | undefined {
  const failures = Object.entries(streams).filter(([, { status }]) => status === 'failed');
  const [first] = failures.flatMap(([, { error }]) => error ?? []);
  if (first === undefined) return undefined;
  const names = failures.map(([name]) => name).join(', ');
  return failed(first.code, `run ${runId} failed for ${names}: ${first.message}`);
}

/** What Lambda shows as the error of an execution: the code as its name. */
function failed(code: Failure['code'], message: string): Error {
  return Object.assign(new Error(message), { name: code });
}
