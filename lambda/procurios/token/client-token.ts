import { SyncError } from '../../core/errors.ts';
import type { Credentials } from '../../core/token/credentials.ts';
import type { Call } from '../http/call.ts';
import { type AnswerListener, fetchOnce } from '../http/fetch-once.ts';
import { type ClientLimits, DEFAULT_LIMITS } from '../http/limits.ts';
import { type RetryListener, withRetries } from '../http/retry.ts';
import { createSingleFlight } from './single-flight.ts';
import type { GrantedToken } from './token-answer.ts';
import { type TokenRequest, tokenExchange, withCredentials } from './token-request.ts';

/** The source of the API's bearer token. */
export interface TokenSource {
  /**
   * The current token. If there is none, or it expires soon, one request for all callers gets a new one.
   *
   * @throws {SyncError} `CREDENTIALS_REFUSED` and `ACCESS_DENIED` (a scope), during the next minute without another
   * request; and the failures of the network and the other side.
   * @throws The signal's reason, if it aborts first.
   */
  get(signal?: AbortSignal): Promise<string>;
  /** Forgets this token, if it is still the current one. */
  drop(token: string): void;
}

/** A token source that says to whom its tokens are granted. */
export interface NamingTokenSource extends TokenSource {
  /** To whom the last token was granted; undefined before the first one, or if the client is not known. Never rejects. */
  grantee(): Promise<Grantee | undefined>;
}

/** To whom a token was granted, and for what. */
export interface Grantee {
  readonly clientId: string;
  /** The number of the relation who consented, or the login if that is not known; absent if the client acts for itself. */
  readonly user?: string;
  /** Those granted, or those of the request if the server did not say. */
  readonly scopes: readonly string[];
}

export interface TokenSourceOptions {
  /** The only address that the secret is sent to. */
  readonly tokenUrl: string;
  readonly scopes: readonly string[];
  /** @param fresh - True to read the secret again, because Procurios refused what was read before. */
  readCredentials(fresh: boolean): Promise<Credentials>;
  readonly limits?: Partial<ClientLimits>;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Receives the facts of every granted token. */
  readonly onGrant?: (token: GrantFacts) => void;
  /** Receives every answer, before it is read. */
  readonly onAnswer?: AnswerListener;
  readonly onRetry?: RetryListener | undefined;
}

/** What a granted token is like, without the token. */
export type GrantFacts = Pick<GrantedToken, 'lifeMs' | 'scopes' | 'unreadable'>;

/** The life of a token whose life the server does not say: 5 minutes. */
const UNKNOWN_LIFE_MS = 5 * 60 * 1000;

/** A token is renewed 60 seconds before it expires, or a tenth of its life before if that is less. */
const LONGEST_MARGIN_MS = 60_000;
/** After a refusal, no request for this long: a storm of refused requests could lock the client out. */
const REFUSAL_HOLDS_MS = 60_000;

/** Errors and other answers of a token endpoint are small. */
const LARGEST_ANSWER_BYTES = 1024 * 1024;

/** Gets tokens by the OAuth2 grant of client credentials. */
export function createTokenSource(options: TokenSourceOptions): NamingTokenSource {
  const { tokenUrl, scopes, now = Date.now, onGrant, onAnswer, onRetry } = options;
  const limits = { ...DEFAULT_LIMITS, largestBodyBytes: LARGEST_ANSWER_BYTES, ...options.limits };
  const call: Call = { method: 'POST', url: new URL(tokenUrl), about: 'token' };
  let current: { readonly accessToken: string; readonly validUntilMs: number } | undefined;
  let grantee: Grantee | undefined;
  let refused: { readonly failure: SyncError; readonly untilMs: number } | undefined;

  const request: TokenRequest = {
    fields: {
      grant_type: 'client_credentials',
      ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    },
    scopes,
  };

  const ask = (credentials: Credentials, signal: AbortSignal) => {
    const exchange = tokenExchange(call, request, credentials, limits, (answer) => onAnswer?.(call, answer));
    const asked = withRetries(call, { limits, signal, onRetry }, (each) => fetchOnce(each, exchange, limits));
    return asked.catch(asRefusal);
  };

  const renew = createSingleFlight(async (signal) => {
    const askedAtMs = now();
    let clientId = '';
    const reply = await withCredentials(options.readCredentials, (credentials) => {
      ({ clientId } = credentials);
      return ask(credentials, signal);
    });
    if (reply instanceof SyncError) {
      refused = { failure: reply, untilMs: now() + REFUSAL_HOLDS_MS };
      throw reply;
    }
    const { accessToken, lifeMs = UNKNOWN_LIFE_MS, scopes: granted, unreadable } = reply;
    grantee = { clientId, scopes: granted ?? scopes };
    onGrant?.({ lifeMs: reply.lifeMs, scopes: granted, unreadable });
    current = { accessToken, validUntilMs: askedAtMs + lifeMs - Math.min(LONGEST_MARGIN_MS, lifeMs / 10) };
    return accessToken;
  });

  return {
    async get(signal) {
      if (current !== undefined && now() < current.validUntilMs) return current.accessToken;
      if (refused !== undefined && now() < refused.untilMs) throw refused.failure;
      return renew(signal);
    },
    drop(token) {
      if (current?.accessToken === token) current = undefined;
    },
    grantee: async () => grantee,
  };
}

/** A refusal that was retried is the caller's to handle, like one that was not. */
function asRefusal(error: unknown): SyncError {
  if (error instanceof SyncError && error.code === 'CREDENTIALS_REFUSED') return error;
  throw error;
}
