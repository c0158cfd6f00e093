import type { StateTable } from '../../lambda/aws/state/state-table.ts';
import { readLease } from '../../lambda/aws/state/take-lease.ts';
import { heldForMs, type LeaseRow } from '../../lambda/core/pull/lease.ts';

/**
 * Reads the lease of a pull that a command runs, as long as its heartbeat is recent. Lambda lists the pulls of the function.
 *
 * @returns Undefined if no command is pulling.
 */
export async function readPullingProcess(state: StateTable, nowMs: number): Promise<LeaseRow | undefined> {
  const row = await readLease(state);
  if (row === undefined || row.execution !== undefined) return undefined;
  return heldForMs(row, nowMs, 'unknown') > 0 ? row : undefined;
}
