import { setTimeout as sleep } from 'node:timers/promises';
import { SyncError } from '../../core/errors.ts';
import type { TokenSource } from '../token/client-token.ts';
import { type Call, callFailure } from './call.ts';
import { type AnswerListener, type Exchange, fetchOnce, type ReadResponse } from './fetch-once.ts';
import type { ClientLimits } from './limits.ts';
import { createRateLimiter } from './rate-limiter.ts';
import { askedPauseMs, busyFailure, isHtml, refusesToken } from './read-answer.ts';

/** The only way to the host: every request waits for a token and its turn, and carries the token. */
export interface AuthorizedFetch {
  /** Requests sent so far, without those for tokens. */
  readonly requests: number;
  /**
   * Waits for a token and a turn.
   *
   * @returns The token.
   * @throws {SyncError} `THROTTLED` if Procurios asked for a longer pause than the client waits, and those of
   * {@link TokenSource}.
   * @throws The signal's reason, if it aborts first.
   */
  takeTurn(call: Call, signal: AbortSignal): Promise<string>;
  /**
   * Asks for a new token in place of the refused one, and pauses before it takes the turn.
   *
   * @returns The token. It is the refused one if the source has no other, or Procurios granted the same again.
   */
  takeTurnAfter(refused: string, call: Call, signal: AbortSignal): Promise<string>;
  /** Sends the request with the token, as {@link fetchOnce} does. If the answer asks for a pause, all requests wait. */
  transmit<T>(request: Request, exchange: Exchange<T>, token: string): Promise<ReadResponse<T>>;
  /**
   * Waits for a token and a turn, and sends a read. If the answer refuses the token, it does so once more, with a new token.
   *
   * @throws {SyncError} Transient for a busy answer, unless a longer pause is asked for than the client waits;
   * `ACCESS_DENIED` for a 403 and a second refused token; those of {@link takeTurn}, {@link fetchOnce} and the exchange's
   * `read`.
   */
  fetch<T>(request: Request, exchange: Exchange<T>): Promise<ReadResponse<T>>;
}

export interface AuthorizedFetchOptions {
  readonly token: TokenSource;
  /** Of all requests together; a fraction is a request every few seconds. */
  readonly requestsPerSecond: number;
  /** Receives every answer, before it is read. */
  readonly onAnswer?: AnswerListener;
}

export function createAuthorizedFetch(
  { token, requestsPerSecond, onAnswer }: AuthorizedFetchOptions,
  limits: ClientLimits,
): AuthorizedFetch {
  const limiter = createRateLimiter(requestsPerSecond, limits.longestWaitMs);
  let requests = 0;

  const takeTurn: AuthorizedFetch['takeTurn'] = async (call, signal) => {
    await token.get(signal); // first, so that no request holds a turn while it waits for a token
    const pausedMs = await limiter.enter(signal);
    if (pausedMs > 0) throw pausedFailure(call, pausedMs);
    return token.get(signal);
  };
  const takeTurnAfter: AuthorizedFetch['takeTurnAfter'] = async (refused, call, signal) => {
    token.drop(refused);
    await token.get(signal); // before the pause, which is for this token
    await sleep(limits.newTokenPauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    return takeTurn(call, signal);
  };
  const transmit: AuthorizedFetch['transmit'] = async (request, exchange, bearer) => {
    const headers = { ...exchange.headers, authorization: `Bearer ${bearer}` };
    requests += 1;
    const read: typeof exchange.read = (call, answer) => {
      onAnswer?.(call, answer);
      const pauseMs = askedPauseMs(answer);
      if (pauseMs !== undefined) limiter.pause(pauseMs);
      return exchange.read(call, answer);
    };
    return fetchOnce(request, { ...exchange, headers, read }, limits);
  };

  return {
    get requests() {
      return requests;
    },
    takeTurn,
    takeTurnAfter,
    transmit,
    async fetch(request, exchange) {
      const { call } = exchange;
      const permitted = (tried: string) => {
        const read = permittedRead(exchange.read, tried, limits);
        return { ...exchange, read };
      };
      const first = await takeTurn(call, request.signal);
      try {
        return await transmit(request, permitted(''), first);
      } catch (error) {
        if (!(error instanceof SyncError) || error.detail.isTokenRefused !== true) throw error;
        const second = await takeTurnAfter(first, call, request.signal);
        const tried = second === first ? ', also on a second try' : ', also with a new token';
        return transmit(request, permitted(tried), second);
      }
    },
  };
}

function pausedFailure(call: Call, pausedMs: number): SyncError {
  const what = `not sent, Procurios asked for a pause of ${Math.ceil(pausedMs / 1000)} s more`;
  return callFailure('THROTTLED', call, what, { retryAfterMs: pausedMs });
}

/**
 * Reads an answer, unless Procurios is busy or refuses access.
 *
 * @param tried - What was tried before, for the message about a refused token.
 */
function permittedRead<T>(
  read: Exchange<T>['read'],
  tried: string,
  { longestWaitMs }: ClientLimits,
): Exchange<T>['read'] {
  return async (call, answer) => {
    const { status } = answer;
    const busy = busyFailure(call, answer, longestWaitMs);
    if (busy !== undefined) throw busy;
    const isTokenRefused = await refusesToken(answer);
    if (!isTokenRefused && status !== 403) return read(call, answer);
    const error = isTokenRefused && status !== 401 ? ' invalid_token' : '';
    const page = isHtml(answer) ? ' with an HTML page, which a firewall may have sent' : '';
    const what = `answered ${status}${error}${isTokenRefused ? tried : page}`;
    throw callFailure('ACCESS_DENIED', call, `${what}; expected access`, { status, isTokenRefused });
  };
}
