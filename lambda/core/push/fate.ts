import type { LedgerEntry } from './ledger-entry.ts';
import type { Operation } from './operation.ts';
import type { ChangeReply } from './reply.ts';

/** How long an attempt may take, from the note in the ledger to the note of its outcome. */
export const LONGEST_ATTEMPT_MS = 120_000;
/** Longest that a message is hidden: SQS hides for 12 hours at most, from the first receipt on. */
export const LONGEST_HIDING_MS = 11 * 60 * 60 * 1000;
/** A queue keeps a message for 14 days; a change that waited 13 is held for a person instead of being lost. */
const LONGEST_WAIT_MS = 13 * 24 * 60 * 60 * 1000;
/** What another machine's clock may differ by from ours. An attempt that ends later than that is no attempt of any clock that is right. */
const LARGEST_CLOCK_ERROR_MS = 60 * 60 * 1000;
const FIRST_PAUSE_MS = 15_000;
/** A queue gives a message up after 1,000 receipts: at this pace only after the 13 days above. */
const LONGEST_PAUSE_MS = 20 * 60 * 1000;
/** A pause asked for is taken at its word for so many receipts; then it is no shorter than our own would be. */
const RECEIPTS_AS_ASKED = 3;
/**
 * Replies that a change which is safe to repeat may lose before a person looks at it: about six hours, at the pauses
 * above. Until then it holds up its subject.
 */
export const MOST_LOST_REPLIES = 24;

/** What the queue tells of a delivery. */
export interface Receipt {
  /** How often the message was received, this time included. The queue counts whatever the reason was that it went back. */
  readonly receives: number;
  /** When it was sent, in milliseconds since the epoch. */
  readonly sentMs: number;
}

/** How long a message is hidden that goes back without anybody having said for how long: longer with every receipt. */
export function pauseMsAfter({ receives }: Pick<Receipt, 'receives'>): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(receives - 1, 20));
}

/**
 * Whether an attempt may still be under way. One that ends further ahead than an attempt can take was begun by a clock
 * that was wrong: taken at its word, it would hold up its subject until then, and nobody could resend or settle it.
 */
export function isBeingSent({ outcome, until }: LedgerEntry, nowMs: number): boolean {
  return (
    outcome === 'sending' &&
    until !== undefined &&
    until > nowMs &&
    until <= nowMs + LONGEST_ATTEMPT_MS + LARGEST_CLOCK_ERROR_MS
  );
}

/** What is to be done with a change that the queue delivers. */
export type Delivery =
  | { readonly do: 'send' }
  /** The ledger says what became of it: the message has done its work. */
  | { readonly do: 'nothing' }
  /** Not now. */
  | { readonly do: 'handBack'; readonly untilMs: number }
  /** An attempt was cut off: nobody knows whether it was applied. */
  | { readonly do: 'giveUp'; readonly reason: string }
  /** Waited too long: it was never handled, and a person decides. */
  | { readonly do: 'hold'; readonly reason: string }
  /** Its id was used for another change. */
  | { readonly do: 'refuse' };

/** Decides by the ledger what a delivery means: SQS delivers at least once, and nobody knows who died in between. */
export function judgeDelivery(
  entry: LedgerEntry | undefined,
  contentHash: string,
  operation: Operation,
  { sentMs }: Pick<Receipt, 'sentMs'>,
  nowMs: number,
): Delivery {
  if (entry === undefined) return { do: 'send' };
  if (entry.contentHash !== contentHash) return { do: 'refuse' };
  switch (entry.outcome) {
    case 'queued':
      return { do: 'send' };
    case 'sending':
      if (isBeingSent(entry, nowMs)) return { do: 'handBack', untilMs: entry.until as number };
      return operation.repeatable && entry.lostReplies + 1 < MOST_LOST_REPLIES
        ? { do: 'send' }
        : { do: 'giveUp', reason: 'the attempt was cut off before its outcome was known' };
    case 'waiting':
      if (entry.notBefore === undefined) return { do: 'nothing' };
      if (nowMs - sentMs > LONGEST_WAIT_MS) {
        return { do: 'hold', reason: 'it waited 13 days without being handled' };
      }
      return entry.notBefore > nowMs ? { do: 'handBack', untilMs: entry.notBefore } : { do: 'send' };
    default:
      return { do: 'nothing' };
  }
}

/** What the ledger is to say after an attempt. */
export type Fate = Pick<LedgerEntry, 'outcome' | 'errors' | 'ids'> &
  Partial<Pick<LedgerEntry, 'status' | 'reason' | 'code' | 'notBefore' | 'mayBeApplied' | 'lostReplies'>>;

/** Decides what became of a change from what came back. Only what surely was not handled is sent again by itself. */
export function judgeReply(
  reply: ChangeReply,
  operation: Operation,
  entry: LedgerEntry,
  receipt: Receipt,
  nowMs: number,
): Fate {
  const nothing = { errors: [], ids: {} };
  const wait = (reason: string, askedMs: number | undefined, more: Partial<Fate> = {}): Fate => {
    const ownMs = pauseMsAfter(receipt);
    const leastMs = receipt.receives > RECEIPTS_AS_ASKED ? ownMs : 0;
    const pauseMs = Math.min(LONGEST_WAIT_MS, Math.max(askedMs ?? ownMs, leastMs));
    return { ...nothing, ...more, outcome: 'waiting', reason, notBefore: nowMs + pauseMs };
  };
  const lose = (reason: string, status?: number): Fate => {
    const lostReplies = entry.lostReplies + 1;
    const more = { mayBeApplied: true, lostReplies, ...(status !== undefined && { status }) };
    if (!operation.repeatable) return { ...nothing, ...more, outcome: 'unknown', reason };
    return lostReplies < MOST_LOST_REPLIES
      ? wait(`${reason}; it is safe to send again`, undefined, more)
      : {
          ...nothing,
          ...more,
          outcome: 'unknown',
          reason: `${reason}, the last of ${lostReplies} attempts that ended so`,
        };
  };

  if (reply.kind === 'notSent')
    return wait(reply.reason, reply.retryAfterMs, reply.code && { code: reply.code });
  if (reply.kind === 'lost') return lose(reply.reason);
  const { status, errors, ids, retryAfterMs } = reply;
  if (status === 401 || status === 403) {
    return wait(`our access was refused (${status}), also with a new token`, retryAfterMs, {
      status,
      code: 'ACCESS_DENIED',
    });
  }
  // Whoever answers so, a gateway with an HTML page too, has not handled it.
  if (status === 425 || status === 429 || status === 503) {
    const code = status === 429 ? 'THROTTLED' : 'UNAVAILABLE';
    return wait(`Procurios answered ${status}`, retryAfterMs, { status, code });
  }
  if (reply.isHtml) return lose('an HTML page answered', status);
  if (status >= 200 && status < 300) {
    return errors.length === 0
      ? { outcome: 'accepted', status, errors, ids }
      : { outcome: 'rejected', status, errors, ids, reason: 'the answer holds errors' };
  }
  if (status < 400 || status === 408 || status >= 500) return lose(`Procurios answered ${status}`, status);
  const isGone = (status === 404 || status === 410) && operation.method === 'DELETE' && entry.mayBeApplied;
  return isGone
    ? { outcome: 'accepted', status, errors: [], ids, reason: 'gone already: an earlier attempt deleted it' }
    : { outcome: 'rejected', status, errors, ids, reason: `Procurios answered ${status}` };
}
