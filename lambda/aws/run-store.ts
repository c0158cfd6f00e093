import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { RunReceipt } from '../core/receipt.ts';
import type { StateTable } from './state-table.ts';

/** Receipts of runs go after two years. */
const KEPT_SECONDS = 2 * 365 * 24 * 60 * 60;

/** Keeps a run's receipt under `run` / `<startedAt>#<runId>`, so that the latest is the last. */
export async function saveRunReceipt(state: StateTable, receipt: RunReceipt): Promise<void> {
  const expiresAt = Math.floor(Date.parse(receipt.finishedAt) / 1000) + KEPT_SECONDS;
  const Item = { pk: 'run', sk: `${receipt.startedAt}#${receipt.runId}`, ...receipt, _expiresAt: expiresAt };
  await state.send(new PutCommand({ TableName: state.name, Item }));
}
