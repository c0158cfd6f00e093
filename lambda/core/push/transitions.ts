import { timestamp } from '../clock.ts';
import { isObject, stringifyJson } from '../json.ts';
import { type Change, contentHashOf } from './change.ts';
import { type Attempt, type LedgerEntry, LONGEST_ATTEMPT_MS } from './ledger-entry.ts';

/*
 * The life of a change. Every entry that is written to the ledger comes from one of these transitions.
 *
 *   newEntry         begin                    conclude
 *  ──────────► queued ───► sending{until} ──────────────► accepted             2xx; the body is dropped
 *               ▲            ▲   │                      ► rejected             4xx, 2xx with `errors`, or our own checks
 *               │      begin │   │                      ► waiting{notBefore}   not handled: 401, 403, 429, 503, no connection
 *               │            │   │                      ► unknown              the reply was lost, or does not say what was applied,
 *               │            │   │                                             or refuses what an earlier attempt may have applied
 *               │            │   │ hold
 *               │            │   └─────► unknown    the attempt's deadline has passed, and its function did not conclude it
 *               │            └── waiting{notBefore}, when its time has come
 *               │                   │ hold
 *               │                   └─────► waiting without notBefore: it waited 13 days
 *               │
 *               └─ requeue   the operator resends a change that is rejected, unknown, held, queued or overdue, and was not settled
 *
 *  unknown ── concludeLate ─► accepted, rejected or waiting   the function that was thought dead has a reply after all
 *  any ── settle ─► accepted or rejected   the operator declares the outcome, also of a change that was settled before;
 *                                          refused while the change is being sent, and once Procurios accepted it
 *  ── rejectMessage ─► rejected   a message that is not a change, or whose id is taken: under the message's own id
 */

/** How long the ledger keeps an entry that no operator has to decide about any more: accepted, settled, or never a change. */
export interface Retention {
  readonly retentionDays: number;
}

/** What an attempt, or the decision against one, makes of a change. */
export type Conclusion = Pick<LedgerEntry, 'outcome' | 'errors' | 'ids' | 'mayBeApplied'> &
  Partial<Pick<LedgerEntry, 'status' | 'reason' | 'code' | 'notBefore' | 'lostReplies' | 'failedChecks'>>;

/** The entry of a change that the ledger does not have yet. Its version is 0, because it is not written yet. */
export function newEntry(change: Change, queuedMs: number): LedgerEntry {
  const queuedAt = timestamp(queuedMs);
  const { changeId, operation, subject, parameters, body } = change;
  return {
    changeId,
    operation,
    subject,
    parameters,
    contentHash: contentHashOf(change),
    version: 0,
    outcome: 'queued',
    queuedAt,
    changedAt: queuedAt,
    attempt: 0,
    mayBeApplied: false,
    lostReplies: 0,
    failedChecks: 0,
    errors: [],
    ids: {},
    attempts: [],
    bodyFields: isObject(body) ? bounded(Object.keys(body), MOST_NAMES, LONGEST_NAME) : [],
    ...(body !== undefined && { body: stringifyJson(body) }),
  };
}

/**
 * Begins an attempt. If the entry is `sending`, the earlier attempt was cut off, so its reply counts as lost.
 *
 * @param unchecked - Why the body is sent unchecked; undefined if it was checked, or needs no check.
 */
export function begin(
  { unchecked: _before, ...entry }: LedgerEntry,
  unchecked: string | undefined,
  nowMs: number,
): LedgerEntry & { readonly until: number } {
  const until = nowMs + LONGEST_ATTEMPT_MS;
  const begun = { attempt: entry.attempt + 1, at: timestamp(nowMs) };
  return {
    ...move(entry, nowMs, {
      outcome: 'sending',
      attempt: begun.attempt,
      attempts: [...entry.attempts, begun].slice(-ATTEMPTS_KEPT),
      lostReplies: entry.lostReplies + (entry.outcome === 'sending' ? 1 : 0),
      // Already now, so that the change is not taken for untouched if this function is cut off.
      mayBeApplied: true,
      ...(unchecked !== undefined && { unchecked: shortened(unchecked, LONGEST_ERROR) }),
    }),
    until,
  };
}

/** Ends an attempt, or decides without one. */
export function conclude(
  entry: LedgerEntry,
  conclusion: Conclusion,
  nowMs: number,
  { retentionDays }: Retention,
): LedgerEntry {
  const { body, ...withoutBody } = entry;
  const isAccepted = conclusion.outcome === 'accepted';
  return move(isAccepted ? withoutBody : entry, nowMs, {
    ...conclusion,
    attempts: entry.outcome === 'sending' ? withResult(entry.attempts, resultOf(conclusion)) : entry.attempts,
    ...(isAccepted && { _expiresAt: expiryFrom(nowMs, retentionDays) }),
  });
}

/**
 * Ends an attempt whose deadline had passed, so that another function has written `unknown` meanwhile. The reply counts,
 * because it says more. The message has left the queue by then, so a change that was not handled waits for the operator. If the
 * operator has resent the change, only a final outcome counts, so that the change is not sent twice.
 *
 * @param found - The entry in the ledger now.
 * @returns Undefined if the ledger is right as it is: the reply is unknown too, or the entry has moved on.
 */
export function concludeLate(
  begun: LedgerEntry,
  found: LedgerEntry | undefined,
  { notBefore: _notBefore, ...conclusion }: Conclusion,
  nowMs: number,
  retention: Retention,
): LedgerEntry | undefined {
  if (found?.attempt !== begun.attempt || found.note !== undefined) return undefined;
  const { outcome } = conclusion;
  const isFinal = outcome === 'accepted' || outcome === 'rejected';
  const counts = found.outcome === 'queued' ? isFinal : found.outcome === 'unknown' && outcome !== 'unknown';
  if (!counts) return undefined;
  return conclude({ ...begun, version: found.version }, conclusion, nowMs, retention);
}

