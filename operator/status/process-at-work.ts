import type { StateTable } from '../../lambda/aws/state/state-table.ts';
import { readLease } from '../../lambda/aws/state/take-lease.ts';
import { heldForMs, type LeaseRow } from '../../lambda/core/pull/lease.ts';

/**
 * A pull of some command line's that is at work, as its heartbeat tells. The function's own are told by Lambda.
 *
 * @returns Undefined: there is none.
 */
export async function readProcessAtWork(state: StateTable, nowMs: number): Promise<LeaseRow | undefined> {
  const row = await readLease(state);
  if (row === undefined || row.execution !== undefined) return undefined;
  return heldForMs(row, nowMs, 'unknown') > 0 ? row : undefined;
}
