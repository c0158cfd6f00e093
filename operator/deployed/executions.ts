import {
  GetDurableExecutionCommand,
  InvokeCommand,
  type LambdaClient,
  paginateListDurableExecutionsByFunction,
} from '@aws-sdk/client-lambda';
import { nameOf, translate } from '../../lambda/aws/aws-errors.ts';

/** A durable execution of the pull: one run, over all the invocations it takes. */
export interface Execution {
  readonly arn: string;
  /** Given by whoever started it, or made by Lambda. */
  readonly name: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'STOPPED';
  /** RFC 3339. */
  readonly startedAt: string;
  /** RFC 3339; absent while it is running. */
  readonly endedAt?: string;
}

/** An execution with what came of it. */
export interface ExecutionDetails extends Execution {
  /** JSON text that the function returned; absent unless it succeeded. */
  readonly result?: string;
  /** Why it did not succeed: the error's name and message, as the function gave them. */
  readonly error?: { readonly type: string; readonly message: string };
}

/** A started execution, as far as Lambda tells. */
export interface Started {
  /** Absent: Lambda did not say; the name finds it. */
  readonly arn?: string;
  readonly name: string;
}

/**
 * Starts the deployed pull, and does not wait for it.
 *
 * @param functionArn - Of the alias: a durable function cannot be invoked without a version.
 * @param name - Makes it one execution, however often the SDK repeats the call.
 * @throws {SyncError} `STORE_MISSING`, `STORE_UNAVAILABLE`.
 */
export async function startExecution(
  client: LambdaClient,
  functionArn: string,
  name: string,
): Promise<Started> {
  try {
    const { DurableExecutionArn: arn } = await client.send(
      new InvokeCommand({
        FunctionName: functionArn,
        InvocationType: 'Event',
        DurableExecutionName: name,
        Payload: Buffer.from('{}'),
      }),
    );
    return { name, ...(arn !== undefined && { arn }) };
  } catch (error) {
    throw translate(error, 'the pull function');
  }
}

/** Which executions to list. */
export interface ExecutionFilter {
  readonly status?: Execution['status'];
  readonly name?: string;
}

/**
 * Lists executions of all the function's versions: after a deploy, one may still run on an earlier one.
 *
 * @param functionArn - Of the alias, or of the function.
 * @throws {SyncError} `STORE_MISSING`, `STORE_UNAVAILABLE`.
 */
export async function listExecutions(
  client: LambdaClient,
  functionArn: string,
  { status, name }: ExecutionFilter,
): Promise<Execution[]> {
  const executions: Execution[] = [];
  const filter = {
    FunctionName: unqualified(functionArn),
    ...(status !== undefined && { Statuses: [status] }),
    ...(name !== undefined && { DurableExecutionName: name }),
  };
  try {
    for await (const page of paginateListDurableExecutionsByFunction({ client }, filter)) {
      executions.push(...(page.DurableExecutions ?? []).map(executionFrom));
    }
    return executions;
  } catch (error) {
    throw translate(error, "the pull function's executions");
  }
}

/**
 * @returns Undefined: Lambda does not know it, which may be so for moments after it was started.
 * @throws {SyncError} `STORE_UNAVAILABLE`.
 */
export async function readExecution(
  client: LambdaClient,
  arn: string,
): Promise<ExecutionDetails | undefined> {
  try {
    const answer = await client.send(new GetDurableExecutionCommand({ DurableExecutionArn: arn }));
    const { Result: result, Error: failure } = answer;
    const { ErrorType: type = 'Error', ErrorMessage: message = '' } = failure ?? {};
    return {
      ...executionFrom(answer),
      ...(result !== undefined && { result }),
      ...(failure !== undefined && { error: { type, message } }),
    };
  } catch (error) {
    if (nameOf(error) === 'ResourceNotFoundException') return undefined;
    throw translate(error, 'the execution of the pull');
  }
}

interface DescribedExecution {
  readonly DurableExecutionArn: string | undefined;
  readonly DurableExecutionName: string | undefined;
  readonly Status: Execution['status'] | undefined;
  readonly StartTimestamp: Date | undefined;
  readonly EndTimestamp?: Date | undefined;
}

function executionFrom(described: DescribedExecution): Execution {
  const { DurableExecutionArn, DurableExecutionName, Status, StartTimestamp, EndTimestamp } = described;
  return {
    arn: DurableExecutionArn ?? '',
    name: DurableExecutionName ?? '',
    status: Status ?? 'RUNNING',
    startedAt: (StartTimestamp ?? new Date(0)).toISOString(),
    ...(EndTimestamp !== undefined && { endedAt: EndTimestamp.toISOString() }),
  };
}

/** `arn:aws:lambda:eu-west-1:111122223333:function:pull`, without the alias or version behind it. */
function unqualified(functionArn: string): string {
  return functionArn.split(':').slice(0, 7).join(':');
}
