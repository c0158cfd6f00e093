import { GetDurableExecutionCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { HolderState } from '../core/pull/lease.ts';
import { nameOf, translate } from './aws-errors.ts';

/**
 * Asks Lambda whether a durable execution is running. Needs `lambda:GetDurableExecution`.
 *
 * @returns `unknown` if Lambda does not say, because the call is not allowed or Lambda cannot be reached.
 */
export async function readExecutionState(client: LambdaClient, arn: string): Promise<HolderState> {
  try {
    const command = new GetDurableExecutionCommand({ DurableExecutionArn: arn, IncludeExecutionData: false });
    const { Status } = await client.send(command);
    return Status === 'RUNNING' ? 'running' : 'ended';
  } catch (error) {
    // Lambda forgets an execution only long after it has ended.
    if (nameOf(error) === 'ResourceNotFoundException') return 'ended';
    if (translate(error, 'Lambda') === error) throw error;
    return 'unknown';
  }
}
