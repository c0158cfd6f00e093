import type { Receipt } from './receipt.ts';

/** What is known of a stream's table from the walks that ended. */
export interface StreamState {
  /** When the last complete walk began, RFC 3339: the table is whole as of then. Absent if no walk was complete. */
  readonly wholeAsOf?: string;
  /** How many objects the last complete walk found and stored, each key counted once. Absent with `wholeAsOf`. */
  readonly listed?: number;
  /**
   * How many live items the table has, those that the listing no longer shows included, as the last walk that scanned the table
   * counted them. Tombstones do not count. Absent if no walk ended.
   */
  readonly inTable?: number;
  /** When that walk began, RFC 3339. Absent if no walk has counted the items, and in rows of version 0.1. */
  readonly countedAt?: string;
}

/** What an ended walk tells of its stream. */
interface Ended {
  /** RFC 3339; absent in rows of version 0.1. */
  readonly startedAt?: string;
  readonly receipt: Receipt;
  /** Absent if the walk did not scan its table. */
  readonly inTable?: number;
}

/** The state after a walk that ended. */
export function stateAfter(before: StreamState, { startedAt, receipt, ...walk }: Ended): StreamState {
  const { status, written, unchanged } = receipt;
  const stored = written + unchanged;
  const table = {
    ...before,
    inTable: walk.inTable ?? Math.max(stored, before.inTable ?? 0),
    ...(walk.inTable !== undefined && startedAt !== undefined && { countedAt: startedAt }),
  };
  return status === 'complete' && startedAt !== undefined
    ? { ...table, wholeAsOf: startedAt, listed: stored }
    : table;
}

/**
 * Whether the last complete walk listed less than half of what the table has. A client that lost a right, or a filter that changed,
 * looks like that, and so does a list from which most was removed. Only an operator can tell.
 */
export function hasShrunk({ listed, inTable = 0 }: StreamState): boolean {
  return listed !== undefined && listed < inTable / 2;
}
