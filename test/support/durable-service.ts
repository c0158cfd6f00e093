import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bundle } from './bundle.ts';
import { answerJson, type ReceivedRequest, startHttpServer } from './http-server.ts';
import { invokeBundle } from './invoke-bundle.ts';

/** An operation as it goes over the wire, with times in milliseconds since the epoch. */
export interface WireOperation {
  readonly Id: string;
  readonly Name?: string;
  readonly SubType?: string;
  readonly Type: 'EXECUTION' | 'STEP' | 'WAIT';
  Status: 'STARTED' | 'SUCCEEDED' | 'FAILED' | 'PENDING' | 'READY';
  readonly StartTimestamp: number;
  EndTimestamp?: number;
  ExecutionDetails?: { readonly InputPayload: string };
  StepDetails?: { Attempt?: number; Result?: string; Error?: object; NextAttemptTimestamp?: number };
  WaitDetails?: { readonly ScheduledEndTimestamp: number };
}

interface OperationUpdate {
  readonly Id: string;
  readonly Name?: string;
  readonly SubType?: string;
  readonly Type: WireOperation['Type'];
  readonly Action: 'START' | 'SUCCEED' | 'FAIL' | 'RETRY';
  readonly Payload?: string;
  readonly Error?: object;
  readonly StepOptions?: { readonly NextAttemptDelaySeconds?: number };
  readonly WaitOptions?: { readonly WaitSeconds?: number };
}

/** A durable execution and what has become of it. */
export interface Execution {
  readonly arn: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  /** What the function returned. */
  result?: string;
  error?: { readonly ErrorType: string; readonly ErrorMessage: string };
  /** Processes that were started for it. */
  invocations: number;
  /** In the order of their begin, the execution itself first. */
  readonly operations: WireOperation[];
  readonly logs: Record<string, unknown>[];
  printed: string;
  token: string;
}

export interface ExecutionSettings {
  /** What an invocation has left when it begins, in milliseconds. */
  readonly remainingMs?: number;
  /** How long the execution may take, in milliseconds: it is then timed out when its invocation ends. */
  readonly timeoutMs?: number;
  /** Given each invocation's process, which may be killed: Lambda then invokes anew. */
  onInvocation?(child: ChildProcess, execution: Execution): void;
}

/** What the service takes of an execution; more is refused. @see https://docs.aws.amazon.com/lambda/latest/dg/durable-functions.html */
const MOST_OPERATIONS = 3000;
const LARGEST_RESULT_BYTES = 262_144;

/** Lambda's durable executions over the wire, and an event bus. */
export interface DurableService extends AsyncDisposable {
  /** What a function has to have in its environment to find it. */
  readonly environment: Readonly<Record<'AWS_ENDPOINT_URL_LAMBDA' | 'AWS_ENDPOINT_URL_EVENTBRIDGE', string>>;
  /** Details of the events put, in order. */
  readonly events: { readonly source: string; readonly detailType: string; readonly detail: unknown }[];
  /** Runs a bundle as a durable execution, each invocation in a process of its own, with waits in real time. */
  execute(
    bundle: Pick<Bundle, 'file'>,
    environment: Readonly<Record<string, string>>,
    settings?: ExecutionSettings,
  ): Promise<Execution>;
}

