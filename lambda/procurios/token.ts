import { SyncError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { type Call, nameOf } from './call.ts';
import { type Answer, type AnswerListener, exchange, NO_REUSE } from './exchange.ts';
import { afterPause, busyFailure, isHtml, readJson } from './judge-answer.ts';
import { type ClientLimits, DEFAULT_LIMITS } from './limits.ts';
import { withRetries } from './retrying.ts';
import { createSharedWork } from './shared-work.ts';
import { type Grant, parseGrant, parseRefusal } from './token-answer.ts';

/** What Procurios hands out per client. Secret. */
export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

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
  readonly onGrant?: (grant: Omit<Grant, 'accessToken'>) => void;
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

  const ask = (credentials: Credentials, signal: AbortSignal) =>
    withRetries(call, limits, signal, (attemptSignal) =>
      exchange(call, requestOf(credentials, scopes), limits, attemptSignal, (answer) => {
        onAnswer?.(call, answer);
        return readGrant(call, answer, scopes, limits);
      }),
    );

  const askTwiceAtMost = async (signal: AbortSignal): Promise<Grant | SyncError> => {
    const credentials = await options.readCredentials(false);
    const outcome = await ask(credentials, signal);
    if (!(outcome instanceof SyncError) || outcome.code !== 'CREDENTIALS_REFUSED') return outcome;
    const fresh = await options.readCredentials(true);
    return areEqual(fresh, credentials) ? outcome : ask(fresh, signal);
  };

  const renew = createSharedWork(async (signal) => {
    const askedAtMs = now();
    const outcome = await askTwiceAtMost(signal);
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

function areEqual(one: Credentials, other: Credentials): boolean {
  return one.clientId === other.clientId && one.clientSecret === other.clientSecret;
}

function requestOf({ clientId, clientSecret }: Credentials, scopes: readonly string[]) {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  });
  if (scopes.length > 0) body.set('scope', scopes.join(' '));
  return { headers: { accept: 'application/json', ...NO_REUSE }, body };
}

/** @returns The grant, or how it was refused. */
async function readGrant(
  call: Call,
  answer: Answer,
  scopes: readonly string[],
  limits: ClientLimits,
): Promise<Grant | SyncError> {
  const busy = busyFailure(call, answer);
  if (busy !== undefined) throw afterPause(busy, limits);
  const { status } = answer;
  if (status === 404 || status === 405 || (status >= 400 && isHtml(answer))) {
    const what = `answered ${status}${isHtml(answer) ? ' with an HTML page' : ''}`;
    throw new SyncError(
      'NOT_PROCURIOS',
      `${nameOf(call)}: ${what}; expected the token endpoint of Procurios`,
    );
  }
  if (status !== 400 && status !== 401 && status !== 403)
    return parseGrant(await readJson(call, answer), call);
  return refusal(call, status, await readRefusal(answer), scopes);
}

/** @see parseRefusal */
async function readRefusal(answer: Answer): Promise<string | undefined> {
  const text = await answer.readText();
  try {
    return parseRefusal(JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}

function refusal(
  call: Call,
  status: number,
  error: string | undefined,
  scopes: readonly string[],
): SyncError {
  const what = `${nameOf(call)}: answered ${status}${error === undefined ? '' : ` ${error}`}`;
  switch (error) {
    case 'invalid_scope':
      return new SyncError('ACCESS_DENIED', `${what}; expected a token for the scopes ${scopes.join(' ')}`);
    case 'invalid_request':
    case 'unsupported_grant_type':
      return new SyncError(
        'RESPONSE_INVALID',
        `${what}; expected the grant client_credentials to be understood`,
      );
    default:
      return new SyncError(
        'CREDENTIALS_REFUSED',
        `${what}; expected the client's id and secret to be accepted`,
      );
  }
}
