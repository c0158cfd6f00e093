import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { nameOf, translate } from '../../lambda/aws/aws-errors.ts';

/** Whether a function can be invoked. */
export interface FunctionCondition {
  /** Lambda's word: `Active`, `Pending`, `Inactive`, `Failed`. */
  readonly state: string;
  /** Of its last deployment: `Successful`, `InProgress`, `Failed`. */
  readonly lastUpdate: string;
  /** `nodejs24.x`. */
  readonly runtime: string;
}

/**
 * @param arn - Of the function, or of an alias or version of it.
 * @returns Undefined: there is none.
 * @throws {SyncError} `STORE_UNAVAILABLE`.
 */
export async function readFunction(
  client: LambdaClient,
  arn: string,
): Promise<FunctionCondition | undefined> {
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
