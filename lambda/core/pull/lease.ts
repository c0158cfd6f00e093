/** Who may pull, as the state table holds it. At most one at a time. */
export interface LeaseRow {
  /** Says who holds it, for people: `process 4711 on build-7`. */
  readonly owner: string;
  /** Tells this holder from all others. */
  readonly holder: string;
  /** ARN of the durable execution that holds it: Lambda knows whether it runs. Absent: a process, whose heartbeat tells. */
  readonly execution?: string;
  /** The holder's run. Absent: a row from before runs were noted here. */
  readonly runId?: string;
  /** Goes up with every new holder and every slice of an execution: writes of an earlier one are told by it, and refused. */
  readonly fence: number;
  /** When this holder got it, RFC 3339. */
  readonly since: string;
  /**
   * Until when the holder is taken to be alive, in milliseconds since the epoch: a process until its next heartbeat, an
   * execution until it would be timed out. 0: it has let go.
   */
  readonly until: number;
  /** Until when the holder may write, in milliseconds since the epoch; it stops by itself before that. */
  readonly writesUntil: number;
}

/** Whether a lease's owner is at work: as Lambda says; `unknown`: nobody could say. */
export type OwnerState = 'running' | 'ended' | 'unknown';

/** How often a holder says that it is alive, and for how long that is believed. */
export const HEARTBEAT_MS = 10_000;
const BELIEVED_MS = 45_000;
/** A write that was begun in time has this long to reach the table. */
const WRITE_MARGIN_MS = 10_000;

/** The holder's next hold on the lease. */
export function holdFrom(nowMs: number): Pick<LeaseRow, 'until' | 'writesUntil'> {
  return { until: nowMs + BELIEVED_MS, writesUntil: nowMs + BELIEVED_MS - WRITE_MARGIN_MS };
}

/**
 * How long a lease still keeps others out, in milliseconds; 0: it may be taken over.
 *
 * @param owner - A process counts as `unknown`.
 */
export function heldForMs(row: LeaseRow, nowMs: number, owner: OwnerState): number {
  if (row.until === 0) return 0;
  const writesMs = Math.max(0, row.writesUntil - nowMs);
  if (owner === 'ended') return writesMs;
  // An execution that runs on past its time has been given more.
  const aliveMs = Math.max(owner === 'running' ? BELIEVED_MS : 0, row.until - nowMs);
  return Math.max(aliveMs, writesMs);
}
