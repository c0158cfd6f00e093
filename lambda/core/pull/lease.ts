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
   * until its timeout. 0 if the holder released the lease, {@link ABANDONED} if its run ended without a receipt.
   */
  readonly until: number;
  /** Until when the holder may write, in milliseconds since the epoch. The holder stops by itself before that. */
  readonly writesUntil: number;
}

/** Whether the lease's holder is running, according to Lambda; `unknown` if Lambda could not be asked. */
export type HolderState = 'running' | 'ended' | 'unknown';

/** The `until` of a lease whose run ended without a receipt. The next run records it as cut off. */
export const ABANDONED = 1;

/** How often a process sends a heartbeat, and how long after it the process counts as alive. */
export const HEARTBEAT_MS = 10_000;
export const ALIVE_MS = 45_000;
/** How long a write that began in time may take to reach the table. */
const WRITE_MARGIN_MS = 10_000;

/** The lease's times after a heartbeat. */
export function holdFrom(nowMs: number): Pick<LeaseRow, 'until' | 'writesUntil'> {
  return { until: nowMs + ALIVE_MS, writesUntil: nowMs + ALIVE_MS - WRITE_MARGIN_MS };
}

/** How long Lambda lets an execution run at most: 24 hours. Its lease is no longer than that. */
const LONGEST_EXECUTION_MS = 24 * 60 * 60 * 1000;

/** Whether a lease keeps other pulls out. */
export type Hold =
  /** It may be taken over. */
  | { readonly kind: 'free' }
  /** It keeps other pulls out for that long. */
  | { readonly kind: 'held'; readonly forMs: number }
  /** Its times are past, or too far ahead. One of the two clocks may be wrong, so only a row that does not change is free. */
  | { readonly kind: 'doubtful' };

/**
 * Judges a lease by its times, which another machine's clock wrote.
 *
 * @param state - The holder's. A process counts as `unknown`.
 */
export function judgeHold(row: LeaseRow, nowMs: number, state: HolderState): Hold {
  if (row.until === 0) return { kind: 'free' };
  if (state === 'running') return { kind: 'held', forMs: Math.max(ALIVE_MS, row.until - nowMs) };
  const writesMs = row.writesUntil - nowMs;
  if (row.until === ABANDONED || state === 'ended') {
    if (writesMs <= 0) return { kind: 'free' };
    return writesMs <= ALIVE_MS ? { kind: 'held', forMs: writesMs } : { kind: 'doubtful' };
  }
  const leftMs = Math.max(row.until - nowMs, writesMs);
  const longestMs = row.execution === undefined ? ALIVE_MS : LONGEST_EXECUTION_MS;
  return leftMs > 0 && leftMs <= longestMs ? { kind: 'held', forMs: leftMs } : { kind: 'doubtful' };
}

/** Whether the holder has written the lease's row between two readings of it. */
export function isSameHold(one: LeaseRow, other: LeaseRow): boolean {
  return one.fence === other.fence && one.until === other.until && one.writesUntil === other.writesUntil;
}
