import type { SyncErrorCode } from '../errors.ts';

/**
 * The state of a change. `queued`, `sending` and `waiting` are in progress; `accepted` and `rejected` are final. A change that
 * is `unknown` is held for an operator, and so is one that is `waiting` without a `notBefore`.
 */
export type Outcome = 'queued' | 'sending' | 'waiting' | 'accepted' | 'rejected' | 'unknown';
export const OUTCOMES: readonly Outcome[] = [
  'queued',
  'sending',
  'waiting',
  'accepted',
  'rejected',
  'unknown',
];

/** One attempt at sending a change, for the operator who has to decide about the change. */
export interface Attempt {
  /** The attempt's number, from 1. */
  readonly attempt: number;
  /** When the attempt began, RFC 3339. */
  readonly at: string;
  /** The attempt's outcome with its status and reason, in words; absent if the attempt was cut off before it was written. */
  readonly result?: string;
}

/** A change and its outcome, as the ledger holds them. */
export interface LedgerEntry {
  readonly changeId: string;
  /** Goes up by one with every write. A write is refused unless the ledger holds the version before it. */
  readonly version: number;
  readonly outcome: Outcome;
  /** When the message was sent, RFC 3339; of a resent change, the last message. */
  readonly queuedAt: string;
  /** When the outcome was written, RFC 3339. */
  readonly changedAt: string;
  /** Attempts begun. */
  readonly attempt: number;
  /** While `sending`: the deadline of the attempt, in milliseconds since the epoch. */
  readonly until?: number;
  /** While `waiting`: when the next attempt may begin, in milliseconds since the epoch; absent if an operator has to decide. */
  readonly notBefore?: number;
  /** Whether Procurios may have applied the change: an attempt's reply was lost, or an attempt is in progress. */
  readonly mayBeApplied: boolean;
  /** Attempts without a whole reply since the change was queued or resent. */
  readonly lostReplies: number;
  /** How often the checks before sending could not be made since the change was queued or resent. */
  readonly failedChecks: number;
  /** Why the last attempt's body was not checked before it was sent, or not by all checks; absent if it was. */
  readonly unchecked?: string;
  /** Why the outcome is what it is, in words; never a value of the body. */
  readonly reason?: string;
  /** While `waiting`: the code of the failure that kept the change from being handled; absent if it has none. */
  readonly code?: SyncErrorCode;
  /** HTTP status of the last reply. */
  readonly status?: number;
  /** What is wrong with the change: the findings of our checks, or the vendor's texts, which may quote values. */
  readonly errors: readonly string[];
  /** Ids from the reply, by name. */
  readonly ids: Readonly<Record<string, string>>;
  /** The last attempts, oldest first. */
  readonly attempts: readonly Attempt[];
  /** Absent for messages that are not a change. */
  readonly operation?: string;
  /** Of a message that is not a change: the subject that it names, or its message group. */
  readonly subject?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly contentHash?: string;
  /** Names of the body's top-level fields. */
  readonly bodyFields: readonly string[];
  /** The body as JSON text, until the change is accepted or settled. */
  readonly body?: string;
  /** Who settled the change, and why. */
  readonly note?: string;
  /** When the entry expires, in seconds since the epoch; absent while an operator may still have to decide. */
  readonly _expiresAt?: number;
}

/** The longest that an attempt may take, from the ledger's `sending` to its outcome. */
export const LONGEST_ATTEMPT_MS = 120_000;
/** The largest error of another machine's clock. An attempt with a later deadline was begun by a clock that was wrong. */
const LARGEST_CLOCK_ERROR_MS = 60 * 60 * 1000;

/** Whether a change waits for an operator: its outcome is unknown, or it waited too long. */
export function isHeld({ outcome, notBefore }: LedgerEntry): boolean {
  return outcome === 'unknown' || (outcome === 'waiting' && notBefore === undefined);
}

/** Whether a change gets its outcome without an operator. */
export function isInProgress(entry: LedgerEntry): boolean {
  return entry.outcome !== 'accepted' && entry.outcome !== 'rejected' && !isHeld(entry);
}

/**
 * Whether an attempt may be in progress. A deadline too far ahead was written by a clock that was wrong, and is ignored: it
 * would hold up the subject until then, and keep the operator from resending or settling the change.
 */
export function isBeingSent({ outcome, until }: LedgerEntry, nowMs: number): boolean {
  return (
    outcome === 'sending' &&
    until !== undefined &&
    until > nowMs &&
    until <= nowMs + LONGEST_ATTEMPT_MS + LARGEST_CLOCK_ERROR_MS
  );
}
