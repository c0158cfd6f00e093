import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BusEvent, startEmbeddedEventBridge } from '../../local/endpoints/embedded-event-bridge.ts';
import { startEmbeddedLambda } from '../../local/endpoints/embedded-lambda.ts';
import { ServiceError } from '../../local/endpoints/json-service.ts';
import type { Bundle } from './bundle.ts';
import { invokeBundle } from './invoke-bundle.ts';

/** An operation in the wire format. */
export interface WireOperation {
  readonly Id: string;
  readonly Name?: string;
  readonly SubType?: string;
  readonly Type: 'EXECUTION' | 'STEP' | 'WAIT';
  Status: 'STARTED' | 'SUCCEEDED' | 'FAILED' | 'PENDING' | 'READY';
  readonly StartTimestamp: Date;
  EndTimestamp?: Date;
  ExecutionDetails?: { readonly InputPayload: string };
  StepDetails?: { Attempt?: number; Result?: string; Error?: object; NextAttemptTimestamp?: Date };
  WaitDetails?: { readonly ScheduledEndTimestamp: Date };
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

/** A durable execution and its result. */
export interface Execution {
  readonly arn: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  /** The function's result. */
  result?: string;
  error?: { readonly ErrorType: string; readonly ErrorMessage: string };
  /** How many processes were started for it. */
  invocations: number;
  /** In the order of their starts; the first is the execution itself. */
  readonly operations: WireOperation[];
  readonly logs: Record<string, unknown>[];
  printed: string;
  token: string;
}

export interface ExecutionSettings {
  /** The remaining time that each invocation is given, in milliseconds. */
  readonly remainingMs?: number;
  /** The execution times out after this number of invocations. */
  readonly mostInvocations?: number;
  /** Awaited before each invocation. */
  beforeInvocation?(execution: Execution): Promise<void>;
  /** Called with each invocation's process. If the test kills it, the function is invoked again. */
  onInvocation?(child: ChildProcess, execution: Execution): void;
}

/** Limits of an execution. @see https://docs.aws.amazon.com/lambda/latest/dg/durable-functions.html */
const MOST_OPERATIONS = 3000;
const LARGEST_RESULT_BYTES = 262_144;

/** Lambda's durable executions, served over HTTP, and an event bus. */
export interface DurableService extends AsyncDisposable {
  /** The environment variables with which a function finds it. */
  readonly environment: Readonly<Record<'AWS_ENDPOINT_URL_LAMBDA' | 'AWS_ENDPOINT_URL_EVENTBRIDGE', string>>;
  /** The events on the bus, in order. */
  readonly events: readonly BusEvent[];
  /** Runs a bundle as a durable execution. Each invocation has its own process, and waits take real time. */
  execute(
    bundle: Pick<Bundle, 'file'>,
    environment: Readonly<Record<string, string>>,
    settings?: ExecutionSettings,
  ): Promise<Execution>;
}

export async function startDurableService(): Promise<DurableService> {
  const executions = new Map<string, Execution>();
  const events: BusEvent[] = [];
  const find = (arn: string): Execution => {
    const execution = executions.get(arn);
    if (execution !== undefined) return execution;
    throw new ServiceError('ResourceNotFoundException', `There is no durable execution ${arn}.`);
  };
  const lambda = await startEmbeddedLambda({
    async checkpoint(arn, parameters) {
      const execution = find(arn);
      checkpoint(execution, parameters as unknown as Checkpoint);
      return { CheckpointToken: execution.token, NewExecutionState: { Operations: execution.operations } };
    },
    readState: async (arn) => ({ Operations: find(arn).operations }),
    describe(arn) {
      const execution = executions.get(arn);
      return execution && { DurableExecutionArn: arn, Status: execution.status };
    },
  });
  const eventBridge = await startEmbeddedEventBridge();
  eventBridge.bus.subscribe((event) => events.push(event));

  return {
    environment: { AWS_ENDPOINT_URL_LAMBDA: lambda.url, AWS_ENDPOINT_URL_EVENTBRIDGE: eventBridge.url },
    events,
    async execute(bundle, environment, settings = {}) {
      const execution = begin(executions.size + 1);
      executions.set(execution.arn, execution);
      await carryOut(execution, bundle, environment, settings);
      return execution;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([lambda.close(), eventBridge.close()]);
    },
  };
}

function begin(number: number): Execution {
  const arn = `arn:aws:lambda:eu-west-1:111122223333:function:pull:1/durable-execution/run-${number}/${randomUUID()}`;
  const operation: WireOperation = {
    Id: randomUUID(),
    Type: 'EXECUTION',
    Status: 'STARTED',
    StartTimestamp: new Date(),
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
  { remainingMs = 900_000, mostInvocations = 100, ...settings }: ExecutionSettings,
): Promise<void> {
  while (execution.status === 'RUNNING') {
    if (execution.invocations === mostInvocations) {
      execution.status = 'TIMED_OUT';
      return;
    }
    await untilNextTimer(execution);
    await settings.beforeInvocation?.(execution);
    execution.invocations += 1;
    execution.token = randomUUID();
    const event = {
      DurableExecutionArn: execution.arn,
      CheckpointToken: execution.token,
      InitialExecutionState: { Operations: execution.operations },
    };
    const { answers, logs, printed } = await invokeBundle(bundle, [event], environment, {
      remainingMs,
      onStart: (child) => settings.onInvocation?.(child, execution),
    });
    // Lambda refuses checkpoints of an invocation that has ended.
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

/** Waits until the execution's next timer is due, if it has one, and completes that timer. */
async function untilNextTimer({ operations }: Execution): Promise<void> {
  const timers = operations.flatMap(timerOf);
  if (timers.length === 0) return;
  const at = Math.min(...timers.map(({ atMs }) => atMs));
  await sleep(Math.max(0, at - Date.now()));
  for (const { operation, atMs } of timers) {
    if (atMs > at) continue;
    operation.Status = operation.Type === 'WAIT' ? 'SUCCEEDED' : 'READY';
    if (operation.Type === 'WAIT') operation.EndTimestamp = new Date();
  }
}

function timerOf(operation: WireOperation): { operation: WireOperation; atMs: number }[] {
  const { Type, Status, WaitDetails, StepDetails } = operation;
  const at =
    Type === 'WAIT' && Status === 'STARTED'
      ? WaitDetails?.ScheduledEndTimestamp
      : Type === 'STEP' && Status === 'PENDING'
        ? StepDetails?.NextAttemptTimestamp
        : undefined;
  return at === undefined ? [] : [{ operation, atMs: at.getTime() }];
}

interface Checkpoint {
  readonly CheckpointToken: string;
  readonly Updates?: readonly OperationUpdate[];
}

function checkpoint(execution: Execution, { CheckpointToken, Updates = [] }: Checkpoint): void {
  const refuse = (message: string) => new ServiceError('InvalidParameterValueException', message);
  if (CheckpointToken !== execution.token) throw refuse('Invalid checkpoint token');
  if (Updates.some(({ Payload = '' }) => Buffer.byteLength(Payload) > LARGEST_RESULT_BYTES)) {
    throw refuse('STEP output payload size must be less than or equal to 262144 bytes');
  }
  for (const update of Updates) apply(execution, update);
  if (execution.operations.length > MOST_OPERATIONS) throw refuse('too many operations');
  execution.token = randomUUID();
}

function apply({ operations }: Execution, update: OperationUpdate): void {
  const { Id, Name, SubType, Type, Action, Payload, Error: error } = update;
  const now = new Date();
  const after = (seconds: number) => new Date(now.getTime() + seconds * 1000);
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
    operation.WaitDetails = { ScheduledEndTimestamp: after(update.WaitOptions?.WaitSeconds ?? 0) };
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
    const NextAttemptTimestamp = after(update.StepOptions?.NextAttemptDelaySeconds ?? 1);
    operation.Status = 'PENDING';
    operation.StepDetails = { Attempt: Attempt + 1, NextAttemptTimestamp };
  }
}
