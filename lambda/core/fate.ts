import type { LedgerEntry } from './ledger-entry.ts';
import type { Operation } from './operation.ts';

/** How long an attempt may take, from the note in the ledger to the note of its outcome. */
export const LONGEST_ATTEMPT_MS = 120_000;
/** Longest that a message is hidden: SQS hides for 12 hours at most, from the first receipt on. */
export const LONGEST_HIDING_MS = 11 * 60 * 60 * 1000;
/** A queue keeps a message for 14 days; a change that waited 13 is held for a person instead of being lost. */
const LONGEST_WAIT_MS = 13 * 24 * 60 * 60 * 1000;
const FIRST_PAUSE_MS = 15_000;
/** A queue gives a message up after 1,000 receipts: at this pace only after the 13 days above. */
const LONGEST_PAUSE_MS = 20 * 60 * 1000;
/** A pause asked for is taken at its word this often; then it is no shorter than our own would be. */
const ATTEMPTS_AS_ASKED = 3;

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
  nowMs: number,
): Delivery {
  if (entry === undefined) return { do: 'send' };
  if (entry.contentHash !== contentHash) return { do: 'refuse' };
  switch (entry.outcome) {
    case 'queued':
      return { do: 'send' };
    case 'sending':
      if (entry.until !== undefined && entry.until > nowMs) return { do: 'handBack', untilMs: entry.until };
      return operation.repeatable
        ? { do: 'send' }
        : { do: 'giveUp', reason: 'the attempt was cut off before its outcome was known' };
    case 'waiting':
      if (entry.notBefore === undefined) return { do: 'nothing' };
      if (nowMs - Date.parse(entry.queuedAt) > LONGEST_WAIT_MS) {
        return { do: 'hold', reason: 'it waited 13 days without being handled' };
      }
      return entry.notBefore > nowMs ? { do: 'handBack', untilMs: entry.notBefore } : { do: 'send' };
    default:
      return { do: 'nothing' };
  }
}

/** What came of sending, as the client saw it. */
export type Reply =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** What the answer's `errors` says; empty: nothing. */
      readonly errors: readonly string[];
      readonly ids: Readonly<Record<string, string>>;
      /** It was not the API that answered: an HTML page. */
      readonly isHtml: boolean;
      /** The pause that the answer asks for. */
      readonly retryAfterMs?: number;
    }
  /** It never reached the API: no connection, no token, no access. */
  | { readonly kind: 'notSent'; readonly reason: string; readonly retryAfterMs?: number }
  /** It was sent, and no whole answer came back. */
  | { readonly kind: 'lost'; readonly reason: string };

/** What the ledger is to say after an attempt. */
export type Fate = Pick<LedgerEntry, 'outcome' | 'errors' | 'ids'> &
  Partial<Pick<LedgerEntry, 'status' | 'reason' | 'notBefore' | 'mayBeApplied'>>;

/** Decides what became of a change from what came back. Only what surely was not handled is sent again by itself. */
export function judgeReply(reply: Reply, operation: Operation, entry: LedgerEntry, nowMs: number): Fate {
  const nothing = { errors: [], ids: {} };
  const wait = (reason: string, askedMs: number | undefined, more = {}): Fate => {
    const ownMs = Math.min(
      LONGEST_PAUSE_MS,
      FIRST_PAUSE_MS * 2 ** Math.min(Math.max(0, entry.attempt - 1), 20),
    );
    const leastMs = entry.attempt > ATTEMPTS_AS_ASKED ? ownMs : 0;
    const pauseMs = Math.max(askedMs ?? ownMs, leastMs);
    return { ...nothing, ...more, outcome: 'waiting', reason, notBefore: nowMs + pauseMs };
  };
  const lose = (reason: string, status?: number): Fate => {
    const more = { mayBeApplied: true, ...(status !== undefined && { status }) };
    return operation.repeatable
      ? wait(`${reason}; it is safe to send again`, undefined, more)
      : { ...nothing, ...more, outcome: 'unknown', reason };
  };

  if (reply.kind === 'notSent') return wait(reply.reason, reply.retryAfterMs);
  if (reply.kind === 'lost') return lose(reply.reason);
  const { status, errors, ids, retryAfterMs } = reply;
  if (status === 401 || status === 403) {
    return wait(`our access was refused (${status}), also with a new token`, retryAfterMs, { status });
  }
  // Whoever answers so, a gateway with an HTML page too, has not handled it.
  if (status === 425 || status === 429 || status === 503) {
    return wait(`Procurios answered ${status}`, retryAfterMs, { status });
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
