import { SyncError } from '../../core/errors.ts';
import { type Call, nameOf } from './call.ts';
import type { ClientLimits } from './limits.ts';
import { networkFailure } from './network-failure.ts';
import { PassingFailure } from './retryable-failure.ts';

/** An answer whose body has not been read yet. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /**
   * Reads the body whole.
   *
   * @throws {PassingFailure} When it is cut short or stalls.
   * @throws {SyncError} `RESPONSE_INVALID` when it is larger than allowed or not UTF-8.
   */
  readText(): Promise<string>;
}

/** Sees an answer to each attempt, whatever becomes of it. */
export type AnswerListener = (call: Call, answer: Pick<Answer, 'status' | 'headers'>) => void;

/** What a request holds besides its address. */
export interface Content {
  readonly headers: Record<string, string>;
  readonly body?: URLSearchParams | string;
}

/**
 * Has the connection closed after the answer. One that lies idle while a function is frozen is dead when it wakes, and
 * a write sent on it is lost without anybody knowing whether it arrived: so nothing leaves one behind for a write.
 */
export const NO_REUSE = { connection: 'close' };

/**
 * Sends one request, follows no redirect, and has `use` read the answer, all within the limit for one attempt.
 *
 * @throws {PassingFailure} When the connection or the time limit gave out.
 * @throws {SyncError} `HOST_UNREACHABLE`, when a repetition would change nothing.
 * @throws The signal's reason, when it aborts first.
 */
export async function exchange<T>(
  call: Call,
  content: Content,
  limits: ClientLimits,
  signal: AbortSignal,
  use: (answer: Answer) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), limits.attemptMs);
  const translate = (error: unknown): never => {
    signal.throwIfAborted();
    if (late.signal.aborted) throw new PassingFailure(lateFailure(call, limits.attemptMs));
    throw networkFailure(error, call);
  };

  let response: Response | undefined;
  try {
    response = await fetch(call.url, {
      method: call.method,
      ...content,
      redirect: 'manual',
      signal: AbortSignal.any([signal, late.signal]),
    }).catch(translate);
    const { status, headers, body } = response;
    const readText = async () => {
      const bytes = await readBytes(body, limits.largestBodyBytes).catch(translate);
      return decode(bytes, call, limits.largestBodyBytes);
    };
    return await use({ status, headers, readText });
  } finally {
    clearTimeout(timer);
    response?.body?.cancel().catch(() => {}); // frees the connection where the body was not wanted
  }
}

/** @returns Undefined when there are more than `most`. */
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

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Uint8Array | undefined, call: Call, most: number): string {
  if (bytes === undefined) {
    throw new SyncError('RESPONSE_INVALID', `${nameOf(call)}: the answer is larger than ${most} bytes`);
  }
  try {
    return utf8.decode(bytes);
  } catch {
    throw new SyncError('RESPONSE_INVALID', `${nameOf(call)}: the answer is not UTF-8`);
  }
}

export function lateFailure(call: Call, limitMs: number): SyncError {
  return new SyncError('UNAVAILABLE', `${nameOf(call)}: no whole answer within ${limitMs / 1000} s`);
}
