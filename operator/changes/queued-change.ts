import type { Change } from '../../lambda/core/push/change.ts';
import type { Outcome } from '../../lambda/core/push/ledger-entry.ts';

/** A change that was queued. */
export interface QueuedChange {
  /** Its line in the file of changes, from 1; absent if it was resent. */
  readonly line?: number;
  readonly change: Change;
  /** The queue's id of its message; absent if it is not known. */
  readonly messageId?: string;
}

/** What the ledger says about a change that was queued. */
export interface OutcomeSoFar {
  readonly outcome: Outcome;
  /** Whether it stays like this until an operator acts. */
  readonly isFinal: boolean;
  /** Whether it waits for an operator to decide. */
  readonly isHeld: boolean;
  readonly status?: number;
  readonly reason?: string;
}

/** What the ledger says about each queued change, by `changeId`. */
export type Outcomes = ReadonlyMap<string, OutcomeSoFar>;
