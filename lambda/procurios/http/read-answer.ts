import type { SyncError } from '../../core/errors.ts';
import { isObject, type Json, parseJson, TooManyValues } from '../../core/json.ts';
import { type Call, callFailure } from './call.ts';
import type { Answer } from './fetch-once.ts';
import { readContent } from './read-content.ts';
import { reportedErrorIn } from './reported-error.ts';

/** `application/json` and the vendor's `application/vnd.procurios.….+json`. */
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json$/i;

/** An answer without its body. */
type Head = Pick<Answer, 'status' | 'headers'>;

/** The error of a `WWW-Authenticate` header that refuses the token. */
const INVALID_TOKEN = /(?:^|[\s,])error\s*=\s*"?invalid_token\b/i;

function refusesTokenByHeader({ headers }: Head): boolean {
  return INVALID_TOKEN.test(headers.get('www-authenticate') ?? '');
}

/**
 * Whether an answer says "not now": 408, 425, 429, 5xx, and a 403 that asks for a pause, as some firewalls send it. A 403 that
 * refuses the token does not, because only another token helps.
 */
function isBusy(head: Head): boolean {
  const { status, headers } = head;
  if (status === 403) {
    return (
      parseRetryAfter(headers.get('retry-after'), Date.now()) !== undefined && !refusesTokenByHeader(head)
    );
  }
  return status >= 500 || status === 408 || status === 425 || status === 429;
}

/** The pause that a busy answer asks for, in milliseconds; undefined if it asks for none. */
export function askedPauseMs(head: Head): number | undefined {
  return isBusy(head) ? parseRetryAfter(head.headers.get('retry-after'), Date.now()) : undefined;
}

/**
 * Whether the answer refuses the token: a 401, or another 4xx with the error `invalid_token`, in the header or in the JSON
 * that it holds.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3.1
 */
export async function refusesToken(answer: Answer): Promise<boolean> {
  const { status } = answer;
  if (status < 400 || status >= 500) return false;
  if (status === 401 || refusesTokenByHeader(answer)) return true;
  const json = parseOrNothing(await answer.readText().catch(() => ''));
  return isObject(json) && json.error === 'invalid_token';
}

/**
 * The failure of a busy answer: 408, 425, 429, 5xx, and a 403 that asks for a pause.
 *
 * @param longestWaitMs - A request that is asked to pause for longer is not retried: its failure is `THROTTLED`.
 * @returns Undefined for every other status.
 */
export function busyFailure(call: Call, answer: Answer, longestWaitMs: number): SyncError | undefined {
  const { status } = answer;
  if (!isBusy(answer)) return undefined;
  const retryAfterMs = askedPauseMs(answer);
  const isTransient = (retryAfterMs ?? 0) <= longestWaitMs;
  const wish =
    retryAfterMs === undefined ? '' : ` and asked for a pause of ${Math.ceil(retryAfterMs / 1000)} s`;
  const code = status === 429 || status === 403 || !isTransient ? 'THROTTLED' : 'UNAVAILABLE';
  const detail = { status, retryAfterMs, isTransient, reason: `answered ${status}` };
  return callFailure(code, call, `answered ${status}${wish}; expected 200`, detail);
}

/**
 * Reads the JSON of an answer that must be a 200.
 *
 * @throws {SyncError} `NOT_PROCURIOS` for a redirect or another content type, `RESPONSE_INVALID` for another status. If the
 * body is cut short, stalls or is not JSON, the failure is transient, because a proxy may have cut it. It is transient too if the
 * body reports an error, because a deadlock, for example, passes.
 *
 * @param onMeasured - Receives the length of the body's text and the number of its values, before it is parsed.
 */
export async function readJson(
  call: Call,
  answer: Answer,
  onMeasured?: (length: number, values: number) => void,
): Promise<Json> {
  refuseRedirect(call, answer);
  const { status } = answer;
  if (status !== 200) {
    const page = isHtml(answer) ? ' with an HTML page' : '';
    throw callFailure('RESPONSE_INVALID', call, `answered ${status}${page}; expected 200`, { status });
  }
  refuseOtherTypes(call, answer);
  const text = await answer.readText();
  const json = parseBody(call, status, text, (values) => onMeasured?.(text.length, values));
  const reported = reportedErrorIn(json);
  if (reported === undefined) return json;
  const what = `answered 200, but its body reports an error (${reported})`;
  throw callFailure('RESPONSE_INVALID', call, what, { status, isTransient: true });
}

/** A status with the JSON that came with it. */
export interface JsonAnswer {
  readonly status: number;
  /** Undefined if there was no body, or with a 4xx no JSON. */
  readonly json: Json | undefined;
}

