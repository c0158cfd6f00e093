/** The lease's row in the state table: the right to pull, which at most one pull holds at a time. Fields are named as stored. */
export interface LeaseRow {
  /** The holder's name for operators: `process 4711 on build-7`. */
  readonly owner: string;
  /** The holder's id: the ARN of an execution, or a UUID of a process. */
  readonly holder: string;
  /**
   * ARN of the durable execution that holds the lease; Lambda knows whether it runs. Absent if a process holds it, which sends
   * heartbeats.
   */
  readonly execution?: string;
  /** The holder's run; absent in rows of versions that did not save it. */
  readonly runId?: string;
  /** A number that rises with every new holder and every slice of an execution. Writes with a lower one are refused. */
  readonly fence: number;
  /** When this holder acquired the lease, RFC 3339. */
  readonly since: string;
  /**
   * Until when the holder counts as alive, in milliseconds since the epoch: a process until a heartbeat is overdue, an execution
   * until its timeout. 0 if the holder released the lease.
   */
  readonly until: number;
  /** Until when the holder may write, in milliseconds since the epoch. The holder stops by itself before that. */
  readonly writesUntil: number;
}

/** Whether the lease's holder is running, according to Lambda; `unknown` if Lambda could not be asked. */
export type HolderState = 'running' | 'ended' | 'unknown';

/** How often a process sends a heartbeat, and how long after it the process counts as alive. */
export const HEARTBEAT_MS = 10_000;
const ALIVE_MS = 45_000;
/** How long a write that began in time may take to reach the table. */
const WRITE_MARGIN_MS = 10_000;

/** The lease's times after a heartbeat. */
export function holdFrom(nowMs: number): Pick<LeaseRow, 'until' | 'writesUntil'> {
  return { until: nowMs + ALIVE_MS, writesUntil: nowMs + ALIVE_MS - WRITE_MARGIN_MS };
}

/**
 * How long a lease still keeps other pulls out, in milliseconds; 0 if it may be taken over.
 *
 * @param state - The holder's. A process counts as `unknown`.
 */
export function heldForMs(row: LeaseRow, nowMs: number, state: HolderState): number {
  if (row.until === 0) return 0;
  const writesMs = Math.max(0, row.writesUntil - nowMs);
  if (state === 'ended') return writesMs;
  // An execution that still runs after its time was given a longer timeout.
  const aliveMs = Math.max(state === 'running' ? ALIVE_MS : 0, row.until - nowMs);
  return Math.max(aliveMs, writesMs);
}
