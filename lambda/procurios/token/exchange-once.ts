import { SyncError } from '../../core/errors.ts';
import type { Credentials } from '../../core/token/credentials.ts';
import type { Call } from '../http/call.ts';
import { type Answer, exchange } from '../http/fetch-once.ts';
import type { ClientLimits } from '../http/limits.ts';
import { DEFAULT_LIMITS } from '../http/limits.ts';
import { withRetries } from '../http/retry.ts';
import { PassingFailure } from '../http/retryable-failure.ts';
import { createDeparture } from '../http/sent-detector.ts';
import type { Grant } from './token-answer.ts';
import { contentOf, type GrantRequest, readGrant, withCredentials } from './token-request.ts';

/** What came of spending what can be spent once: a code, or a refresh token. */
export type Spent =
  | { readonly kind: 'granted'; readonly grant: Grant }
  /** There is no token. */
  | {
      readonly kind: 'failed';
      readonly failure: SyncError;
      /** What was sent cannot be sent again: it was refused, or may have been taken. */
      readonly isVoid: boolean;
    };

export interface SpendOptions {
  readonly tokenUrl: string;
  /** What it is for, for messages. */
  readonly about: string;
  readonly request: Required<GrantRequest>;
  readCredentials(fresh: boolean): Promise<Credentials>;
  readonly limits?: Partial<ClientLimits>;
}

/** All of it ends well before the right to renew a token does (`RENEWAL_MS`). */
const SPENDING_LIMITS: ClientLimits = {
  ...DEFAULT_LIMITS,
  attemptMs: 30_000,
  totalMs: 60_000,
  retries: 2,
  largestBodyBytes: 1024 * 1024,
};
/** Answers by which nothing was handled, so that the same can be sent again. */
const NOT_HANDLED = [404, 405, 425, 429, 503];
/** Refusals of something else than what is spent. */
const NOT_ABOUT_IT = ['CREDENTIALS_REFUSED', 'ACCESS_DENIED'];

/**
 * Exchanges a code or a refresh token for a token. It is sent again only where nobody can have taken it.
 *
 * It cannot be broken off: what the server gives would be lost.
 *
 * @throws {SyncError} Those of `readCredentials`, before anything was sent.
 */
export async function spendGrant(options: SpendOptions): Promise<Spent> {
  const { tokenUrl, request, about } = options;
  const call: Call = { method: 'POST', url: new URL(tokenUrl), about };
  const limits = { ...SPENDING_LIMITS, ...options.limits };
  let isVoid = false;

  const once = async (credentials: Credentials, signal: AbortSignal): Promise<Grant | SyncError> => {
    const departure = createDeparture();
    let status: number | undefined;
    const read = (answer: Answer) => {
      status = answer.status;
      return readGrant(call, answer, request, limits);
    };
    try {
      const outcome = await departure.watch(() =>
        exchange(call, contentOf(request, credentials), limits, signal, read),
      );
      isVoid = outcome instanceof SyncError && !NOT_ABOUT_IT.includes(outcome.code);
      return outcome;
    } catch (error) {
      isVoid = status === undefined ? departure.mayHaveLeft : !NOT_HANDLED.includes(status);
      // Not a failure that passes any more: it would be sent again.
      throw isVoid && error instanceof PassingFailure ? error.failure : error;
    }
  };

  const sent = (credentials: Credentials) =>
    withRetries(call, limits, undefined, (signal) => once(credentials, signal)).catch((error: unknown) => {
      if (error instanceof SyncError) return error;
      throw error;
    });
  const outcome = await withCredentials(options.readCredentials, sent);
  return outcome instanceof SyncError
    ? { kind: 'failed', failure: outcome, isVoid }
    : { kind: 'granted', grant: outcome };
}
