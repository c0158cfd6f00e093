import { GetDurableExecutionCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { OwnerState } from '../core/pull/lease.ts';
import { nameOf, translate } from './aws-errors.ts';

/**
 * Asks Lambda whether a durable execution is still at work. Needs the right to `lambda:GetDurableExecution`.
 *
 * @returns `unknown` where Lambda does not say: no right to ask, or out of reach.
 */
export async function readExecutionState(client: LambdaClient, arn: string): Promise<OwnerState> {
  try {
    const command = new GetDurableExecutionCommand({ DurableExecutionArn: arn, IncludeExecutionData: false });
    const { Status } = await client.send(command);
    return Status === 'RUNNING' ? 'running' : 'ended';
  } catch (error) {
    // What is known no more has been over for longer than executions are kept.
    if (nameOf(error) === 'ResourceNotFoundException') return 'ended';
    if (translate(error, 'Lambda') === error) throw error;
    return 'unknown';
  }
}
