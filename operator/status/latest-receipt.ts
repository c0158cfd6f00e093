import { listRunReceipts } from '../../lambda/aws/state/run-store.ts';
import type { RunReceipt } from '../../lambda/core/pull/receipt.ts';
import type { Session } from '../session.ts';

/** Reads the receipt of the latest run; undefined if there was no run. */
export async function readLatestReceipt(session: Session): Promise<RunReceipt | undefined> {
  const [receipt] = await listRunReceipts(session.state(), 1, Date.now());
  return receipt;
}
