import { type Clock, timestamp } from '../clock.ts';
import { type Json, parseJson, stringifyJson } from '../json.ts';
import { type Change, checkChange, type Operations, problemText } from './change.ts';
import { isBeingSent } from './fate.ts';
import { expiryFrom, type LedgerEntry, withOutcome } from './ledger-entry.ts';

/** What a person declares that became of a change. */
export interface Settlement {
  readonly outcome: 'accepted' | 'rejected';
  /** How they know, for whoever reads it later. */
  readonly note: string;
  /** How long the ledger keeps it from now on. */
  readonly retentionDays: number;
}

/** A change that goes to the queue once more. */
export interface Resend {
  /** What the ledger is to say before the message is sent. */
  readonly entry: LedgerEntry;
  /** The very change that the entry is about. */
  readonly change: Change;
  /** The same, as the queue takes it. */
  readonly text: string;
}

/** Why nothing may be done, in words that go after the change's id. */
export interface Refusal {
  readonly refusal: string;
}

/** Whether a change waits for a person: its outcome is unknown, or it waited too long. */
export function isHeld({ outcome, notBefore }: LedgerEntry): boolean {
  return outcome === 'unknown' || (outcome === 'waiting' && notBefore === undefined);
}

/** Whether anything more may happen to a change by itself. */
export function isUnderWay(entry: LedgerEntry): boolean {
  return entry.outcome !== 'accepted' && entry.outcome !== 'rejected' && !isHeld(entry);
}

/** Past its time by this much, a change's message is taken for lost: redelivered it would have been long before. */
const OVERDUE_MS = 60 * 60 * 1000;

/** Whether a change ought to have been sent, or its attempt to have ended, so long ago that nothing may come of it. */
function isOverdue(entry: LedgerEntry, nowMs: number): boolean {
  const { outcome, notBefore, until } = entry;
  const dueMs = notBefore ?? until;
  if (dueMs !== undefined && nowMs - dueMs > OVERDUE_MS) return true;
  return outcome === 'sending' && (until === undefined || until > nowMs) && !isBeingSent(entry, nowMs);
}

/**
 * Decides whether a change may be sent again, and how.
 *
 * One that is `queued` may, and one that is long past its time: its message can be lost, and one too many does nothing.
 */
export function resendChange(entry: LedgerEntry, operations: Operations, clock: Clock): Resend | Refusal {
  const refusal = whyNotResent(entry, clock.now());
  if (refusal !== undefined) return { refusal };
  const { changeId, operation = '', subject = '', parameters = {}, body } = entry;
  const message: Json = {
    changeId,
    operation,
    subject,
    parameters,
    ...(body !== undefined && { body: parseJson(body) }),
  };
  const checked = checkChange(message, operations);
  if ('problems' in checked) {
    return {
      refusal: `no longer fits the config (${checked.problems.map(problemText).join('; ')}); correct the config, or settle it`,
    };
  }
  return { entry: requeued(entry, clock), change: checked.change, text: stringifyJson(message) };
}

function whyNotResent(entry: LedgerEntry, nowMs: number): string | undefined {
  if (entry.operation === undefined) return 'never was a change; correct the message and queue it anew';
  if (entry.note !== undefined) return 'was settled; queue it anew, under an id of its own';
  if (entry.outcome === 'accepted') return 'was accepted; there is nothing to resend';
  return isUnderWay(entry) && entry.outcome !== 'queued' && !isOverdue(entry, nowMs)
    ? `is under way (${entry.outcome}); it is sent by itself`
    : undefined;
}

function requeued(entry: LedgerEntry, clock: Clock): LedgerEntry {
  return withOutcome(entry, clock, {
    outcome: 'queued',
    reason: 'resent by hand',
    lostReplies: 0,
    // It waits anew: measured from its first day, a change that was held for waiting too long would be held at once.
    queuedAt: timestamp(clock.now()),
  });
}

/** What may go wrong when a change is sent again, in words that go after its id; undefined: nothing. */
export function riskOfResending(entry: LedgerEntry, operations: Operations): string | undefined {
  if (!entry.mayBeApplied || operations[entry.operation ?? '']?.repeatable) return undefined;
  return 'may have been applied already: sent again, it may be applied twice; look in Procurios first';
}

/** What a note may measure, those before it included. */
const LONGEST_NOTES = 4_000;

function shortNote(note: string): string {
  return note.length > LONGEST_NOTES ? `${note.slice(0, LONGEST_NOTES - 1)}…` : note;
}

/**
 * Decides whether a person may declare what became of a change, and what the ledger then says: its body goes, and so do
 * the vendor's texts, which may quote it.
 *
 * Not while it is being sent; one that waits for its turn or its time may be, and its message then does nothing. What was
 * settled wrongly may be settled anew; both notes are kept.
 */
export function settleChange(
  entry: LedgerEntry,
  { outcome, note, retentionDays }: Settlement,
  clock: Clock,
): { readonly entry: LedgerEntry } | Refusal {
  const { note: before } = entry;
  if (entry.outcome === 'accepted' && before === undefined) {
    return { refusal: 'was accepted; there is nothing to settle' };
  }
  if (entry.outcome === 'sending' && !isOverdue(entry, clock.now())) {
    return { refusal: 'is being sent; it gets its outcome by itself' };
  }
  const { body: _body, ...lasting } = entry;
  const { reason, status } = entry;
  const settled = withOutcome(lasting, clock, {
    outcome,
    note:
      before === undefined
        ? note
        : shortNote(`${note} (${entry.outcome} before, ${entry.changedAt}: ${before})`),
    ...(reason !== undefined && { reason }),
    ...(status !== undefined && { status }),
    _expiresAt: expiryFrom(clock.now(), retentionDays),
  });
  return { entry: settled };
}
