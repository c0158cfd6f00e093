/** Who may pull, as the state table holds it. At most one at a time. */
export interface LeaseRow {
  /** Says who holds it, for people: `process 4711 on build-7`. */
  readonly owner: string;
  /** Tells this holder from all others. */
  readonly holder: string;
  /** Goes up with every new holder: writes of an earlier one are told by it, and refused. */
  readonly fence: number;
  /** When this holder got it, RFC 3339. */
  readonly since: string;
  /** Until when the holder is taken to be alive, in milliseconds since the epoch. */
  readonly until: number;
  /** Until when the holder may write, in milliseconds since the epoch; it stops by itself before that. */
  readonly writesUntil: number;
}

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
 * @param isAlone - Nobody else can reach the table, so whoever holds the lease is gone.
 */
export function heldForMs(row: LeaseRow | undefined, nowMs: number, isAlone: boolean): number {
  return row === undefined || isAlone ? 0 : Math.max(0, row.until - nowMs, row.writesUntil - nowMs);
}
