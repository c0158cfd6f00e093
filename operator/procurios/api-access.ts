import type { Config } from '../../lambda/deployment/config.ts';
import { type Client, createClient } from '../../lambda/procurios/http/client.ts';
import type { AnswerListener } from '../../lambda/procurios/http/fetch-once.ts';
import type { ClientLimits } from '../../lambda/procurios/http/limits.ts';
import type { RetryListener } from '../../lambda/procurios/http/retry.ts';
import type {
  GrantFacts,
  TokenSource,
  TokenSourceOptions,
} from '../../lambda/procurios/token/client-token.ts';

/** Access to Procurios that records facts of the answers, for doctor and discover. */
export interface ApiAccess {
  readonly client: Client;
  readonly token: TokenSource;
  /** The last token's life and scopes. Undefined before a token is granted. */
  readonly granted: GrantFacts | undefined;
  /**
   * The clock of the server, from the `Date` of the first answer (undefined if it has none), and the time here when it came.
   * In milliseconds since the epoch.
   */
  readonly clock: { readonly serverMs: number | undefined; readonly hereMs: number };
  /** Whether there was any answer. */
  readonly hasAnswered: boolean;
  /** Answers of 429 so far. */
  readonly throttled: number;
}

/** Shorter than a pull's at night, because an operator waits for the result. */
const LIMITS: Partial<ClientLimits> = {
  attemptMs: 20_000,
  totalMs: 45_000,
  retries: 1,
  longestWaitMs: 5_000,
};

/** What a token source reports to this access. */
export type TokenListeners = Required<Pick<TokenSourceOptions, 'onGrant' | 'onAnswer' | 'limits'>> &
  Pick<TokenSourceOptions, 'onRetry'>;

/**
 * Opens access to Procurios. Sends nothing before it is used.
 *
 * @param openToken - Creates the token source, which has to report to these listeners.
 * @param onRetry - Receives the retries of requests, and of those for tokens.
 */
export function openApi(
  { host, acceptLanguage, requestsPerSecond }: Pick<Config, 'host' | 'acceptLanguage' | 'requestsPerSecond'>,
  openToken: (listeners: TokenListeners) => TokenSource,
  onRetry?: RetryListener,
): ApiAccess {
  let granted: GrantFacts | undefined;
  let clock: ApiAccess['clock'] | undefined;
  let throttled = 0;
  const onAnswer: AnswerListener = (_call, { status, headers }) => {
    if (status === 429) throttled += 1;
    const dateMs = Date.parse(headers.get('date') ?? '');
    clock ??= { serverMs: Number.isNaN(dateMs) ? undefined : dateMs, hereMs: Date.now() };
  };
  const token = openToken({
    limits: LIMITS,
    onAnswer,
    onRetry,
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
    onRetry,
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
  };
}