export async function startDurableService(): Promise<DurableService> {
  const executions = new Map<string, Execution>();
  const events: DurableService['events'] = [];

  const server = await startHttpServer((request, response) => {
    const [, path = ''] = /^\/2025-12-01\/durable-executions\/([^?]+)/.exec(request.path) ?? [];
    if (path === '') {
      answerJson(response, putEvents(request, events));
      return;
    }
    const action = /\/(checkpoint|state)$/.exec(path)?.[1];
    const execution = executions.get(decodeURIComponent(action ? path.slice(0, -action.length - 1) : path));
    if (execution === undefined) {
      answerJson(response, { Message: 'no such execution' }, 404, {
        'x-amzn-errortype': 'ResourceNotFoundException',
      });
    } else if (action === undefined) {
      answerJson(response, { DurableExecutionArn: execution.arn, Status: execution.status });
    } else if (action === 'state') {
      answerJson(response, { Operations: execution.operations.map(onWire) });
    } else {
      const refusal = checkpoint(execution, JSON.parse(request.body));
      if (refusal === undefined) {
        const Operations = execution.operations.map(onWire);
        answerJson(response, { CheckpointToken: execution.token, NewExecutionState: { Operations } });
      } else {
        answerJson(response, { Message: refusal }, 400, {
          'x-amzn-errortype': 'InvalidParameterValueException',
        });
      }
    }
  });

  return {
    environment: {
      AWS_ENDPOINT_URL_LAMBDA: server.origin,
      AWS_ENDPOINT_URL_EVENTBRIDGE: server.origin,
    },
    events,
    async execute(bundle, environment, settings = {}) {
      const execution = begin(executions.size + 1);
      executions.set(execution.arn, execution);
      await carryOut(execution, bundle, environment, settings);
      return execution;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function begin(number: number): Execution {
  const arn = `arn:aws:lambda:eu-west-1:111122223333:function:pull:1/durable-execution/run-${number}/${randomUUID()}`;
  const operation: WireOperation = {
    Id: randomUUID(),
    Type: 'EXECUTION',
    Status: 'STARTED',
    StartTimestamp: Date.now(),
    ExecutionDetails: { InputPayload: '{}' },
  };
  return {
    arn,
    status: 'RUNNING',
    invocations: 0,
    operations: [operation],
    logs: [],
    printed: '',
    token: randomUUID(),
  };
}

async function carryOut(
  execution: Execution,
  bundle: Pick<Bundle, 'file'>,
  environment: Readonly<Record<string, string>>,
  { remainingMs = 900_000, timeoutMs = Infinity, onInvocation }: ExecutionSettings,
): Promise<void> {
  const timesOutAt = Date.now() + timeoutMs;
  while (execution.status === 'RUNNING') {
    await untilNextTimer(execution, timesOutAt);
    if (Date.now() >= timesOutAt) {
      execution.status = 'TIMED_OUT';
      return;
    }
    execution.invocations += 1;
    execution.token = randomUUID();
    const event = {
      DurableExecutionArn: execution.arn,
      CheckpointToken: execution.token,
      InitialExecutionState: { Operations: execution.operations.map(inEvent) },
    };
    const { answers, logs, printed } = await invokeBundle(bundle, [event], environment, {
      remainingMs,
      onStart: (child) => onInvocation?.(child, execution),
    });
    // Whatever it still had under way, Lambda takes nothing of an invocation that is over.
    execution.token = randomUUID();
    execution.logs.push(...logs);
    execution.printed += printed;
    const [answer] = answers;
    if (answer?.error !== undefined)
      throw new Error(`the invocation failed: ${JSON.stringify(answer.error)}`);
    const { Status = 'PENDING', Result, Error: error } = answer?.result ?? {};
    if (Status !== 'PENDING') Object.assign(execution, { status: Status, result: Result, error });
  }
}

/** Waits for what the execution waits for, if it does, and notes that it has come. */
async function untilNextTimer({ operations }: Execution, timesOutAt: number): Promise<void> {
  const timers = operations.flatMap(timerOf);
  if (timers.length === 0) return;
  const at = Math.min(timesOutAt, ...timers.map(({ atMs }) => atMs));
  await sleep(Math.max(0, at - Date.now()));
  for (const { operation, atMs } of timers) {
    if (atMs > at) continue;
    operation.Status = operation.Type === 'WAIT' ? 'SUCCEEDED' : 'READY';
    if (operation.Type === 'WAIT') operation.EndTimestamp = Date.now();
  }
}

function timerOf(operation: WireOperation): { operation: WireOperation; atMs: number }[] {
  const { Type, Status, WaitDetails, StepDetails } = operation;
  const atMs =
    Type === 'WAIT' && Status === 'STARTED'
      ? WaitDetails?.ScheduledEndTimestamp
      : Type === 'STEP' && Status === 'PENDING'
        ? StepDetails?.NextAttemptTimestamp
        : undefined;
  return atMs === undefined ? [] : [{ operation, atMs }];
}

/** @returns Why the checkpoint is refused; undefined: it is taken. */
function checkpoint(
  execution: Execution,
  { CheckpointToken, Updates = [] }: { CheckpointToken: string; Updates?: OperationUpdate[] },
): string | undefined {
  if (CheckpointToken !== execution.token) return 'Invalid checkpoint token';
  if (Updates.some(({ Payload = '' }) => Buffer.byteLength(Payload) > LARGEST_RESULT_BYTES))
    return 'STEP output payload size must be less than or equal to 262144 bytes';
  for (const update of Updates) apply(execution, update);
  if (execution.operations.length > MOST_OPERATIONS) return 'too many operations';
  execution.token = randomUUID();
  return undefined;
}

function apply({ operations }: Execution, update: OperationUpdate): void {
  const { Id, Name, SubType, Type, Action, Payload, Error: error } = update;
  const now = Date.now();
  let operation = operations.find((known) => known.Id === Id);
  if (operation === undefined) {
    operation = {
      Id,
      Type,
      Status: 'STARTED',
      StartTimestamp: now,
      ...(Name !== undefined && { Name }),
      ...(SubType !== undefined && { SubType }),
    };
    operations.push(operation);
  }
  if (Type === 'WAIT') {
    operation.WaitDetails = { ScheduledEndTimestamp: now + (update.WaitOptions?.WaitSeconds ?? 0) * 1000 };
    return;
  }
  const Attempt = operation.StepDetails?.Attempt ?? 0;
  if (Action === 'START') operation.Status = 'STARTED';
  if (Action === 'SUCCEED') {
    Object.assign(operation, { Status: 'SUCCEEDED', EndTimestamp: now });
    operation.StepDetails = { Attempt: Attempt + 1, ...(Payload !== undefined && { Result: Payload }) };
  }
  if (Action === 'FAIL') {
    Object.assign(operation, { Status: 'FAILED', EndTimestamp: now });
    operation.StepDetails = { Attempt: Attempt + 1, ...(error !== undefined && { Error: error }) };
  }
  if (Action === 'RETRY') {
    const delayMs = (update.StepOptions?.NextAttemptDelaySeconds ?? 1) * 1000;
    operation.Status = 'PENDING';
    operation.StepDetails = { Attempt: Attempt + 1, NextAttemptTimestamp: now + delayMs };
  }
}

/** As in AWS' REST protocol: times are seconds. */
const onWire = (operation: WireOperation) => withTimes(operation, (ms) => ms / 1000);
/** As in an invocation's event: times are RFC 3339. */
const inEvent = (operation: WireOperation) => withTimes(operation, (ms) => new Date(ms).toISOString());

function withTimes(operation: WireOperation, format: (ms: number) => unknown): object {
  const convert = (value: unknown): unknown =>
    typeof value !== 'object' || value === null
      ? value
      : Object.fromEntries(
          Object.entries(value).map(([name, member]) => [
            name,
            name.endsWith('Timestamp') ? format(member as number) : convert(member),
          ]),
        );
  return convert(operation) as object;
}

function putEvents({ body }: ReceivedRequest, events: DurableService['events']): object {
  const { Entries } = JSON.parse(body) as {
    Entries: { Source: string; DetailType: string; Detail: string }[];
  };
  for (const { Source: source, DetailType: detailType, Detail } of Entries) {
    events.push({ source, detailType, detail: JSON.parse(Detail) });
  }
  return { FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: randomUUID() })) };
}
