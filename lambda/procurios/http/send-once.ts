import { SyncError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { NotSent, Reply } from '../../core/push/reply.ts';
import type { Outlet } from './authorized-fetch.ts';
import type { Call } from './call.ts';
import type { Answer, Content } from './fetch-once.ts';
import { isHtml, parseOrNothing, parseRetryAfter } from './read-answer.ts';
import { PassingFailure } from './retryable-failure.ts';
import { createDeparture } from './sent-detector.ts';

/** The content of an answer: its JSON; undefined if it has no body, or one that cannot be read and does not matter. */
export interface JsonContent {
  readonly json: Json | undefined;
}

/** When a request may be begun; once it is, it has the whole time of an attempt. */
export interface Start {
  /** In milliseconds since the epoch. */
  readonly latestStartMs: number;
  /** Aborts when nothing is to be begun any more. */
  readonly stop: AbortSignal;
}

/** Sends a request once, and once more with a new token if the first was refused with a 401: nothing was handled then. */
export async function sendOnce(
  call: Call,
  content: Content,
  outlet: Outlet,
  start: Start,
): Promise<Reply<JsonContent>> {
  const first = await attempt(call, content, outlet, start);
  if (first.sent.kind !== 'answered' || first.sent.status !== 401) return first.sent;
  outlet.dropToken(first.bearer);
  return (await attempt(call, content, outlet, start)).sent;
}

const NEVER = new AbortController().signal;

async function attempt(
  call: Call,
  content: Content,
  outlet: Outlet,
  { latestStartMs, stop }: Start,
): Promise<{ readonly sent: Reply<JsonContent>; readonly bearer: string }> {
  const late = AbortSignal.timeout(Math.max(0, latestStartMs - Date.now()));
  let bearer: string;
  try {
    bearer = await outlet.takeTurn(call, AbortSignal.any([late, stop]));
  } catch (error) {
    return { sent: notBegun(error, late, stop), bearer: '' };
  }
  // A timer of a process that was busy, or asleep, is late itself.
  if (Date.now() > latestStartMs) return { sent: NO_TURN, bearer };
  const departure = createDeparture();
  try {
    const sent = await departure.watch(() => outlet.transmit(call, content, bearer, NEVER, readReply));
    return { sent, bearer };
  } catch (error) {
    const failed = notSent(error);
    return { sent: departure.mayHaveLeft ? { kind: 'lost', reason: failed.reason } : failed, bearer };
  }
}

const NO_TURN: NotSent = { kind: 'notSent', reason: 'its turn did not come in time' };

function notBegun(error: unknown, late: AbortSignal, stop: AbortSignal): NotSent {
  if (stop.aborted) return { kind: 'notSent', reason: 'the push was stopped', retryAfterMs: 0 };
  return late.aborted ? NO_TURN : notSent(error);
}

/** @throws What is a bug. */
function notSent(error: unknown): NotSent {
  const failure = error instanceof PassingFailure ? error.failure : error;
  if (!(failure instanceof SyncError)) throw error;
  const { code, message, retryAfterMs } = failure;
  return {
    kind: 'notSent',
    reason: `${code} ${message}`,
    code,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/**
 * Takes whatever comes back. Only a 2xx is worth nothing without its body: it may hold `errors`.
 *
 * @throws {PassingFailure | SyncError} When the body of a 2xx cannot be read whole.
 */
async function readReply(answer: Answer): Promise<Reply<JsonContent>> {
  const { status, headers } = answer;
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), Date.now());
  const isGood = status >= 200 && status < 300;
  const text = isGood ? await wholeText(answer) : await answer.readText().catch(() => undefined);
  const isEmpty = text === undefined || text.trim() === '';
  const json = isEmpty ? undefined : parseOrNothing(text);
  // PHP says text/html where a script says nothing, so the type counts only for what is not JSON.
  const isPage = !isEmpty && json === undefined && isHtml(answer);
  if (isGood && !isEmpty && json === undefined && !isPage) {
    throw new SyncError('RESPONSE_INVALID', `answered ${status} with something that is not JSON`);
  }
  return {
    kind: 'answered',
    status,
    json,
    isHtml: isPage,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

async function wholeText(answer: Answer): Promise<string> {
  try {
    return await answer.readText();
  } catch (error) {
    const failure = error instanceof PassingFailure ? error.failure : error;
    if (!(failure instanceof SyncError)) throw error;
    throw new SyncError(failure.code, `answered ${answer.status}, but ${failure.message}`);
  }
}
