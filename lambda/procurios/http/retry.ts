import ky, { isTimeoutError } from 'ky';
import type { SyncError } from '../../core/errors.ts';
import type { Call } from './call.ts';
import { lateFailure } from './fetch-once.ts';
import type { ClientLimits } from './limits.ts';
import { PassingFailure } from './retryable-failure.ts';

/**
 * Has ky repeat an attempt while it fails in a way that may pass.
 *
 * ky sees the address, but neither headers nor bodies: its errors hold the request they are about.
 *
 * @param call - One that changes nothing on the other side, whatever its method.
 * @param attempt - Sends the request and reads the answer; it throws a {@link PassingFailure} to be repeated.
 * @throws {SyncError} What the last attempt failed with.
 * @throws The signal's reason, when it aborts first.
 */
export async function withRetries<T>(
  call: Call,
  limits: ClientLimits,
  signal: AbortSignal | undefined,
  attempt: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  let result: { readonly value: T } | undefined;
  let lastFailure: SyncError | undefined;
  const attemptOnce = async (request: { readonly signal: AbortSignal }) => {
    try {
      result = { value: await attempt(request.signal) };
      return new Response(null);
    } catch (error) {
      if (error instanceof PassingFailure) lastFailure = error.failure;
      throw error;
    }
  };
  const delay = (retry: number) =>
    lastFailure?.retryAfterMs ?? limits.backoffMs * 2 ** (retry - 1) * (1 - Math.random() / 2);

  try {
    await ky(call.url, {
      method: call.method,
      signal,
      timeout: false, // an attempt waits for its turn first, which its time limit must not count
      totalTimeout: limits.totalMs,
      fetch: (request) => attemptOnce(request as Request),
      retry: {
        limit: limits.retries,
        methods: [call.method.toLowerCase() as 'get' | 'post'],
        delay,
        shouldRetry: ({ error }) => error instanceof PassingFailure,
      },
    });
  } catch (error) {
    if (error instanceof PassingFailure) throw error.failure;
    if (isTimeoutError(error)) throw lastFailure ?? lateFailure(call, limits.totalMs);
    throw error;
  }
  if (result === undefined) throw new Error('ky resolved without an attempt');
  return result.value;
}
