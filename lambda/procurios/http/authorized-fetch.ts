import { SyncError } from '../../core/errors.ts';
import type { TokenSource } from '../token/client-token.ts';
import { type Call, nameOf } from './call.ts';
import { type Answer, type AnswerListener, type Content, exchange } from './fetch-once.ts';
import type { ClientLimits } from './limits.ts';
import { createRateGate } from './rate-limiter.ts';
import { busyFailure } from './read-answer.ts';

/** The one way out to a host: every request waits for a token and its turn, and carries the token. */
export interface Outlet {
  /** Requests sent so far; those for tokens are not counted. */
  readonly requests: number;
  /**
   * Waits for a token and a turn, and gives the token.
   *
   * @throws {SyncError} `THROTTLED`, when the other side asked for a longer pause than is waited for, and those of
   * {@link TokenSource}.
   * @throws The signal's reason, when it aborts first.
   */
  takeTurn(call: Call, signal: AbortSignal): Promise<string>;
  /** Sends the request, as `exchange` does; a pause that the answer asks for holds everyone up. */
  transmit<T>(
    call: Call,
    content: Content,
    bearer: string,
    signal: AbortSignal,
    use: (answer: Answer) => Promise<T>,
  ): Promise<T>;
  dropToken(bearer: string): void;
}

export interface OutletOptions {
  readonly acceptLanguage: string;
  readonly token: TokenSource;
  /** Of all requests together; a fraction is a request every few seconds. */
  readonly requestsPerSecond: number;
  /** @default 'procurios-sync' */
  readonly userAgent?: string;
  /** Told of every answer, before it is read. */
  readonly onAnswer?: AnswerListener;
}

export function createOutlet(options: OutletOptions, limits: ClientLimits): Outlet {
  const { acceptLanguage, token, requestsPerSecond, userAgent = 'procurios-sync', onAnswer } = options;
  const gate = createRateGate(requestsPerSecond, limits.longestWaitMs);
  let requests = 0;

  return {
    get requests() {
      return requests;
    },
    async takeTurn(call, signal) {
      await token.get(signal); // first, so that nobody waits for a token in possession of a turn
      const pausedMs = await gate.enter(signal);
      if (pausedMs > 0) throw pausedFailure(call, pausedMs);
      return token.get(signal);
    },
    async transmit(call, content, bearer, signal, use) {
      const headers = {
        ...content.headers,
        'accept-language': acceptLanguage,
        authorization: `Bearer ${bearer}`,
        'user-agent': userAgent,
      };
      requests += 1;
      return exchange(call, { ...content, headers }, limits, signal, (answer) => {
        onAnswer?.(call, answer);
        const { retryAfterMs } = busyFailure(call, answer) ?? {};
        if (retryAfterMs !== undefined) gate.pause(retryAfterMs);
        return use(answer);
      });
    },
    dropToken: token.drop,
  };
}

function pausedFailure(call: Call, pausedMs: number): SyncError {
  const message = `${nameOf(call)}: not sent, Procurios asked for a pause of ${Math.ceil(pausedMs / 1000)} s more`;
  return new SyncError('THROTTLED', message, { retryAfterMs: pausedMs });
}
