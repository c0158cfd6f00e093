import type { StateTable } from '../../lambda/aws/state/state-table.ts';
import { readLease } from '../../lambda/aws/state/take-lease.ts';
import { ABANDONED, judgeHold, type LeaseRow } from '../../lambda/core/pull/lease.ts';
import { CLOCK_TOLERANCE_MS } from '../../lambda/core/pull/verdict.ts';
import type { Session } from '../session.ts';

/**
 * Reads the lease of a pull that a command runs, as long as its heartbeat is recent. Lambda lists the pulls of the function.
 *
 * @returns Undefined if no command is pulling.
 */
export async function readPullingProcess(state: StateTable, nowMs: number): Promise<LeaseRow | undefined> {
  const row = await readLease(state);
  if (row === undefined || row.execution !== undefined) return undefined;
  return judgeHold(row, nowMs, 'unknown').kind === 'held' ? row : undefined;
}

/**
 * Reads the lease of a pull that ended without releasing it. The next pull notices it and saves a receipt for it.
 *
 * @returns Undefined if the last pull released its lease, or is in progress.
 */
export async function readCutOffPull(session: Session, nowMs: number): Promise<LeaseRow | undefined> {
  const row = await readLease(session.state());
  if (row === undefined || row.until === 0) return undefined;
  // This process holds the data folder, so no other one can be pulling.
  if (session.isAlone) return row;
  const holder = row.execution === undefined ? 'unknown' : await session.readHolderState(row.execution);
  if (row.until === ABANDONED || holder === 'ended') return row;
  const isHeld = judgeHold(row, nowMs, holder).kind === 'held';
  // A holder whose clock is behind this one looks as if its heartbeats had stopped.
  return !isHeld && nowMs - row.until > CLOCK_TOLERANCE_MS ? row : undefined;
}
