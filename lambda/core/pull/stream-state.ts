import type { EndingWalk } from './walk.ts';

/** What is known of a stream's table from the walks that ended. */
export interface StreamState {
  /** When the last complete walk began, RFC 3339: the table is whole as of then. Absent if no walk was complete. */
  readonly wholeAsOf?: string;
  /** How many objects the last complete walk found and stored, each key counted once. Absent with `wholeAsOf`. */
  readonly listed?: number;
  /** How many items of the table the pulls know of, those that the listing no longer shows included. Absent if no walk ended. */
  readonly inTable?: number;
}

/** The state after a walk that ended. */
export function stateAfter(before: StreamState, { startedAt, added, receipt }: EndingWalk): StreamState {
  const { status, written, unchanged } = receipt;
  const stored = written + unchanged;
  const inTable = Math.max(stored, (before.inTable ?? 0) + added);
  return status === 'complete' && startedAt !== undefined
    ? { wholeAsOf: startedAt, listed: stored, inTable }
    : { ...before, inTable };
}

/**
 * Whether the last complete walk listed less than half of what the table has. A client that lost a right, or a filter that changed,
 * looks like that, and so does a list from which most was removed. Only an operator can tell.
 */
export function hasShrunk({ listed, inTable = 0 }: StreamState): boolean {
  return listed !== undefined && listed < inTable / 2;
}
