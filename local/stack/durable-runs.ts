import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import type { DurableExecutions } from '../endpoints/embedded-lambda.ts';
import { ServiceError } from '../endpoints/json-service.ts';
import { FunctionError } from './function-host.ts';
import type { FunctionTarget } from './template-functions.ts';

/** How a durable execution ended. */
interface DurableResult {
  readonly arn: string;
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  /** The function's result; undefined if it did not return. */
  readonly result: unknown;
  readonly error: { readonly type: string | undefined; readonly message: string | undefined } | undefined;
  /** The number of invocations. */
  readonly invocations: number;
}

/**
 * Runs durable executions. AWS's local test runner stores their operations and decides when to invoke a function again. The
 * function, in its worker, reaches the runner over HTTP, as it reaches Lambda when deployed.
 */
export interface DurableRuns extends DurableExecutions {
  /** Runs an execution until it has succeeded or failed, with a new invocation after each wait. */
  run(target: FunctionTarget, payload: unknown): Promise<DurableResult>;
  close(): Promise<void>;
}

/** The runner's event: Lambda's event and a client, which cannot be sent to the function's worker. */
interface RunnerEvent {
  readonly CheckpointToken: string;
  readonly DurableExecutionArn: string;
  readonly InitialExecutionState: { readonly Operations: readonly object[] };
  readonly UpdatedOperationIds?: readonly string[];
  readonly durableExecutionClient: {
    checkpoint(parameters: object): Promise<object>;
    getExecutionState(parameters: object): Promise<object>;
  };
}
interface RunningExecution {
  readonly arn: string;
  /** The runner's identifier of the execution. */
  readonly runnerArn: string;
  readonly functionArn: string;
  readonly startedAt: Date;
  readonly client: RunnerEvent['durableExecutionClient'];
  status: 'RUNNING' | DurableResult['status'];
}

/** Values of `Status` in a durable function's answer. */
const STATUSES: ReadonlySet<unknown> = new Set(['SUCCEEDED', 'FAILED', 'PENDING']);

/** Running {@link DurableRuns} in this process. They share one test environment, because the runner allows only one. */
let users = 0;

export async function startDurableRuns(): Promise<DurableRuns> {
  if (users === 0) await LocalDurableTestRunner.setupTestEnvironment({ skipTime: false });
  users += 1;
  const executions = new Map<string, RunningExecution>();
  const find = (arn: string): RunningExecution => {
    const execution = executions.get(arn);
    if (execution !== undefined) return execution;
    throw new ServiceError('ResourceNotFoundException', `There is no durable execution ${arn}.`);
  };
  return {
    run: (target, payload) => run(target, payload, executions),
    async checkpoint(arn, parameters) {
      const { client, runnerArn } = find(arn);
      return await client.checkpoint({ ...parameters, DurableExecutionArn: runnerArn });
    },
    async readState(arn, CheckpointToken) {
      const { client, runnerArn } = find(arn);
      return await client.getExecutionState({ CheckpointToken, DurableExecutionArn: runnerArn });
    },
    describe(arn) {
      const execution = executions.get(arn);
      return execution && describeExecution(execution);
    },
    async close() {
      users -= 1;
      if (users === 0) await LocalDurableTestRunner.teardownTestEnvironment();
    },
  };
}

async function run(
  { host, arn: functionArn }: FunctionTarget,
  payload: unknown,
  executions: Map<string, RunningExecution>,
): Promise<DurableResult> {
  const deadlineMs = Date.now() + (host.spec.executionTimeoutMs ?? 0);
  let execution: RunningExecution | undefined;
  let invocations = 0;
  async function handlerFunction({ durableExecutionClient, ...event }: RunnerEvent): Promise<object> {
    execution ??= begin(event.DurableExecutionArn, functionArn, durableExecutionClient);
    executions.set(execution.arn, execution);
    if (Date.now() > deadlineMs) {
      execution.status = 'TIMED_OUT';
      throw new FunctionError(host.spec, 'TimedOut', 'the execution exceeded its timeout');
    }
    invocations += 1;
    const answer = await host.invoke({ ...event, DurableExecutionArn: execution.arn }, functionArn);
    if (isDurableAnswer(answer)) return answer;
    throw new FunctionError(host.spec, 'InvalidStatus', 'the answer is not one of a durable function');
  }

  const ended = await runToEnd(handlerFunction, payload);
  const status = execution?.status === 'TIMED_OUT' ? 'TIMED_OUT' : ended.status;
  if (execution !== undefined) execution.status = status;
  return { ...ended, arn: execution?.arn ?? '', status, invocations };
}

type RunnerOptions = ConstructorParameters<typeof LocalDurableTestRunner>[0];

/** @param handlerFunction - Answers the runner's events as Lambda does. */
async function runToEnd(handlerFunction: (event: RunnerEvent) => Promise<object>, payload: unknown) {
  const runner = new LocalDurableTestRunner({ handlerFunction } as unknown as RunnerOptions);
  try {
    const finished = await runner.run({ payload });
    if (finished.getStatus() === 'SUCCEEDED') {
      return { status: 'SUCCEEDED', result: finished.getResult() as unknown, error: undefined } as const;
    }
    const { errorType: type, errorMessage: message } = finished.getError();
    return { status: 'FAILED', result: undefined, error: { type, message } } as const;
  } catch (error) {
    // An invocation failed. Lambda retries it for a while; here the execution ends with it.
    const { name: type, message } = error as Error;
    return { status: 'FAILED', result: undefined, error: { type, message } } as const;
  }
}

function isDurableAnswer(answer: unknown): answer is object {
  return STATUSES.has((answer as { readonly Status?: unknown } | null)?.Status);
}

function begin(id: string, functionArn: string, client: RunningExecution['client']): RunningExecution {
  // As in AWS, an execution belongs to a version, also if it was started through an alias.
  const version = functionArn.replace(/(:function:[^:]+):.*$/, '$1:1');
  return {
    arn: `${version}/durable-execution/${id}/${id}`,
    runnerArn: id,
    functionArn: version,
    startedAt: new Date(),
    client,
    status: 'RUNNING',
  };
}

function describeExecution({ arn, functionArn, startedAt, status }: RunningExecution) {
  return {
    DurableExecutionArn: arn,
    DurableExecutionName: arn.split('/').at(-1),
    FunctionArn: functionArn,
    StartTimestamp: startedAt,
    Status: status,
    Version: '1',
  };
}