/** Hands a change to the operator: one whose attempt was cut off becomes unknown, one that waited too long stays waiting. */
export function hold(entry: LedgerEntry, reason: string, nowMs: number, retention: Retention): LedgerEntry {
  const wasCutOff = entry.outcome === 'sending';
  const conclusion: Conclusion = {
    outcome: wasCutOff ? 'unknown' : 'waiting',
    errors: [],
    ids: {},
    reason,
    mayBeApplied: wasCutOff || entry.mayBeApplied,
  };
  return conclude(entry, conclusion, nowMs, retention);
}

/** Queues a change again, for the operator. */
export function requeue(entry: LedgerEntry, nowMs: number): LedgerEntry {
  return move(entry, nowMs, {
    outcome: 'queued',
    reason: 'resent by hand',
    lostReplies: 0,
    failedChecks: 0,
    // The wait starts again, because a change that was held for waiting too long would be held again at once.
    queuedAt: timestamp(nowMs),
  });
}

/** The outcome that an operator declares. */
export interface Settlement extends Retention {
  readonly outcome: 'accepted' | 'rejected';
  /** How the operator knows. */
  readonly note: string;
}

/**
 * Declares the outcome for the operator. The body goes, and so do the vendor's texts, which may quote it. A change that was
 * settled before keeps both notes.
 */
export function settle(
  entry: LedgerEntry,
  { outcome, note, retentionDays }: Settlement,
  nowMs: number,
): LedgerEntry {
  const { body: _body, ...lasting } = entry;
  const { reason, status, note: before } = entry;
  const both = `${note} (${entry.outcome} before, ${entry.changedAt}: ${before})`;
  return move(lasting, nowMs, {
    outcome,
    note: before === undefined ? note : shortened(both, LONGEST_NOTES),
    ...(reason !== undefined && { reason }),
    ...(status !== undefined && { status }),
    _expiresAt: expiryFrom(nowMs, retentionDays),
  });
}

/**
 * The entry of a message that is not a change, or whose change id is taken. It has the message's own id.
 *
 * @param message - `text`: undefined if it cannot be written as JSON. `changeId` and `subject`: those that the message names;
 * undefined if it names none.
 */
export function rejectMessage(
  message: {
    readonly messageId: string;
    readonly text: string | undefined;
    readonly changeId: string | undefined;
    readonly subject: string | undefined;
    readonly errors: readonly string[];
  },
  nowMs: number,
  { retentionDays }: Retention,
): LedgerEntry {
  const { messageId, text, changeId, subject, errors } = message;
  const what =
    changeId === undefined ? 'the message is not a change' : `the message says changeId ${changeId}`;
  return {
    changeId: messageId,
    version: 1,
    outcome: 'rejected',
    queuedAt: timestamp(nowMs),
    changedAt: timestamp(nowMs),
    attempt: 0,
    mayBeApplied: false,
    lostReplies: 0,
    failedChecks: 0,
    reason: isKept(text) ? what : `${what}; it is too large for the ledger and is in the dead-letter queue`,
    errors: bounded(errors, MOST_ERRORS, LONGEST_ERROR),
    ids: {},
    attempts: [],
    bodyFields: [],
    ...(subject !== undefined && { subject }),
    ...(isKept(text) && { body: text }),
    _expiresAt: expiryFrom(nowMs, retentionDays),
  };
}

/** Whether the ledger can keep the text of a message that is not a change. Otherwise a dead-letter queue keeps the message. */
export function isKept(text: string | undefined): text is string {
  return text !== undefined && Buffer.byteLength(text) <= LARGEST_KEPT_BYTES;
}

/** The next version of an entry, with another outcome. Fields that belong to the old outcome are left out. */
function move(
  entry: LedgerEntry,
  nowMs: number,
  to: Partial<LedgerEntry> & Pick<LedgerEntry, 'outcome'>,
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
    ...to,
    errors: bounded(to.errors ?? [], MOST_ERRORS, LONGEST_ERROR),
    version: entry.version + 1,
    changedAt: timestamp(nowMs),
  };
}

/** The attempts, the last one with its result. */
function withResult(attempts: readonly Attempt[], result: string): readonly Attempt[] {
  return attempts.map((each, index) => (index === attempts.length - 1 ? { ...each, result } : each));
}

function resultOf({ outcome, status, reason }: Conclusion): string {
  const withStatus = status === undefined ? outcome : `${outcome}, status ${status}`;
  return reason === undefined ? withStatus : `${withStatus}: ${reason}`;
}

/** @returns Seconds since the epoch. */
function expiryFrom(nowMs: number, retentionDays: number): number {
  return Math.floor(nowMs / 1000) + retentionDays * 24 * 60 * 60;
}

/** Limits of an entry's parts: an item may have 400 KB in all, and an operator reads little more than this. */
const LARGEST_KEPT_BYTES = 300 * 1024;
const ATTEMPTS_KEPT = 20;
const MOST_NAMES = 100;
const LONGEST_NAME = 100;
const MOST_ERRORS = 50;
const LONGEST_ERROR = 500;
/** Of a note with the notes before it. */
const LONGEST_NOTES = 4_000;

/** The first texts, each shortened, and a last one with the number of those left out. */
function bounded(texts: readonly string[], most: number, longest: number): readonly string[] {
  const kept = texts.slice(0, most).map((text) => shortened(text, longest));
  return texts.length > most ? [...kept, `… and ${texts.length - most} more`] : kept;
}

function shortened(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
