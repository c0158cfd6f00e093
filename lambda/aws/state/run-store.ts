import type { RunReceipt } from '../../core/pull/receipt.ts';
import { PARTITION } from '../../deployment/tables.ts';
import { STATE_KEYS } from './state-keys.ts';
import type { Row, StateTable } from './state-table.ts';

/** A run's receipt expires after two years. */
const KEPT_SECONDS = 2 * 365 * 24 * 60 * 60;

export async function saveRunReceipt(state: StateTable, receipt: RunReceipt): Promise<void> {
  await state.put(rowOf(receipt));
}

/** Saves the receipt of a run that was cut off, unless the run saved one itself. */
export async function saveRunReceiptIfNone(state: StateTable, receipt: RunReceipt): Promise<void> {
  await state.put(rowOf(receipt), { condition: 'attribute_not_exists(#pk)' });
}

function rowOf(receipt: RunReceipt): Row {
  const _expiresAt = Math.floor(Date.parse(receipt.finishedAt) / 1000) + KEPT_SECONDS;
  return { ...STATE_KEYS.run(receipt.startedAt, receipt.runId), ...receipt, _expiresAt };
}

/**
 * Reads the receipts of the latest runs, the last one first.
 *
 * @param limit - The largest number of receipts.
 */
export async function listRunReceipts(state: StateTable, limit: number): Promise<RunReceipt[]> {
  const query = { keys: '#pk = :pk', values: { ':pk': PARTITION.runs }, isDescending: true, pageSize: limit };
  const { value: rows = [] } = await state.query(query).next();
  return [...rows].map(({ pk: _pk, sk: _sk, _expiresAt, ...receipt }) => receipt as unknown as RunReceipt);
}
