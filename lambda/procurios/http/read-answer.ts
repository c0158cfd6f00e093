import { SyncError } from '../../core/errors.ts';
import { type Json, parseJson } from '../../core/json.ts';
import { type Call, nameOf } from './call.ts';
import type { Answer } from './fetch-once.ts';
import type { ClientLimits } from './limits.ts';

import { PassingFailure } from './retryable-failure.ts';

/** `application/json` and the vendor's `application/vnd.procurios.….+json`. */
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json$/i;

/**
 * The failure in an answer that says "not now": 408, 425, 429 and 5xx.
 *
 * @returns Undefined for every other status. `retryAfterMs` is what the answer asks for.
 */
export function busyFailure(call: Call, { status, headers }: Answer): SyncError | undefined {
  if (status < 500 && status !== 408 && status !== 425 && status !== 429) return undefined;
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), Date.now());
  const wish =
    retryAfterMs === undefined ? '' : ` and asked for a pause of ${Math.ceil(retryAfterMs / 1000)} s`;
  const code = status === 429 ? 'THROTTLED' : 'UNAVAILABLE';
  return new SyncError(code, `${nameOf(call)}: answered ${status}${wish}; expected 200`, { retryAfterMs });
}

/** A failure as it is thrown in an attempt: repeatable, unless a longer pause is asked for than is waited for. */
export function afterPause(failure: SyncError, { longestWaitMs }: ClientLimits): PassingFailure | SyncError {
  const { retryAfterMs = 0, message } = failure;
  return retryAfterMs <= longestWaitMs
    ? new PassingFailure(failure)
    : new SyncError('THROTTLED', message, { retryAfterMs });
}

/**
 * Reads the JSON of an answer that must be a 200.
 *
 * @throws {SyncError} `NOT_PROCURIOS` for a redirect or another content type, `RESPONSE_INVALID` for another status.
 * @throws {PassingFailure} When the body is cut short, stalls or is not JSON: a proxy may have cut it.
 */
export async function readJson(call: Call, answer: Answer): Promise<Json> {
  refuseRedirect(call, answer);
  const { status } = answer;
  if (status !== 200) {
    const page = isHtml(answer) ? ' with an HTML page' : '';
    throw new SyncError('RESPONSE_INVALID', `${nameOf(call)}: answered ${status}${page}; expected 200`);
  }
  refuseOtherTypes(call, answer);
  return parseBody(call, await answer.readText());
}

/** A status with the JSON that came with it. */
export interface JsonAnswer {
  readonly status: number;
  /** Undefined: there was no body, or with a 4xx none that is JSON. */
  readonly json: Json | undefined;
}

/**
 * Reads an answer of which the status says something: 2xx with JSON or nothing, 4xx with whatever there is.
 *
 * JSON is taken under any content type: PHP says text/html where a script says nothing.
 *
 * @throws {SyncError} `NOT_PROCURIOS` for a redirect, and for anything else of another content type with a 2xx.
 * @throws {PassingFailure} When the body of a 2xx is cut short, stalls or is not JSON.
 */
export async function readStatusAndJson(call: Call, answer: Answer): Promise<JsonAnswer> {
  refuseRedirect(call, answer);
  const { status } = answer;
  const text = await answer.readText();
  if (status >= 400) return { status, json: parseOrNothing(text) };
  if (text.trim() === '') return { status, json: undefined };
  const json = parseOrNothing(text);
  if (json === undefined) refuseOtherTypes(call, answer);
  return { status, json: json ?? parseBody(call, text) };
}

function refuseRedirect(call: Call, { status, headers }: Answer): void {
  if (status < 300 || status >= 400 || status === 304) return;
  const target = URL.parse(headers.get('location') ?? '', call.url.href)?.host ?? 'nowhere';
  const what = `answered ${status}, a redirect to ${target}`;
  throw new SyncError('NOT_PROCURIOS', `${nameOf(call)}: ${what}; expected the Procurios API itself`);
}

function refuseOtherTypes(call: Call, answer: Answer): void {
  if (JSON_TYPE.test(mediaTypeOf(answer))) return;
  const what = isHtml(answer) ? 'an HTML page' : `the content type ${mediaTypeOf(answer) || '(none)'}`;
  throw new SyncError(
    'NOT_PROCURIOS',
    `${nameOf(call)}: answered ${what}; expected JSON of the Procurios API`,
  );
}

function parseBody(call: Call, text: string): Json {
  const json = parseOrNothing(text);
  if (json !== undefined) return json;
  throw new PassingFailure(
    new SyncError('RESPONSE_INVALID', `${nameOf(call)}: the answer is not valid JSON`),
  );
}

/** The parser's error quotes the text, so it goes no further than here. */
export function parseOrNothing(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

export function isHtml(answer: Answer): boolean {
  return /^(?:text\/html|application\/xhtml\+xml)$/i.test(mediaTypeOf(answer));
}

function mediaTypeOf({ headers }: Answer): string {
  const essence = (headers.get('content-type') ?? '').split(';', 1)[0]?.trim() ?? '';
  return /^[\w.+/-]{0,100}$/.test(essence) ? essence : 'unreadable';
}

/**
 * Reads a `Retry-After` header, in seconds or as a date.
 *
 * @returns Milliseconds from now, 0 for a date gone by; undefined where there is none that can be read.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function parseRetryAfter(value: string | null, nowMs: number): number | undefined {
  if (value === null) return undefined;
  if (/^\d{1,10}$/.test(value)) return Number(value) * 1000;
  if (!/^[A-Z][a-z]+,? .*\d/.test(value)) return undefined;
  const dateMs = Date.parse(value);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
