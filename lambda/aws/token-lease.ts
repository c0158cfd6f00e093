import { GetCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../core/clock.ts';
import { RENEWAL_MS, renewalRight, type TokenLease, type TokenLeaseRow } from '../core/token-lease.ts';
import type { StateTable } from './state-table.ts';
import { nameOf } from './translate.ts';

const KEY = { pk: 'lease', sk: 'token' };

/** A write to the one row. Conditions are on the row as it was read, or as the caller itself wrote it. */
type Write = Pick<
  UpdateCommandInput,
  'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeValues'
>;

/**
 * Whoever uses it needs `dynamodb:GetItem` and `dynamodb:UpdateItem` on the state table for the leading key `lease`.
 */
export function createTokenLease(state: StateTable, clock: Clock): TokenLease {
  const read = async (): Promise<TokenLeaseRow | undefined> => {
    const { Item } = await state.send(
      new GetCommand({ TableName: state.name, Key: KEY, ConsistentRead: true }),
    );
    return Item as TokenLeaseRow | undefined;
  };
  /** @returns False: the row is not as the condition has it. */
  const write = async (update: Write): Promise<boolean> => {
    const names = { '#current': 'current', '#next': 'next', '#until': 'until' };
    const used = Object.entries(names).filter(([name]) =>
      `${update.UpdateExpression} ${update.ConditionExpression}`.includes(name),
    );
    const command = new UpdateCommand({
      TableName: state.name,
      Key: KEY,
      ExpressionAttributeNames: Object.fromEntries(used),
      ...update,
    });
    try {
      await state.send(command);
      return true;
    } catch (error) {
      if (nameOf(error) === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  };
  /** Only as long as nobody has begun anew: their row is the one that counts. */
  const end = async (id: string, next: string, expression: string, values: object = {}): Promise<void> => {
    await write({
      UpdateExpression: expression,
      ConditionExpression: '#current = :id AND #next = :next',
      ExpressionAttributeValues: { ':id': id, ':next': next, ...values },
    });
  };

  return {
    async take(id, next) {
      const row = await read();
      const right = renewalRight(row, id, clock.now());
      if (right !== 'free') return right;
      const taken = await write({
        UpdateExpression: 'SET #current = :id, #next = :next, #until = :until',
        ...asRead(row),
        ExpressionAttributeValues: {
          ':id': id,
          ':next': next,
          ':until': clock.now() + RENEWAL_MS,
          ...asRead(row).ExpressionAttributeValues,
        },
      });
      if (taken) return 'taken';
      // The SDK repeats a write whose answer was lost, and then it is our own that stands in the way.
      return (await read())?.next === next ? 'taken' : 'held';
    },
    giveBack: (id, next) => end(id, next, 'REMOVE #next, #until'),
    giveUp: (id, next) => end(id, next, 'SET #until = :never', { ':never': 0 }),
    finish: (id, next) => end(id, next, 'SET #current = :next REMOVE #next, #until'),
    async begin(id) {
      await write({
        UpdateExpression: 'SET #current = :id REMOVE #next, #until',
        ExpressionAttributeValues: { ':id': id },
      });
    },
  };
}

/** That the row is still as it was read. */
function asRead(row: TokenLeaseRow | undefined): Write {
  if (row === undefined) return { ConditionExpression: 'attribute_not_exists(#current)' };
  const { current, next } = row;
  return next === undefined
    ? {
        ConditionExpression: '#current = :wasCurrent AND attribute_not_exists(#next)',
        ExpressionAttributeValues: { ':wasCurrent': current },
      }
    : {
        ConditionExpression: '#current = :wasCurrent AND #next = :wasNext',
        ExpressionAttributeValues: { ':wasCurrent': current, ':wasNext': next },
      };
}
