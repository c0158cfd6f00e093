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

/** So many items are written at the same time. */
const IN_FLIGHT = 32;

/** Does the action for each entry, several at the same time. After a failure no further action starts. */
export async function forEach<Entry>(
  entries: readonly Entry[],
  action: (entry: Entry) => Promise<void>,
): Promise<void> {
  const left = entries.values();
  let hasFailed = false;
  const work = async (): Promise<void> => {
    for (const entry of left) {
      if (hasFailed) return;
      await action(entry).catch((error: unknown) => {
        hasFailed = true;
        throw error;
      });
    }
  };
  const results = await Promise.allSettled(Array.from({ length: IN_FLIGHT }, work));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
