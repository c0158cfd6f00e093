import { nameOf } from '../aws-errors.ts';
import { callRaw, type RawAction } from './dynamodb-call.ts';
import type { StreamTableOptions } from './stream-table.ts';
import type { UntilDone } from './until-done.ts';

/**
 * Sends a conditional write of one item.
 *
 * @returns False if its condition was not met. That is also so if the answer to a first attempt was lost.
 */
export type WriteIf = (action: RawAction, body: string) => Promise<boolean>;

export function createWriteIf(
  { client, lease }: Pick<StreamTableOptions, 'client' | 'lease'>,
  untilDone: UntilDone,
): WriteIf {
  return async (action, body) => {
    let isMet = true;
    await untilDone([body], async () => {
      isMet = await isConditionMet(() => callRaw(client, action, body, lease.guard()));
      return [];
    });
    return isMet;
  };
}

async function isConditionMet(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (nameOf(error) === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}

/** Whether an item would become larger than DynamoDB allows. Only the message tells this from other invalid requests. */
export function isTooLarge(error: unknown): boolean {
  const isInvalid = error instanceof Error && error.name === 'ValidationException';
  return isInvalid && error.message.includes('exceeded the maximum allowed size');
}
