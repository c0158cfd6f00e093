import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { RunReceipt } from '../../core/pull/receipt.ts';
import { PARTITION } from '../../deployment/tables.ts';
import { nameOf } from '../aws-errors.ts';
import { STATE_KEYS } from './state-keys.ts';
import type { StateTable } from './state-table.ts';

/** Receipts of runs go after two years. */
const KEPT_SECONDS = 2 * 365 * 24 * 60 * 60;

/** Keeps a run's receipt under `run` / `<startedAt>#<runId>`, so that the latest is the last. */
export async function saveRunReceipt(state: StateTable, receipt: RunReceipt): Promise<void> {
  await state.send(new PutCommand({ TableName: state.name, Item: itemOf(receipt) }));
}

/** The same for a run that could not speak for itself: if it has left a receipt after all, that one stays. */
export async function saveRunReceiptIfNone(state: StateTable, receipt: RunReceipt): Promise<void> {
  const isNone = { ConditionExpression: 'attribute_not_exists(pk)' };
  try {
    await state.send(new PutCommand({ TableName: state.name, Item: itemOf(receipt), ...isNone }));
  } catch (error) {
    if (nameOf(error) !== 'ConditionalCheckFailedException') throw error;
  }
}

function itemOf(receipt: RunReceipt) {
  const _expiresAt = Math.floor(Date.parse(receipt.finishedAt) / 1000) + KEPT_SECONDS;
  return { ...STATE_KEYS.run(receipt.startedAt, receipt.runId), ...receipt, _expiresAt };
}

/**
 * The receipts of the latest runs, the last one first.
 *
 * @param limit - At most so many.
 */
export async function listRunReceipts(state: StateTable, limit: number): Promise<RunReceipt[]> {
  const { Items = [] } = await state.send(
    new QueryCommand({
      TableName: state.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': PARTITION.runs },
      ScanIndexForward: false,
      Limit: limit,
    }),
  );
  return Items.map(({ pk: _pk, sk: _sk, _expiresAt, ...receipt }) => receipt as unknown as RunReceipt);
}
