import type { DurableContext, DurableExecutionHandler } from '@aws/durable-execution-sdk-js';
import { SyncError } from '../core/errors.ts';
import type { Engine } from '../core/pull/engine.ts';
import type { Failure, RunReceipt } from '../core/pull/receipt.ts';
import { pullStreams, runReceiptOf } from '../core/pull/run.ts';
import type { Run, RunPorts } from '../core/pull/run-ports.ts';
import type { Stream } from '../core/pull/stream.ts';

/** Everything outside a run that lasts several invocations. */
export interface DurablePullPorts {
  readonly streams: readonly Stream[];
  /**
   * Acquires the lease for an execution and plans its run. A repeated call returns the same run.
   *
   * @throws {SyncError} `RUN_ACTIVE`, with `retryAfterMs` if the lease may be free by then; `STORE_*`.
   */
  begin(executionArn: string): Promise<Run>;
  /** Creates the run's ports for one invocation. */
  openRun(run: Run, invocation: Invocation): RunPorts;
  /** Saves the receipt and releases the lease. */
  finish(receipt: RunReceipt, executionArn: string): Promise<void>;
  /** Publishes how the run ended, as metrics and an event. Never rejects. */
  report(receipt: RunReceipt): Promise<void>;
  /** Reports that a run could not begin, or that its receipt could not be saved. */
  reportFailure(failure: Failure): void;
  /** Reports that the execution does nothing because another pull is in progress. */
  reportSkipped(reason: string): void;
  /** Turns an unexpected error into the failure that a receipt or a log records. */
  unexpected(error: unknown): Failure;
}

/** An invocation of the function. */
export interface Invocation {
  readonly executionArn: string;
  timeLeftMs(): number;
}

/** The result of an execution that did nothing because another pull was in progress. */
export interface Skipped {
  readonly status: 'skipped';
  /** Which pull is in progress, in words. */
  readonly reason: string;
}

/**
 * Runs the pull as a durable execution, in steps: begin, each slice of each stream, finish, report.
 *
 * @returns A handler. If a stream failed, it throws an error with the code of the first one, after the receipt was saved.
 */
export function durablePull(ports: DurablePullPorts): DurableExecutionHandler<unknown, RunReceipt | Skipped> {
  return async (_event, context) => {
    const engine = durableEngine(context);
    const { durableExecutionArn: executionArn } = context.executionContext;

    const begun = await stepWithRetries(engine, 'begin', ports, () => ports.begin(executionArn));
    if ('failure' in begun) return await endWithoutRun(engine, ports, begun.failure);
    const run = begun.result;

    const timeLeftMs = () => context.lambdaContext.getRemainingTimeInMillis();
    const runPorts = ports.openRun(run, { executionArn, timeLeftMs });
    const receipts = await pullStreams(run, ports.streams, runPorts, engine);

    const endedAtMs = await engine.step('end', async () => runPorts.clock.now());
    const receipt = runReceiptOf(run, receipts, endedAtMs);
    const finished = await stepWithRetries(engine, 'finish', ports, () =>
      ports.finish(receipt, executionArn),
    );
    if ('failure' in finished) return await endWithoutRun(engine, ports, finished.failure);
    await engine.step('tell', () => ports.report(receipt));

    const failure = failureOf(receipt);
    if (failure !== undefined) throw failure;
    return receipt;
  };
}

/** The operations that a run's streams may take: the 3,000 that Lambda allows an execution, less 20 for the rest of the run. */
const MOST_OPERATIONS = 3000 - 20;

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
function durableEngine(context: DurableContext): Engine {
  return {
    mostOperations: MOST_OPERATIONS,
    // The SDK must not retry steps: callers retry transient failures themselves, and other failures would only repeat.
    step: (name, work) => context.step(name, work, { retryStrategy: () => ({ shouldRetry: false }) }),
    wait: (name, ms) => context.wait(name, { seconds: Math.max(1, Math.ceil(ms / 1000)) }),
  };
}

/** The result of a step that may fail, as plain JSON. */
type StepResult<Result> = { readonly result: Result } | { readonly failure: StepFailure };

interface StepFailure extends Failure {
  /** Milliseconds after which a retry may succeed; absent if a retry is useless. */
  readonly retryAfterMs?: number;
}

const MOST_ATTEMPTS = 3;
const PAUSE_MS = 30_000;
/** A pull that still holds the lease for longer than this is in progress, so waiting for it is useless. */
const LONGEST_PAUSE_MS = 60_000;

/** Runs a step, and retries it after a transient failure. The waits in between are durable, so they cost nothing. */
async function stepWithRetries<Result>(
  engine: Engine,
  name: string,
  ports: DurablePullPorts,
  work: () => Promise<Result>,
): Promise<StepResult<Result>> {
  const attempt = async (): Promise<StepResult<Result>> => {
    try {
      return { result: await work() };
    } catch (error) {
      return { failure: error instanceof SyncError ? stepFailureOf(error) : ports.unexpected(error) };
    }
  };
  for (let number = 1; ; number += 1) {
    const result = await engine.step(`${name} ${number}`, attempt);
    const pauseMs = 'failure' in result ? result.failure.retryAfterMs : undefined;
    if (pauseMs === undefined || pauseMs > LONGEST_PAUSE_MS || number === MOST_ATTEMPTS) return result;
    await engine.wait(`${name} ${number} waits`, pauseMs);
  }
}

function stepFailureOf(error: SyncError): StepFailure {
  const { code, message, disposition, retryAfterMs } = error;
  const pauseMs = disposition === 'retry' && code !== 'RUN_ACTIVE' ? PAUSE_MS : undefined;
  const after = retryAfterMs ?? pauseMs;
  return { code, message, ...(after !== undefined && { retryAfterMs: after }) };
}

/** Another pull in progress is no failure, because the scheduler may start the same run twice. */
async function endWithoutRun(
  engine: Engine,
  ports: DurablePullPorts,
  { code, message }: Failure,
): Promise<Skipped> {
  if (code === 'RUN_ACTIVE') {
    await engine.step('skip', async () => ports.reportSkipped(message));
    return { status: 'skipped', reason: message };
  }
  await engine.step('give up', async () => ports.reportFailure({ code, message }));
  throw failed(code, message);
}

function failureOf({ runId, streams }: RunReceipt): Error | undefined {
  const failures = Object.entries(streams).filter(([, { status }]) => status === 'failed');
  const [first] = failures.flatMap(([, { error }]) => error ?? []);
  if (first === undefined) return undefined;
  const names = failures.map(([name]) => name).join(', ');
  return failed(first.code, `run ${runId} failed for ${names}: ${first.message}`);
}

/** The error of an execution. Lambda shows its name, which is the code. */
function failed(code: Failure['code'], message: string): Error {
  return Object.assign(new Error(message), { name: code });
}
