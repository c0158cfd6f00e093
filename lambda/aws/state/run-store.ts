import { timestamp } from '../../core/clock.ts';
import { type RunReceipt, withAllCounts } from '../../core/pull/receipt.ts';
import { CLOCK_TOLERANCE_MS } from '../../core/pull/verdict.ts';
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
 * Reads the receipts of the latest runs, the last one first. Runs that began in the future are left out, because a clock that
 * was wrong would otherwise hide every later run.
 *
 * @param limit - The largest number of receipts.
 * @param nowMs - In milliseconds since the epoch.
 */
export async function listRunReceipts(
  state: StateTable,
  limit: number,
  nowMs: number,
): Promise<RunReceipt[]> {
  const query = {
    keys: '#pk = :pk AND #sk < :now',
    values: { ':pk': PARTITION.runs, ':now': latestStart(nowMs) },
    isDescending: true,
    pageSize: limit,
  };
  const { value: rows = [] } = await state.query(query).next();
  return rows.map(receiptOf);
}

/** Reads the receipt of a run that began in the future, by its clock; undefined if no run did. */
export async function readFutureReceipt(state: StateTable, nowMs: number): Promise<RunReceipt | undefined> {
  const values = { ':pk': PARTITION.runs, ':now': latestStart(nowMs) };
  const { value: rows = [] } = await state
    .query({ keys: '#pk = :pk AND #sk >= :now', values, pageSize: 1 })
    .next();
  return rows.map(receiptOf)[0];
}

/** The latest start of a run that counts as past. */
function latestStart(nowMs: number): string {
  return timestamp(nowMs + CLOCK_TOLERANCE_MS);
}

function receiptOf({ pk: _pk, sk: _sk, _expiresAt, ...row }: Row): RunReceipt {
  return withAllCounts(row as unknown as RunReceipt);
}
