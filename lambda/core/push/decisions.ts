import { isBeingSent, type LedgerEntry } from './ledger-entry.ts';
import type { Operation } from './operation.ts';
import type { Message } from './ports.ts';
import type { ChangeReply, NotSent } from './reply.ts';
import type { Conclusion } from './transitions.ts';

/** A queue keeps a message for 14 days, so a change that waited 13 is held for the operator before it could be lost. */
const LONGEST_WAIT_MS = 13 * 24 * 60 * 60 * 1000;
const FIRST_PAUSE_MS = 15_000;
/** With this pause a queue, which gives a message up after 1,000 receives, does so only after the 13 days above. */
const LONGEST_PAUSE_MS = 20 * 60 * 1000;
/** The receives during which a pause that Procurios asks for may be shorter than our own. */
const RECEIVES_AS_ASKED = 3;
/**
 * Replies that a repeatable change may lose before it is held for the operator. With the pauses above that takes about six
 * hours, during which the change holds up its subject.
 */
export const MOST_LOST_REPLIES = 24;

/**
 * Times that the checks before sending may fail before the change is sent unchecked, because Procurios checks it anyway. With the
 * pauses above that takes about four minutes.
 */
const MOST_FAILED_CHECKS = 4;

/** How long a message is hidden for which no other pause is known: longer with every receive. */
export function pauseMsAfter({ receives }: Pick<Message, 'receives'>): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(receives - 1, 20));
}

/** What to do with a change that SQS delivers. */
export type Decision =
  | { readonly do: 'send' }
  /** The message leaves the queue, because the ledger has the outcome. */
  | { readonly do: 'nothing' }
  /** The message goes back to the queue until then, in milliseconds since the epoch. */
  | { readonly do: 'handBack'; readonly untilMs: number }
  /** The operator decides: an attempt was cut off, or the change waited too long. */
  | { readonly do: 'hold'; readonly reason: string }
  /** The message is rejected, because its id belongs to another change. */
  | { readonly do: 'refuse' };

/**
 * Decides by the ledger what to do with a change that SQS delivers. SQS may deliver a message more than once, also after a
 * function was cut off at any point.
 *
 * @param entry - Undefined if the ledger does not have the change.
 */
export function judgeDelivery(
  entry: LedgerEntry | undefined,
  contentHash: string,
  operation: Operation,
  { sentMs }: Pick<Message, 'sentMs'>,
  nowMs: number,
): Decision {
  if (entry === undefined) return { do: 'send' };
  if (entry.contentHash !== contentHash) return { do: 'refuse' };
  switch (entry.outcome) {
    case 'queued':
      return { do: 'send' };
    case 'sending':
      if (isBeingSent(entry, nowMs)) return { do: 'handBack', untilMs: entry.until as number };
      return operation.repeatable && entry.lostReplies + 1 < MOST_LOST_REPLIES
        ? { do: 'send' }
        : { do: 'hold', reason: 'the attempt was cut off before its outcome was known' };
    case 'waiting':
      if (entry.notBefore === undefined) return { do: 'nothing' };
      if (nowMs - sentMs > LONGEST_WAIT_MS) {
        return { do: 'hold', reason: 'it waited 13 days without an outcome' };
      }
      return waitsOn(entry.notBefore, nowMs) ? { do: 'handBack', untilMs: entry.notBefore } : { do: 'send' };
    default:
      return { do: 'nothing' };
  }
}

/** Whether a pause goes on. One that is longer than any was written by a clock that was wrong, and is over. */
function waitsOn(notBefore: number, nowMs: number): boolean {
  return notBefore > nowMs && notBefore <= nowMs + LONGEST_WAIT_MS;
}

/** What the ledger says of a change before the attempt that is judged, except that a cut-off attempt counts as a lost reply. */
export type Before = Pick<LedgerEntry, 'mayBeApplied' | 'lostReplies'>;

/**
 * The conclusion for a change that Procurios or our checks refuse: rejected, which means that it was not applied. It is unknown
 * if an earlier attempt may have been applied, because a change that is there already is refused too.
 */
export function refuse(
  { mayBeApplied }: Pick<Before, 'mayBeApplied'>,
  { reason, errors }: { readonly reason: string; readonly errors: readonly string[] },
): Conclusion {
  const what = { errors, ids: {}, mayBeApplied };
  return mayBeApplied
    ? { ...what, outcome: 'unknown', reason: `${reason}, but an earlier attempt may have been applied` }
    : { ...what, outcome: 'rejected', reason };
}

