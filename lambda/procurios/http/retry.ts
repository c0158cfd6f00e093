import ky, { TimeoutError } from 'ky';
import { SyncError } from '../../core/errors.ts';
import type { Retry } from '../../core/retry.ts';
import type { Call } from './call.ts';
import { lateFailure, type ReadResponse } from './fetch-once.ts';
import type { ClientLimits } from './limits.ts';

/** Receives each retry before its pause, so that the wait can be shown. */
export type RetryListener = (retry: Retry) => void;

export interface RetryOptions {
  readonly limits: ClientLimits;
  readonly signal?: AbortSignal | undefined;
  readonly onRetry?: RetryListener | undefined;
}

/** One attempt: sends the request and reads the answer. It is retried if it throws a transient {@link SyncError}. */
export type Attempt<T> = (request: Request) => Promise<ReadResponse<T>>;

/**
 * ky, as all requests use it. It gets neither headers nor body, because its errors hold the request: the attempt adds them.
 *
 * The attempt judges the status, not ky: invalid JSON must be retried like a 503, each kind of request accepts other
 * statuses, and ky's `HTTPError` holds the answer and the whole URL.
 */
const api = ky.create({
  redirect: 'manual', // the token and the secret must reach no other host
  throwHttpErrors: false,
  timeout: false, // an attempt first waits for its turn, which its own time limit must not count
});

/**
 * Sends a request, and retries it while attempts fail with a transient error.
 *
 * @param call - A call that changes nothing on the other side. Its method may be POST.
 * @returns What the last attempt read.
 * @throws {SyncError} The failure of the last attempt, not transient any more. An attempt of another request may wait for
 * this one (a read waits for a token), and its retries must not multiply these.
 * @throws The signal's reason, if it aborts first.
 */
export async function withRetries<T>(
  call: Call,
  { limits, signal, onRetry }: RetryOptions,
  attempt: Attempt<T>,
): Promise<T> {
  const endMs = performance.now() + limits.totalMs;
  let failure: SyncError | undefined;
  let delayMs = 0;
  try {
    const response = await api<T>(call.url, {
      method: call.method,
      signal,
      totalTimeout: limits.totalMs,
      fetch: (request) => attempt(request as Request),
      retry: {
        limit: limits.retries,
        methods: [call.method.toLowerCase() as 'get' | 'post'],
        shouldRetry({ error, retryCount }) {
          if (!(error instanceof SyncError) || error.detail.isTransient !== true) return false;
          failure = error;
          // No shorter than the backoff, because a server that is down may ask for a pause of 0 s.
          delayMs = Math.max(error.retryAfterMs ?? 0, backoffMs(retryCount, limits));
          // ky would sleep until the total time is over, and only then give up.
          if (performance.now() + delayMs >= endMs) return false;
          const { reason = error.message } = error.detail;
          onRetry?.({ about: call.about, reason, attempt: retryCount + 1, of: limits.retries + 1, delayMs });
          return true;
        },
        // ky's own reading of Retry-After covers three statuses, and obeys X-RateLimit-Reset too.
        delay: () => delayMs,
      },
    });
    return await response.json();
  } catch (error) {
    throw notTransient(
      error instanceof TimeoutError ? (failure ?? lateFailure(call, limits.totalMs)) : error,
    );
  }
}

/** The same failure, which is not retried. Another kind of error stays as it is. */
export function notTransient(error: unknown): unknown {
  if (!(error instanceof SyncError) || error.detail.isTransient !== true) return error;
  const { code, message, detail, cause } = error;
  return new SyncError(code, message, { ...detail, isTransient: false, cause });
}

function backoffMs(retry: number, limits: ClientLimits): number {
  return limits.backoffMs * 2 ** (retry - 1) * (1 - Math.random() / 2);
}

/** Sends a request once. */
export async function withoutRetries<T>({ method, url }: Call, attempt: Attempt<T>): Promise<T> {
  const response = await api<T>(url, {
    method,
    retry: 0,
    fetch: (request) => attempt(request as Request),
  });
  return response.json();
}
