import { GetCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../core/clock.ts';
import {
  RENEWAL_MS,
  renewalRight,
  type TokenLease,
  type TokenLeaseRow,
} from '../../core/token/token-lease.ts';
import { nameOf } from '../aws-errors.ts';
import { STATE_KEYS } from './state-keys.ts';
import type { StateTable } from './state-table.ts';

const KEY = STATE_KEYS.tokenLease;

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
    return Item?.current === undefined ? undefined : (Item as unknown as TokenLeaseRow);
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
  const end = async (next: string, expression: string, values: object = {}): Promise<void> => {
    await write({
      UpdateExpression: expression,
      ConditionExpression: '#next = :next',
      ExpressionAttributeValues: { ':next': next, ...values },
    });
  };
  /** @param row - As it was read. */
  const put = async (row: TokenLeaseRow | undefined, current: string, next: string): Promise<boolean> => {
    const isAsRead = asRead(row);
    const taken = await write({
      UpdateExpression: 'SET #current = :current, #next = :next, #until = :until',
      ...isAsRead,
      ExpressionAttributeValues: {
        ':current': current,
        ':next': next,
        ':until': clock.now() + RENEWAL_MS,
        ...isAsRead.ExpressionAttributeValues,
      },
    });
    // The SDK repeats a write whose answer was lost, and then it is our own that stands in the way.
    return taken || (await read())?.next === next;
  };

  return {
    async take(id, next) {
      const row = await read();
      const right = renewalRight(row, id, clock.now());
      if (right !== 'free') return right;
      return (await put(row, id, next)) ? 'taken' : 'held';
    },
    async takeOver(next, isForced) {
      const row = await read();
      if (!isForced && row?.next !== undefined && clock.now() < (row.until ?? 0)) return undefined;
      const taken = await put(row, row?.current ?? next, next);
      return taken ? { restore: () => end(next, ...backTo(row)) } : undefined;
    },
    giveBack: (next) => end(next, 'REMOVE #next, #until'),
    giveUp: (next) => end(next, 'SET #until = :never', { ':never': 0 }),
    finish: (next) => end(next, 'SET #current = :next REMOVE #next, #until'),
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

/** The expression that makes the row what it was, and its values. */
function backTo(row: TokenLeaseRow | undefined): [string, object] {
  if (row === undefined) return ['REMOVE #current, #next, #until', {}];
  const { current, next, until = 0 } = row;
  return next === undefined
    ? ['SET #current = :current REMOVE #next, #until', { ':current': current }]
    : [
        'SET #current = :current, #next = :before, #until = :until',
        { ':current': current, ':before': next, ':until': until },
      ];
}