/** Decides the outcome from a reply. Only a change that was certainly not handled, or that is repeatable, is sent again. */
export function judgeReply(
  reply: ChangeReply,
  operation: Operation,
  before: Before,
  message: Pick<Message, 'receives'>,
  nowMs: number,
): Conclusion {
  const { mayBeApplied } = before;
  const none = { errors: [], ids: {}, mayBeApplied };
  const wait = (reason: string, askedMs: number | undefined, more: Partial<Conclusion> = {}): Conclusion => {
    const notBefore = nowMs + pauseMsFor(message, askedMs);
    return { ...none, ...more, outcome: 'waiting', reason, notBefore };
  };
  const lose = (reason: string, status?: number): Conclusion => {
    const lostReplies = before.lostReplies + 1;
    const more = { mayBeApplied: true, lostReplies, ...(status !== undefined && { status }) };
    if (!operation.repeatable) return { ...none, ...more, outcome: 'unknown', reason };
    if (lostReplies < MOST_LOST_REPLIES) {
      return wait(`${reason}; it is sent again, because its operation is repeatable`, undefined, more);
    }
    const lastReason = `${reason}, as the last of ${lostReplies} attempts without a known outcome`;
    return { ...none, ...more, outcome: 'unknown', reason: lastReason };
  };

  if (reply.kind === 'notSent') {
    return wait(reply.reason, reply.retryAfterMs, reply.code && { code: reply.code });
  }
  if (reply.kind === 'lost') return lose(reply.reason);
  const { status, errors, ids, retryAfterMs } = reply;
  // Some firewalls throttle with a 403 that asks for a pause.
  const isPause = status === 403 && retryAfterMs !== undefined;
  if (status === 401 || reply.refusedTokens !== undefined || (status === 403 && !isPause)) {
    const tried = reply.refusedTokens === 2 ? ', also with a new token' : '';
    const page = reply.isHtml ? ' with an HTML page, which a firewall may have sent' : '';
    const reason = `our access was refused (${status})${reply.refusedTokens === undefined ? page : tried}`;
    return wait(reason, retryAfterMs, { status, code: 'ACCESS_DENIED' });
  }
  // Also from a gateway that answers with an HTML page: a server that answers this has not handled the change.
  if (isPause || status === 425 || status === 429 || status === 503) {
    const code = isPause || status === 429 ? 'THROTTLED' : 'UNAVAILABLE';
    return wait(`Procurios answered ${status}`, retryAfterMs, { status, code });
  }
  if (reply.isHtml) return lose('an HTML page answered', status);
  if (status < 200 || (status >= 300 && status < 400) || status === 408 || status >= 500) {
    return lose(`Procurios answered ${status}`, status);
  }
  if (status < 300) return judgeSuccess(reply, before);
  const isGone = (status === 404 || status === 410) && operation.method === 'DELETE' && mayBeApplied;
  return isGone
    ? { ...none, outcome: 'accepted', status, ids, reason: 'gone already: an earlier attempt deleted it' }
    : { ...refuse(before, { reason: `Procurios answered ${status}`, errors }), status, ids };
}

/** Decides the outcome from a 2xx. It is not sent again if it leaves open what was applied, because the answer would be the same. */
function judgeSuccess(
  { status, errors, ids, isMixed }: Extract<ChangeReply, { kind: 'answered' }>,
  before: Before,
): Conclusion {
  const { mayBeApplied } = before;
  if (isMixed) {
    const reason = `the answer (${status}) does not say that all of it was applied`;
    return { outcome: 'unknown', status, errors, ids, mayBeApplied: true, reason };
  }
  return errors.length === 0
    ? { outcome: 'accepted', status, errors, ids, mayBeApplied }
    : { ...refuse(before, { reason: 'the answer holds errors', errors }), status, ids };
}

/**
 * Decides what follows if the checks before sending could not be made.
 *
 * @returns The conclusion; undefined if the change is sent unchecked.
 */
export function judgeFailedCheck(
  reply: NotSent,
  operation: Operation,
  entry: LedgerEntry,
  message: Pick<Message, 'receives'>,
  nowMs: number,
): Conclusion | undefined {
  const failedChecks = entry.failedChecks + 1;
  if (failedChecks > MOST_FAILED_CHECKS) return undefined;
  return { ...judgeReply(reply, operation, entry, message, nowMs), failedChecks };
}

/** @param askedMs - The pause that Procurios asks for; undefined if it asks for none. */
function pauseMsFor(message: Pick<Message, 'receives'>, askedMs: number | undefined): number {
  const ownMs = pauseMsAfter(message);
  const leastMs = message.receives > RECEIVES_AS_ASKED ? ownMs : 0;
  return Math.min(LONGEST_WAIT_MS, Math.max(askedMs ?? ownMs, leastMs));
}
