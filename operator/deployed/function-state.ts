import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { nameOf, translate } from '../../lambda/aws/aws-errors.ts';

/** The state of a function. */
export interface FunctionState {
  /** Lambda's word: `Active`, `Pending`, `Inactive`, `Failed`. */
  readonly state: string;
  /** The state of its last deployment: `Successful`, `InProgress`, `Failed`. */
  readonly lastUpdate: string;
  /** `nodejs24.x`. */
  readonly runtime: string;
}

/**
 * Reads the state of a function.
 *
 * @param arn - The ARN of the function, or of an alias or version of it.
 * @returns Undefined if the function does not exist.
 * @throws {SyncError} `STORE_UNAVAILABLE`.
 */
export async function readFunction(client: LambdaClient, arn: string): Promise<FunctionState | undefined> {
  try {
    const answer = await client.send(new GetFunctionConfigurationCommand({ FunctionName: arn }));
    return {
      state: answer.State ?? 'Active',
      lastUpdate: answer.LastUpdateStatus ?? 'Successful',
      runtime: answer.Runtime ?? '',
    };
  } catch (error) {
    if (nameOf(error) === 'ResourceNotFoundException') return undefined;
    throw translate(error, 'the function');
  }
}
