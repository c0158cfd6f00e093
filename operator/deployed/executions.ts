import {
  GetDurableExecutionCommand,
  InvokeCommand,
  type LambdaClient,
  paginateListDurableExecutionsByFunction,
} from '@aws-sdk/client-lambda';
import { nameOf, translate } from '../../lambda/aws/aws-errors.ts';
import { hasEnded } from '../../lambda/aws/executions.ts';

/** A durable execution of the pull function: one run, over all its invocations. */
export interface Execution {
  readonly arn: string;
  /** The execution's name, given by the command that started it or made by Lambda. */
  readonly name: string;
  /** Lambda's word. `hasEnded` tells whether it is over for good. */
  readonly status: string;
  /** RFC 3339. */
  readonly startedAt: string;
  /** RFC 3339; undefined while it is running. */
  readonly endedAt?: string;
}

/** An execution with its result. */
export interface ExecutionDetails extends Execution {
  /** The JSON text that the function returned; undefined unless it succeeded. */
  readonly result?: string;
  /** The name and the message of the error with which the function failed. */
  readonly error?: { readonly type: string; readonly message: string };
}

/** A started execution. */
export interface Started {
  /** Undefined if Lambda did not return it; the name then finds the execution. */
  readonly arn?: string;
  readonly name: string;
}

/**
 * Starts the deployed pull, and does not wait for it.
 *
 * @param functionArn - The ARN of the alias, because a durable function cannot be invoked without a version.
 * @param name - With the same name Lambda starts one execution only, so that a retry of the SDK does not start a second.
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

/** The executions to list. An undefined field does not filter. */
export interface ExecutionFilter {
  /** Only those that have not ended: running, paused, or in a state that Lambda adds one day. */
  readonly areAtWork?: true;
  readonly name?: string;
}

/**
 * Lists executions of all versions of the function, because one may still run on the version before a deployment.
 *
 * @param functionArn - The ARN of the function or of its alias.
 * @throws {SyncError} `STORE_MISSING`, `STORE_UNAVAILABLE`.
 */
export async function listExecutions(
  client: LambdaClient,
  functionArn: string,
  { areAtWork, name }: ExecutionFilter,
): Promise<Execution[]> {
  const executions: Execution[] = [];
  const filter = {
    FunctionName: unqualified(functionArn),
    ...(name !== undefined && { DurableExecutionName: name }),
  };
  try {
    for await (const page of paginateListDurableExecutionsByFunction({ client }, filter)) {
      for (const each of page.DurableExecutions ?? []) executions.push(executionFrom(each));
    }
    // Filtered here, because Lambda filters by states that are known by name.
    return areAtWork ? executions.filter(({ status }) => !hasEnded(status)) : executions;
  } catch (error) {
    throw translate(error, "the pull function's executions");
  }
}

/**
 * Reads an execution with its result.
 *
 * @returns Undefined if Lambda does not know it, as in the first moments after its start.
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
  readonly Status: string | undefined;
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

/** `arn:aws:lambda:eu-west-1:111122223333:function:pull`, without the alias or version that may follow it. */
function unqualified(functionArn: string): string {
  return functionArn.split(':').slice(0, 7).join(':');
}
