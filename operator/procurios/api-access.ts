import { SyncError } from '../../lambda/core/errors.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { type Client, createClient } from '../../lambda/procurios/http/client.ts';
import type { AnswerListener } from '../../lambda/procurios/http/fetch-once.ts';
import type { ClientLimits } from '../../lambda/procurios/http/limits.ts';
import type { TokenSource, TokenSourceOptions } from '../../lambda/procurios/token/client-token.ts';
import type { ApiFailure } from '../doctor/judge-failure.ts';

/** What was granted with the last token; undefined fields: the answer did not say. */
export interface Granted {
  readonly lifeMs: number | undefined;
  readonly scopes: readonly string[] | undefined;
}

/** Access to Procurios that remembers what the answers were like. */
export interface ApiAccess {
  readonly client: Client;
  readonly token: TokenSource;
  /** Undefined until a token is granted. */
  readonly granted: Granted | undefined;
  /** The time that the first answer with one named, and when it came: milliseconds since the epoch. */
  readonly clock: { readonly serverMs: number | undefined; readonly hereMs: number };
  /** Whether anything answered at all. */
  readonly hasAnswered: boolean;
  /** Answers of 429 so far. */
  readonly throttled: number;
  /** An error of the client's or the token's, with the status of the last answer to what it is about. */
  failureOf(error: unknown): ApiFailure;
}

/** Somebody waits for the screen: less patient than a pull at night. */
const LIMITS: Partial<ClientLimits> = {
  attemptMs: 20_000,
  totalMs: 45_000,
  retries: 1,
  longestWaitMs: 5_000,
};

/** What a token source tells of. */
export type TokenListeners = Required<Pick<TokenSourceOptions, 'onGrant' | 'onAnswer' | 'limits'>>;

/** @param openToken - Makes the source of tokens, which reports to these listeners. */
export function openApi(
  { host, acceptLanguage, requestsPerSecond }: Pick<Config, 'host' | 'acceptLanguage' | 'requestsPerSecond'>,
  openToken: (listeners: TokenListeners) => TokenSource,
): ApiAccess {
  let granted: Granted | undefined;
  let clock: ApiAccess['clock'] | undefined;
  let lastStatus: number | undefined;
  let throttled = 0;
  const onAnswer: AnswerListener = (_call, { status, headers }) => {
    lastStatus = status;
    if (status === 429) throttled += 1;
    const dateMs = Date.parse(headers.get('date') ?? '');
    clock ??= { serverMs: Number.isNaN(dateMs) ? undefined : dateMs, hereMs: Date.now() };
  };
  const token = openToken({
    limits: LIMITS,
    onAnswer,
    onGrant: (grant) => {
      granted = grant;
    },
  });
  const client = createClient({
    host,
    acceptLanguage,
    token,
    requestsPerSecond: requestsPerSecond.pull,
    limits: LIMITS,
    onAnswer,
  });
  return {
    client,
    token,
    get granted() {
      return granted;
    },
    get clock() {
      return clock ?? { serverMs: undefined, hereMs: Date.now() };
    },
    get hasAnswered() {
      return clock !== undefined;
    },
    get throttled() {
      return throttled;
    },
    failureOf(error) {
      if (!(error instanceof SyncError)) throw error;
      const { code, message } = error;
      // Requests go out one after the other here, so the last answer is the one that the error is about.
      const wasAnswered = code !== 'HOST_UNREACHABLE' && code !== 'SECRET_INVALID';
      return { code, message, status: wasAnswered ? lastStatus : undefined };
    },
  };
}
