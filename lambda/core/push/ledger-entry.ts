import { type Clock, timestamp } from '../clock.ts';
import type { SyncErrorCode } from '../errors.ts';
import { isObject } from '../json.ts';
import type { Change } from './change.ts';

/** What became of a change so far. The first three are on their way, the last three are final until a person acts. */
export type Outcome = 'queued' | 'sending' | 'waiting' | 'accepted' | 'rejected' | 'unknown';
export const OUTCOMES: readonly Outcome[] = [
  'queued',
  'sending',
  'waiting',
  'accepted',
  'rejected',
  'unknown',
];

/** One try at sending a change, for people who have to decide about it. */
export interface Attempt {
  /** From 1. */
  readonly attempt: number;
  /** When it began, RFC 3339. */
  readonly at: string;
  /** What came of it, in a few words; absent: it was cut off before that was written down. */
  readonly result?: string;
}

/** A change and its fate: the one place that tells. */
export interface LedgerEntry {
  readonly changeId: string;
  /** Goes up with every write; each write demands the one that it read. */
  readonly version: number;
  readonly outcome: Outcome;
  /** When its message was sent, RFC 3339; of a resent one, the last. */
  readonly queuedAt: string;
  /** When the outcome was written, RFC 3339. */
  readonly changedAt: string;
  /** Attempts begun. */
  readonly attempt: number;
  /** While `sending`: when the attempt is over, come what may, in milliseconds since the epoch. */
  readonly until?: number;
  /** While `waiting`: when to try again, in milliseconds since the epoch. Absent: held for a person. */
  readonly notBefore?: number;
  /** An attempt whose reply was lost may have been applied. */
  readonly mayBeApplied: boolean;
  /** Attempts without a whole answer since it was queued or resent. */
  readonly lostReplies: number;
  /** Why it is as it is, in words; never a value of the body. */
  readonly reason?: string;
  /** While `waiting` for it to pass: what kept it from being handled. Absent: nothing that has a code. */
  readonly code?: SyncErrorCode;
  /** HTTP status of the last reply. */
  readonly status?: number;
  /** What was wrong with the change: our own checks' findings, or the vendor's texts, which may quote values. */
  readonly errors: readonly string[];
  /** Ids from the reply, by name. */
  readonly ids: Readonly<Record<string, string>>;
  /** The last attempts, oldest first. */
  readonly attempts: readonly Attempt[];
  /** Absent for messages that are not a change. */
  readonly operation?: string;
  readonly subject?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly contentHash?: string;
  /** Names of the body's top-level fields. */
  readonly bodyFields: readonly string[];
  /** The body as JSON text, until it is accepted or settled. */
  readonly body?: string;
  /** Who settled it by hand, and why. */
  readonly note?: string;
  /** When the entry goes, in seconds since the epoch; absent: it stays until it is settled. */
  readonly _expiresAt?: number;
}

/** An entry has room for 400 KB in all. */
const LARGEST_KEPT_BYTES = 300 * 1024;

/** What a person can take in, and an entry has room for beside the body. */
const MOST_NAMES = 100;
const LONGEST_NAME = 100;
const MOST_ERRORS = 50;
const LONGEST_ERROR = 500;

/** The first texts, cut short, with a last one that tells how many were left out. */
function bounded(texts: readonly string[], most: number, longest: number): readonly string[] {
  const kept = texts
    .slice(0, most)
    .map((text) => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text));
  return texts.length > most ? [...kept, `… and ${texts.length - most} more`] : kept;
}

/**
 * When an entry goes that nobody has to decide about any more: what is accepted or settled, and what was never a change.
 *
 * @returns Seconds since the epoch.
 */
export function expiryFrom(nowMs: number, retentionDays: number): number {
  return Math.floor(nowMs / 1000) + retentionDays * 24 * 60 * 60;
}

/** How many attempts an entry remembers. */
const ATTEMPTS_KEPT = 20;

/** The entry of a change that is heard of for the first time: version 0, which is still to be written. */
export function newEntry(
  change: Change,
  details: { contentHash: string; bodyText: string | undefined; queuedMs: number },
): LedgerEntry {
  const queuedAt = timestamp(details.queuedMs);
  const { changeId, operation, subject, parameters, body } = change;
  return {
    changeId,
    operation,
    subject,
    parameters,
    contentHash: details.contentHash,
    version: 0,
    outcome: 'queued',
    queuedAt,
    changedAt: queuedAt,
    attempt: 0,
    mayBeApplied: false,
    lostReplies: 0,
    errors: [],
    ids: {},
    attempts: [],
    bodyFields: isObject(body) ? bounded(Object.keys(body), MOST_NAMES, LONGEST_NAME) : [],
    ...(details.bodyText !== undefined && { body: details.bodyText }),
  };
}

/** The entry with another outcome: one version on, what belonged to the old outcome left out. */
export function withOutcome(
  entry: LedgerEntry,
  clock: Clock,
  change: Partial<LedgerEntry> & Pick<LedgerEntry, 'outcome'>,
): LedgerEntry {
  const {
    until: _until,
    notBefore: _notBefore,
    reason: _reason,
    code: _code,
    status: _status,
    ...lasting
  } = entry;
  return {
    ...lasting,
    ...change,
    errors: bounded(change.errors ?? [], MOST_ERRORS, LONGEST_ERROR),
    version: entry.version + 1,
    changedAt: timestamp(clock.now()),
  };
}

/** The attempts with one more begun. */
export function begunAttempts(entry: LedgerEntry, nowMs: number): readonly Attempt[] {
  return [...entry.attempts, { attempt: entry.attempt + 1, at: timestamp(nowMs) }].slice(-ATTEMPTS_KEPT);
}

/** The attempts with the last one's result. */
export function endedAttempts(attempts: readonly Attempt[], result: string): readonly Attempt[] {
  return attempts.map((each, index) => (index === attempts.length - 1 ? { ...each, result } : each));
}

/**
 * The entry of what is no change, or one whose id is taken: under the message's own id, with every reason.
 *
 * @param text - Undefined: it cannot be kept.
 * @param changeId - What the message calls itself, where that can be told.
 */
export function rejectedMessage(message: {
  readonly messageId: string;
  readonly text: string | undefined;
  readonly changeId: string | undefined;
  readonly errors: readonly string[];
  readonly nowMs: number;
  readonly retentionDays: number;
}): LedgerEntry {
  const { messageId, text, changeId, errors, nowMs, retentionDays } = message;
  return {
    changeId: messageId,
    version: 1,
    outcome: 'rejected',
    queuedAt: timestamp(nowMs),
    changedAt: timestamp(nowMs),
    attempt: 0,
    mayBeApplied: false,
    lostReplies: 0,
    reason: changeId === undefined ? 'the message is not a change' : `the message says changeId ${changeId}`,
    errors: bounded(errors, MOST_ERRORS, LONGEST_ERROR),
    ids: {},
    attempts: [],
    bodyFields: [],
    ...(text !== undefined && Buffer.byteLength(text) <= LARGEST_KEPT_BYTES && { body: text }),
    _expiresAt: expiryFrom(nowMs, retentionDays),
  };
}
