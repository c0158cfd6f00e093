import type { Clock } from '../../lambda/core/clock.ts';
import { type Json, parseJson, stringifyJson } from '../../lambda/core/json.ts';
import { type Change, checkChange, type Operations, problemText } from '../../lambda/core/push/change.ts';
import { isBeingSent, isInProgress, type LedgerEntry } from '../../lambda/core/push/ledger-entry.ts';
import { requeue, type Settlement, settle } from '../../lambda/core/push/transitions.ts';

/** A change that goes to the queue again. */
export interface Resend {
  /** The entry to write before the message is sent. */
  readonly entry: LedgerEntry;
  /** The change of the entry. */
  readonly change: Change;
  /** The same change as the text of a message. */
  readonly text: string;
}

/** Why a change can be neither resent nor settled, in words that follow its id. */
export interface Refusal {
  readonly refusal: string;
}

/** A change this long past its time has lost its message, because SQS would have delivered it long before. */
const OVERDUE_MS = 60 * 60 * 1000;

/** Whether the next attempt should have begun, or the last one ended, so long ago that the message is taken for lost. */
function isOverdue(entry: LedgerEntry, nowMs: number): boolean {
  const { outcome, notBefore, until } = entry;
  const dueMs = notBefore ?? until;
  if (dueMs !== undefined && nowMs - dueMs > OVERDUE_MS) return true;
  return outcome === 'sending' && (until === undefined || until > nowMs) && !isBeingSent(entry, nowMs);
}

/**
 * Decides whether an operator may send a change again, and makes the entry and the message for it.
 *
 * A change that is `queued` or overdue may be resent, because its message may be lost. If it is not, the second message is a
 * no-op.
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
  return { entry: requeue(entry, clock.now()), change: checked.change, text: stringifyJson(message) };
}

function whyNotResent(entry: LedgerEntry, nowMs: number): string | undefined {
  if (entry.operation === undefined) return 'never was a change; correct the message and queue it anew';
  if (entry.note !== undefined) return 'was settled; queue the change anew, under another id';
  if (entry.outcome === 'accepted') return 'was accepted; there is nothing to resend';
  return isInProgress(entry) && entry.outcome !== 'queued' && !isOverdue(entry, nowMs)
    ? `is in progress (${entry.outcome}); it is sent without your help`
    : undefined;
}

/** The risk of sending a change again, in words that follow its id; undefined if there is none. */
export function riskOfResending(entry: LedgerEntry, operations: Operations): string | undefined {
  if (!entry.mayBeApplied || operations[entry.operation ?? '']?.repeatable) return undefined;
  return 'may have been applied already: sent again, it may be applied twice; look in Procurios first';
}

/**
 * Decides whether an operator may declare the outcome of a change, and makes the entry for it.
 *
 * A change may not be settled while it is being sent. If it is queued or waiting it may be, and its message is then a no-op.
 * A wrong settlement may be settled again.
 */
export function settleChange(
  entry: LedgerEntry,
  settlement: Settlement,
  clock: Clock,
): { readonly entry: LedgerEntry } | Refusal {
  if (entry.outcome === 'accepted' && entry.note === undefined) {
    return { refusal: 'was accepted; there is nothing to settle' };
  }
  if (entry.outcome === 'sending' && !isOverdue(entry, clock.now())) {
    return { refusal: 'is being sent; it gets its outcome without your help' };
  }
  return { entry: settle(entry, settlement, clock.now()) };
}