/**
 * Reads an answer whose status has a meaning: a 2xx with JSON or nothing, a 4xx with any body.
 *
 * JSON is taken under any content type, because PHP says text/html unless a script sets another.
 *
 * @throws {SyncError} `NOT_PROCURIOS` for a redirect, and for a 2xx with another body than JSON of another content type. If
 * the body of a 2xx is cut short, may be so, stalls or is not JSON, the failure is transient.
 */
export async function readStatusAndJson(call: Call, answer: Answer): Promise<JsonAnswer> {
  refuseRedirect(call, answer);
  const { status } = answer;
  if (status >= 400) return { status, json: parseOrNothing(await answer.readText()) };
  const text = await readContent(call, answer);
  if (text === undefined) return { status, json: undefined };
  const json = parseOrNothing(text);
  if (json === undefined) refuseOtherTypes(call, answer);
  return { status, json: json ?? parseBody(call, status, text) };
}

function refuseRedirect(call: Call, { status, headers }: Answer): void {
  if (status < 300 || status >= 400 || status === 304) return;
  const target = URL.parse(headers.get('location') ?? '', call.url.href);
  const what = `answered ${status}, a redirect to ${target === null ? 'nowhere' : placeIn(target, call)}`;
  throw callFailure('NOT_PROCURIOS', call, `${what}; expected the Procurios API itself`, {
    status,
    redirectHost: target?.host,
  });
}

const LONGEST_PATH = 200;

/** An address for messages, without its query, and without its path if the path of the call may hold values. */
function placeIn({ protocol, host, pathname }: URL, { shownPath }: Call): string {
  const site = host === '' ? protocol : `${protocol}//${host}`;
  return shownPath === undefined ? site + pathname.slice(0, LONGEST_PATH) : site;
}

function refuseOtherTypes(call: Call, answer: Answer): void {
  if (JSON_TYPE.test(mediaTypeOf(answer))) return;
  const what = isHtml(answer) ? 'an HTML page' : `the content type ${mediaTypeOf(answer) || '(none)'}`;
  const { status } = answer;
  throw callFailure('NOT_PROCURIOS', call, `answered ${what}; expected JSON of the Procurios API`, {
    status,
  });
}

function parseBody(call: Call, status: number, text: string, onMeasured?: (values: number) => void): Json {
  try {
    return parseJson(text, onMeasured);
  } catch (error) {
    if (error instanceof TooManyValues) {
      const what = `the answer holds ${error.message}; expected fewer objects on a page`;
      throw callFailure('RESPONSE_INVALID', call, what, { status });
    }
    if (!(error instanceof SyntaxError)) throw error;
    // Without the parser's message, because it quotes the text.
    throw callFailure('RESPONSE_INVALID', call, 'the answer is not valid JSON', {
      status,
      isTransient: true,
    });
  }
}

/** @returns Undefined for what is not JSON, or holds too many values. The parser's error is dropped because it quotes the text. */
export function parseOrNothing(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

export function isHtml(answer: Answer): boolean {
  return /^(?:text\/html|application\/xhtml\+xml)$/i.test(mediaTypeOf(answer));
}

/** The beginning of a whole HTML page, after a byte order mark, an XML declaration and comments. */
const BEGINNING_OF_PAGE =
  /^\s*(?:<\?xml[^>]*>\s*|<!--(?:(?!-->).){0,1000}-->\s*){0,3}<(?:!doctype\s+html|html)[\s>]/is;

/**
 * Whether the body is a whole HTML page. The content type alone does not tell, because PHP sends an empty body and its warnings
 * as text/html too.
 */
export async function holdsHtmlPage(answer: Answer): Promise<boolean> {
  return isHtml(answer) && BEGINNING_OF_PAGE.test(await answer.readText().catch(() => ''));
}

export function isProblem(answer: Answer): boolean {
  return mediaTypeOf(answer).toLowerCase() === 'application/problem+json';
}

function mediaTypeOf({ headers }: Answer): string {
  const essence = (headers.get('content-type') ?? '').split(';', 1)[0]?.trim() ?? '';
  return /^[\w.+/-]{0,100}$/.test(essence) ? essence : 'unreadable';
}

/**
 * The age of an answer in seconds, as a cache gives it; 0 if no cache does. Of several ages the first one counts.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9111#section-5.1
 */
export function ageSecondsOf({ headers }: Head): number {
  const [age] = /^\d{1,10}(?=\s*(?:,|$))/.exec(headers.get('age') ?? '') ?? [];
  return Number(age ?? 0);
}

/**
 * Reads a `Retry-After` header, in seconds or as a date.
 *
 * @returns Milliseconds from now, 0 for a date in the past; undefined if there is none, or none that can be read.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function parseRetryAfter(value: string | null, nowMs: number): number | undefined {
  if (value === null) return undefined;
  if (/^\d{1,10}$/.test(value)) return Number(value) * 1000;
  if (!/^[A-Z][a-z]+,? .*\d/.test(value)) return undefined;
  const dateMs = Date.parse(value);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
