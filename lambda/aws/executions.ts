import { GetDurableExecutionCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { HolderState } from '../core/pull/lease.ts';
import { nameOf, translate } from './aws-errors.ts';

/**
 * The states in which an execution is over for good. Any other state counts as running, because Lambda adds states, and a run
 * that is paused continues later.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecution.html
 */
const ENDED: ReadonlySet<string> = new Set(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'STOPPED']);

/** Whether a durable execution in this state is over for good. */
export function hasEnded(status: string | undefined): boolean {
  return status !== undefined && ENDED.has(status);
}

/**
 * Asks Lambda whether a durable execution is running. Needs `lambda:GetDurableExecution`.
 *
 * @returns `unknown` if Lambda does not say, because the call is not allowed or Lambda cannot be reached.
 */
export async function readExecutionState(client: LambdaClient, arn: string): Promise<HolderState> {
  try {
    const command = new GetDurableExecutionCommand({ DurableExecutionArn: arn, IncludeExecutionData: false });
    const { Status } = await client.send(command);
    return hasEnded(Status) ? 'ended' : 'running';
  } catch (error) {
    // Lambda forgets an execution only long after it has ended.
    if (nameOf(error) === 'ResourceNotFoundException') return 'ended';
    if (translate(error, 'Lambda') === error) throw error;
    return 'unknown';
  }
}
