import type { IncomingHttpHeaders } from 'node:http';
import type { SyncError } from '../../core/errors.ts';
import { type Call, callFailure } from './call.ts';
import { sendRequest } from './http-request.ts';
import type { ClientLimits } from './limits.ts';
import { networkFailure } from './network-failure.ts';

/** An answer whose body has not been read yet. */
export interface Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /**
   * Reads the whole body. A second call gives the same text.
   *
   * @throws {SyncError} `UNAVAILABLE`, transient, if the body is cut short or stalls; `RESPONSE_INVALID` if it is too large
   * or not UTF-8.
   */
  readText(): Promise<string>;
}

/** The headers of an answer, by names in any case. */
export type AnswerHeaders = Pick<Headers, 'get' | 'has'>;

/** Receives the answer to each attempt, before its body is read. */
export type AnswerListener = (call: Call, answer: Pick<Answer, 'status' | 'headers'>) => void;

/** What a request sends, and how its answer is read. */
export interface Exchange<T> {
  readonly call: Call;
  readonly headers: Readonly<Record<string, string>>;
  /** Parameters are sent as a form. */
  readonly body?: URLSearchParams | string | undefined;
  /** Reads the answer within the attempt's time limit. A body that is not read is cancelled. */
  readonly read: (call: Call, answer: Answer) => Promise<T>;
}

/** A response whose body was read; `json` gives what {@link Exchange.read} made of it. */
export interface ReadResponse<T> extends Response {
  json(): Promise<T>;
}

/**
 * Closes the connection after the answer. An idle connection dies while a function is frozen, and a write on a dead
 * connection is lost without a sign whether it arrived. So no request leaves an idle connection behind for a write.
 */
export const NO_REUSE = { connection: 'close' };

/**
 * Sends a request once, with the exchange's headers and body, and reads the answer within the time limit of one attempt.
 *
 * @param request - The address, the method and the signal.
 * @throws {SyncError} `UNAVAILABLE`, `HOST_UNREACHABLE`, and those of {@link Exchange.read}.
 * @throws The signal's reason, if it aborts first.
 */
export async function fetchOnce<T>(
  { url, method, signal }: Request,
  { call, headers, body, read }: Exchange<T>,
  limits: ClientLimits,
): Promise<ReadResponse<T>> {
  signal.throwIfAborted();
  const { answered, readBody, abort } = sendRequest({
    url,
    method,
    headers: body instanceof URLSearchParams ? { 'content-type': FORM, ...headers } : headers,
    body: body?.toString(),
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    abort();
  }, limits.attemptMs);
  signal.addEventListener('abort', abort);
  const translate = (error: unknown): never => {
    signal.throwIfAborted();
    throw isLate ? lateFailure(call, limits.attemptMs) : networkFailure(error, call);
  };

  try {
    const answer = await answered.catch(translate);
    const readWhole = async () => {
      const bytes = await readBody(limits.largestBodyBytes).catch(translate);
      return decode(bytes, call, limits.largestBodyBytes);
    };
    let text: Promise<string> | undefined;
    const readText = () => {
      text ??= readWhole();
      return text;
    };
    const { statusCode: status = 0 } = answer;
    const value = await read(call, { status, headers: headersOf(answer.headers), readText });
    return Object.assign(new Response(), { json: async () => value });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    abort(); // frees the connection if the body was not read
  }
}

const FORM = 'application/x-www-form-urlencoded;charset=UTF-8';

function headersOf(headers: IncomingHttpHeaders): AnswerHeaders {
  const has = (name: string): boolean => headers[name.toLowerCase()] !== undefined;
  return { has, get: (name) => (has(name) ? String(headers[name.toLowerCase()]) : null) };
}

const MB = 1024 * 1024;

/** `32 MB`; `4000 bytes` if it is no whole number of MB. */
function sizeText(bytes: number): string {
  return bytes % MB === 0 ? `${bytes / MB} MB` : `${bytes} bytes`;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Decodes strictly: `Response.text` would replace what is not UTF-8. */
function decode(bytes: Uint8Array | undefined, call: Call, most: number): string {
  if (bytes === undefined) {
    throw callFailure('RESPONSE_INVALID', call, `the answer is larger than ${sizeText(most)}`);
  }
  try {
    return utf8.decode(bytes);
  } catch {
    throw callFailure('RESPONSE_INVALID', call, 'the answer is not UTF-8');
  }
}

export function lateFailure(call: Call, limitMs: number): SyncError {
  return callFailure('UNAVAILABLE', call, `no whole answer within ${limitMs / 1000} s`, {
    isTransient: true,
  });
}
