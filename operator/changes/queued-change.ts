import type { Change } from '../../lambda/core/push/change.ts';
import type { Outcome } from '../../lambda/core/push/ledger-entry.ts';

/** A change that was queued. */
export interface QueuedChange {
  /** Where it stands in its file, from 1; absent: it was resent. */
  readonly line?: number;
  readonly change: Change;
  /** The queue's own id of its message; absent: it is not known. */
  readonly messageId?: string;
}

/** By `changeId`; undefined: nobody waited for them. */
export type KnownFates = ReadonlyMap<string, FateSoFar> | undefined;

/** What the ledger says of a change that was queued. */
export interface FateSoFar {
  readonly outcome: Outcome;
  /** Nothing more happens to it by itself. */
  readonly isFinal: boolean;
  /** It waits for a person. */
  readonly isHeld: boolean;
  readonly status?: number;
  readonly reason?: string;
}
