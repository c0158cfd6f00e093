import { SyncError } from '../../core/errors.ts';
import type { Credentials } from '../../core/token/credentials.ts';
import type { Call } from '../http/call.ts';
import { type AnswerListener, exchange } from '../http/fetch-once.ts';
import { type ClientLimits, DEFAULT_LIMITS } from '../http/limits.ts';
import { withRetries } from '../http/retry.ts';
import { createSharedWork } from './single-flight.ts';
import type { Grant } from './token-answer.ts';
import { contentOf, type GrantRequest, readGrant, withCredentials } from './token-request.ts';

/** Where the API's bearer token comes from. */
export interface TokenSource {
  /** What the tokens are asked for, for messages. */
  readonly scopes: readonly string[];
  /**
   * The current token; it is asked for, once for all callers, when there is none or its life is nearly over.
   *
   * @throws {SyncError} `CREDENTIALS_REFUSED` and `ACCESS_DENIED` (a scope), for the next minute without asking again;
   * and what the network and the other side may cause.
   * @throws The signal's reason, when it aborts first.
   */
  get(signal?: AbortSignal): Promise<string>;
  /** Forgets this token, if it is still the current one. */
  drop(token: string): void;
}

export interface TokenSourceOptions {
  /** The only address that the secret is sent to. */
  readonly tokenUrl: string;
  readonly scopes: readonly string[];
  /** @param fresh - True to read them anew, because those read before were refused. */
  readCredentials(fresh: boolean): Promise<Credentials>;
  readonly limits?: Partial<ClientLimits>;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Told of every token that is granted. */
  readonly onGrant?: (grant: Pick<Grant, 'lifeMs' | 'scopes'>) => void;
  /** Told of every answer, before it is read. */
  readonly onAnswer?: AnswerListener;
}

/** A token whose life is not known is taken to serve for 5 minutes. */
const UNKNOWN_LIFE_MS = 5 * 60 * 1000;

/** A token is renewed this much before its end, or a tenth of its life where that is less: 60 seconds. */
const LONGEST_MARGIN_MS = 60_000;
/** How long a refusal is believed without asking again, so that no storm of refused requests locks the client out. */
const REFUSAL_HOLDS_MS = 60_000;

/** Asks for tokens by the OAuth2 grant of client credentials, id and secret in the body as the vendor wants them. */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { tokenUrl, scopes, now = Date.now, onGrant, onAnswer } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const call: Call = { method: 'POST', url: new URL(tokenUrl), about: 'token' };
  let current: { readonly accessToken: string; readonly servesUntilMs: number } | undefined;
  let refused: { readonly failure: SyncError; readonly untilMs: number } | undefined;

  const request: GrantRequest = {
    fields: {
      grant_type: 'client_credentials',
      ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    },
    scopes,
  };

  const ask = (credentials: Credentials, signal: AbortSignal) =>
    withRetries(call, limits, signal, (attemptSignal) =>
      exchange(call, contentOf(request, credentials), limits, attemptSignal, (answer) => {
        onAnswer?.(call, answer);
        return readGrant(call, answer, request, limits);
      }),
    );

  const renew = createSharedWork(async (signal) => {
    const askedAtMs = now();
    const outcome = await withCredentials(options.readCredentials, (credentials) => ask(credentials, signal));
    if (outcome instanceof SyncError) {
      refused = { failure: outcome, untilMs: now() + REFUSAL_HOLDS_MS };
      throw outcome;
    }
    const { accessToken, lifeMs = UNKNOWN_LIFE_MS } = outcome;
    onGrant?.({ lifeMs: outcome.lifeMs, scopes: outcome.scopes });
    current = { accessToken, servesUntilMs: askedAtMs + lifeMs - Math.min(LONGEST_MARGIN_MS, lifeMs / 10) };
    return accessToken;
  });

  return {
    scopes,
    async get(signal) {
      if (current !== undefined && now() < current.servesUntilMs) return current.accessToken;
      if (refused !== undefined && now() < refused.untilMs) throw refused.failure;
      return renew(signal);
    },
    drop(token) {
      if (current?.accessToken === token) current = undefined;
    },
  };
}
