import { setImmediate } from 'node:timers/promises';
import type { SyncError } from '../../core/errors.ts';
import { type Call, callFailure } from './call.ts';
import type { ClientLimits } from './limits.ts';
import { networkFailure } from './network-failure.ts';

/** An answer whose body has not been read yet. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /**
   * Reads the whole body. A second call gives the same text.
   *
   * @throws {SyncError} `UNAVAILABLE`, transient, if the body is cut short or stalls; `RESPONSE_INVALID` if it is too large
   * or not UTF-8.
   */
  readText(): Promise<string>;
}

/** Receives the answer to each attempt, before its body is read. */
export type AnswerListener = (call: Call, answer: Pick<Answer, 'status' | 'headers'>) => void;

/** What a request sends, and how its answer is read. */
export interface Exchange<T> {
  readonly call: Call;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent with a Content-Length because it is a text. A `Request` would turn it into a stream, which has none. */
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
  { url, method, redirect, signal }: Request,
  { call, headers, body, read }: Exchange<T>,
  limits: ClientLimits,
): Promise<ReadResponse<T>> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), limits.attemptMs);
  const translate = (error: unknown): never => {
    signal.throwIfAborted();
    throw late.signal.aborted ? lateFailure(call, limits.attemptMs) : networkFailure(error, call);
  };

  let response: Response | undefined;
  try {
    response = await fetch(url, {
      method,
      headers,
      body,
      redirect,
      signal: AbortSignal.any([signal, late.signal]),
    }).catch(translate);
    const { status, headers: answered, body: stream } = response;
    const readWhole = async () => {
      const bytes = await readBytes(stream, limits.largestBodyBytes).catch(translate);
      return decode(bytes, call, limits.largestBodyBytes);
    };
    let text: Promise<string> | undefined;
    const readText = () => {
      text ??= readWhole();
      return text;
    };
    const value = await read(call, { status, headers: answered, readText });
    return Object.assign(response, { json: async () => value });
  } finally {
    clearTimeout(timer);
    response?.body?.cancel().catch(() => {}); // frees the connection if the body was not read
    if (closesIts(response, headers)) await connectionClosed();
  }
}

/** Whether the connection is closed after the answer. */
function closesIts(response: Response | undefined, { connection }: Exchange<unknown>['headers']): boolean {
  const answered = response?.headers.get('connection') ?? '';
  return response !== undefined && (connection === 'close' || /\bclose\b/i.test(answered));
}

/**
 * Resolves when a connection that was about to close has closed. undici gives a request that comes sooner a connection pool
 * that it is about to discard, and from then on it opens a connection for each request.
 *
 * @see https://github.com/nodejs/undici/pull/5034
 */
async function connectionClosed(): Promise<void> {
  await setImmediate();
  // Node closes sockets at the end of a turn of the event loop, behind what waits for that turn.
  await setImmediate();
}

/** @returns Undefined if there are more than `most`. */
async function readBytes(body: Response['body'], most: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > most) return undefined;
    chunks.push(chunk);
  }
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, size);
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
