import { expectedFailure, SyncError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { Answered, NotSent, Reply } from '../../core/push/reply.ts';
import type { AuthorizedFetch } from './authorized-fetch.ts';
import type { Call } from './call.ts';
import type { Answer, Exchange } from './fetch-once.ts';
import { isHtml, isProblem, parseOrNothing, parseRetryAfter, refusesToken } from './read-answer.ts';
import { readContent } from './read-content.ts';
import { withoutRetries } from './retry.ts';
import { createSentDetector } from './sent-detector.ts';

/** The content of an answer: its JSON; undefined if it has no body, or one that cannot be read and does not matter. */
export interface JsonContent {
  readonly json: Json | undefined;
  /** Whether its content type is `application/problem+json` (RFC 9457). */
  readonly isProblem: boolean;
}

/** When a request may begin. Once begun, it has the whole time of an attempt. */
export interface Start {
  /** In milliseconds since the epoch. */
  readonly latestStartMs: number;
  /** Aborts to prevent a new attempt. */
  readonly stop: AbortSignal;
}

/** Sends a request once, and once more with a new token if the first was refused, because nothing was handled then. */
export async function sendOnce(
  exchange: Exchange<Reply<JsonContent>>,
  authorized: AuthorizedFetch,
  start: Start,
): Promise<Reply<JsonContent>> {
  const first = await attempt(exchange, authorized, start, undefined);
  if (!isTokenRefused(first.sent)) return first.sent;
  const second = await attempt(exchange, authorized, start, first.token);
  return isTokenRefused(second.sent) && second.token !== first.token
    ? { ...second.sent, refusedTokens: 2 }
    : second.sent;
}

type Attempt = { readonly sent: Reply<JsonContent>; readonly token: string };

function isTokenRefused(sent: Reply<JsonContent>): sent is Answered<JsonContent> {
  return sent.kind === 'answered' && sent.refusedTokens !== undefined;
}

/** @param refused - The token that was refused; undefined at the first attempt. */
async function attempt(
  exchange: Exchange<Reply<JsonContent>>,
  authorized: AuthorizedFetch,
  { latestStartMs, stop }: Start,
  refused: string | undefined,
): Promise<Attempt> {
  const late = AbortSignal.timeout(Math.max(0, latestStartMs - Date.now()));
  const signal = AbortSignal.any([late, stop]);
  const { call } = exchange;
  let token: string;
  try {
    token =
      refused === undefined
        ? await authorized.takeTurn(call, signal)
        : await authorized.takeTurnAfter(refused, call, signal);
  } catch (error) {
    return { sent: notBegun(error, late, stop), token: '' };
  }
  // In a process that was busy or frozen, the timer itself is late.
  if (Date.now() > latestStartMs) return { sent: NO_TURN, token };
  const detector = createSentDetector();
  try {
    const sent = await withoutRetries(exchange.call, (request) =>
      detector.watch(() => authorized.transmit(request, exchange, token)),
    );
    return { sent, token };
  } catch (error) {
    const failed = notSent(error);
    return { sent: detector.mayBeSent ? { kind: 'lost', reason: failed.reason } : failed, token };
  }
}

const NO_TURN: NotSent = { kind: 'notSent', reason: 'its turn did not come in time' };

function notBegun(error: unknown, late: AbortSignal, stop: AbortSignal): NotSent {
  if (stop.aborted) return { kind: 'notSent', reason: 'the push was stopped', retryAfterMs: 0 };
  return late.aborted ? NO_TURN : notSent(error);
}

/** @throws An unexpected error, as it is. */
function notSent(error: unknown): NotSent {
  const { code, message, retryAfterMs } = expectedFailure(error);
  return {
    kind: 'notSent',
    reason: `${code} ${message}`,
    code,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/**
 * Reads the answer of a write, with any status. Only a 2xx is useless without its body, which may hold `errors`.
 *
 * @throws {SyncError} If the body of a 2xx cannot be read whole.
 */
export async function readReply(call: Call, answer: Answer): Promise<Reply<JsonContent>> {
  const { status, headers } = answer;
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), Date.now());
  const isGood = status >= 200 && status < 300;
  const text = isGood ? await wholeContent(call, answer) : await answer.readText().catch(() => undefined);
  const isEmpty = text === undefined || text.trim() === '';
  const json = isEmpty ? undefined : parseOrNothing(text);
  // The content type counts only for what is not JSON, because PHP says text/html unless a script sets another.
  const isPage = !isEmpty && json === undefined && isHtml(answer);
  if (isGood && !isEmpty && json === undefined && !isPage) {
    throw new SyncError('RESPONSE_INVALID', `answered ${status} with something that is not JSON`);
  }
  return {
    kind: 'answered',
    status,
    json,
    isHtml: isPage,
    isProblem: isProblem(answer),
    ...((await refusesToken(answer)) && { refusedTokens: 1 as const }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

async function wholeContent(call: Call, answer: Answer): Promise<string | undefined> {
  try {
    return await readContent(call, answer);
  } catch (error) {
    const { code, message } = expectedFailure(error);
    throw new SyncError(code, `answered ${answer.status}, but ${message}`);
  }
}
