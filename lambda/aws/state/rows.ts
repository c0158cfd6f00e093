import { BatchWriteCommand, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../core/clock.ts';
import { SyncError } from '../../core/errors.ts';
import { ITEMS_PER_WRITE } from '../../core/pull/table-writer.ts';
import type { StateKey } from './state-keys.ts';
import type { StateTable } from './state-table.ts';

/** An item of the state table. */
export interface Row extends StateKey {
  readonly [attribute: string]: unknown;
}

const MOST_TRIES = 8;
const FIRST_PAUSE_MS = 50;

/**
 * All rows of a partition whose sort key begins with that of `prefix`.
 *
 * @param attributes - Only these of each row. @default - All.
 */
export async function queryRows(
  state: StateTable,
  prefix: StateKey,
  attributes?: readonly string[],
): Promise<Row[]> {
  const rows: Row[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const answer = await state.send(
      new QueryCommand({
        TableName: state.name,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': prefix.pk, ':prefix': prefix.sk },
        ProjectionExpression: attributes?.join(', '),
        ExclusiveStartKey,
      }),
    );
    rows.push(...((answer.Items ?? []) as Row[]));
    ExclusiveStartKey = answer.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return rows;
}

/**
 * Counts rows without fetching them; DynamoDB bills as if they were.
 *
 * @param most - Where the counting ends.
 */
export async function countRows(
  state: StateTable,
  query: Omit<QueryCommandInput, 'TableName' | 'Select' | 'ExclusiveStartKey'>,
  most: number,
): Promise<number> {
  let count = 0;
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const answer = await state.send(
      new QueryCommand({ ...query, TableName: state.name, Select: 'COUNT', ExclusiveStartKey }),
    );
    count += answer.Count ?? 0;
    ExclusiveStartKey = answer.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined && count < most);
  return Math.min(count, most);
}

export async function putRows(state: StateTable, rows: readonly Row[], clock: Clock): Promise<void> {
  await writeAll(
    state,
    rows.map((Item) => ({ PutRequest: { Item } })),
    clock,
  );
}

export async function deleteRows(state: StateTable, rows: readonly Row[], clock: Clock): Promise<void> {
  await writeAll(
    state,
    rows.map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } })),
    clock,
  );
}

type Write = { PutRequest: { Item: Row } } | { DeleteRequest: { Key: StateKey } };

async function writeAll(state: StateTable, writes: readonly Write[], clock: Clock): Promise<void> {
  for (let start = 0; start < writes.length; start += ITEMS_PER_WRITE) {
    let left: Write[] = writes.slice(start, start + ITEMS_PER_WRITE);
    for (let tries = 0; left.length > 0; tries += 1) {
      if (tries === MOST_TRIES)
        throw new SyncError('STORE_UNAVAILABLE', `table ${state.name} goes on throttling`);
      if (tries > 0) await clock.sleep(FIRST_PAUSE_MS * 2 ** tries);
      const answer = await state.send(new BatchWriteCommand({ RequestItems: { [state.name]: left } }));
      left = (answer.UnprocessedItems?.[state.name] ?? []) as Write[];
    }
  }
}
