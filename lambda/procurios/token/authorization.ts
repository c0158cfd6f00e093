import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { SyncError } from '../../core/errors.ts';
import { isObject } from '../../core/json.ts';
import type { AuthorizationCodeGrant } from '../../core/token/authorization.ts';
import type { Credentials } from '../../core/token/credentials.ts';
import type { Client } from '../http/client.ts';
import type { ClientLimits } from '../http/limits.ts';
import { DIALECTS, otherDialect } from './dialects.ts';
import { type Spent, spendGrant } from './exchange-once.ts';

/** A user's way to consent, and what tells their coming back from anybody else's. Secret, the address aside. */
export interface ConsentRequest {
  /** To be opened in the user's browser. */
  readonly url: string;
  /** The callback has to carry it; undefined: the server does not send it back. */
  readonly state: string | undefined;
  /** Proves that the code is exchanged by whoever asked for it; undefined: the server does not know PKCE. */
  readonly verifier: string | undefined;
}

/** @see https://www.rfc-editor.org/rfc/rfc7636#section-4 */
export function requestConsent(auth: AuthorizationCodeGrant, clientId: string): ConsentRequest {
  const { authorize, redirect } = DIALECTS[auth.dialect];
  const state = auth.state ? randomBytes(32).toString('base64url') : undefined;
  const verifier = auth.pkce ? randomBytes(32).toString('base64url') : undefined;
  const url = new URL(auth.authorizeUrl);
  const parameters: Readonly<Record<string, string | undefined>> = {
    ...authorize,
    client_id: clientId,
    scope: auth.scopes.join(' '),
    [redirect]: auth.redirectUrl,
    state,
    code_challenge: verifier && createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: verifier && 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return { url: url.href, state, verifier };
}

/** What a user came back with. */
export type Callback =
  | { readonly kind: 'code'; readonly code: string }
  /** The user said no. */
  | { readonly kind: 'declined' }
  /** It is not an answer to this request, or not one that can be used. */
  | { readonly kind: 'invalid'; readonly reason: string };

/** Errors that may be shown: others may quote anything. @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1 */
const CALLBACK_ERRORS = [
  'invalid_request',
  'unauthorized_client',
  'unsupported_response_type',
  'invalid_scope',
  'server_error',
  'temporarily_unavailable',
];

/** Longer codes than any server gives are no codes. */
const LONGEST_CODE = 4096;

/**
 * Reads the address that the user's browser was sent back to: `{redirectUrl}?code=…&state=…`.
 *
 * @param auth - With the redirect url that was asked for.
 */
export function readCallback(
  url: URL,
  auth: AuthorizationCodeGrant,
  { state }: Pick<ConsentRequest, 'state'>,
): Callback {
  const expected = new URL(auth.redirectUrl);
  if (url.origin !== expected.origin || url.pathname !== expected.pathname) {
    return invalid(`the callback came to another address than the redirect url ${auth.redirectUrl}`);
  }
  // Before anything else is believed.
  if (state !== undefined && !isOnce(url, 'state', (given) => areEqual(given, state))) {
    const what = url.searchParams.has('state') ? 'carries another state than' : 'carries no state of';
    return invalid(`the callback ${what} this login`);
  }
  const error = url.searchParams.get('error');
  if (error === 'access_denied') return { kind: 'declined' };
  if (error !== null) {
    return invalid(`the callback says ${CALLBACK_ERRORS.find((known) => known === error) ?? 'an error'}`);
  }
  const code = url.searchParams.get('code') ?? '';
  return isOnce(url, 'code', (given) => /^[\x21-\x7e]+$/.test(given) && given.length <= LONGEST_CODE)
    ? { kind: 'code', code }
    : invalid('the callback carries no code');
}

function invalid(reason: string): Callback {
  return { kind: 'invalid', reason };
}

function isOnce({ searchParams }: URL, name: string, isRight: (value: string) => boolean): boolean {
  const [value, ...others] = searchParams.getAll(name);
  return value !== undefined && others.length === 0 && isRight(value);
}

/** Takes the same time wherever they differ. */
function areEqual(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

export interface ExchangeOptions {
  readonly tokenUrl: string;
  readonly auth: AuthorizationCodeGrant;
  readonly code: string;
  readonly verifier: string | undefined;
  readCredentials(fresh: boolean): Promise<Credentials>;
  readonly limits?: Partial<ClientLimits>;
}

/**
 * Exchanges a code for a token, once.
 *
 * @returns Where it is not accepted, the failure is `CONSENT_NEEDED`, or `RESPONSE_INVALID` where the server does not
 * understand the dialect.
 * @throws {SyncError} Those of `readCredentials`.
 */
export async function exchangeCode(options: ExchangeOptions): Promise<Spent> {
  const { auth, code, verifier } = options;
  const { codeGrant, redirect } = DIALECTS[auth.dialect];
  return await spendGrant({
    ...options,
    about: 'token for the code',
    request: {
      fields: {
        grant_type: codeGrant,
        code,
        ...(auth.repeatRedirectUrl && { [redirect]: auth.redirectUrl }),
        ...(verifier !== undefined && { code_verifier: verifier }),
      },
      scopes: auth.scopes,
      notAccepted: (what, error) => notAccepted(what, error, auth),
    },
  });
}

function notAccepted(what: string, error: string | undefined, auth: AuthorizationCodeGrant): SyncError {
  const { dialect, repeatRedirectUrl } = auth;
  if (error === 'unsupported_grant_type') {
    const { codeGrant } = DIALECTS[dialect];
    return new SyncError(
      'RESPONSE_INVALID',
      `${what}; expected grant_type=${codeGrant} to be understood: the server may speak the other dialect, ` +
        `auth.dialect '${otherDialect(dialect)}'`,
    );
  }
  if (error === 'invalid_request') {
    const hint = repeatRedirectUrl ? '' : '; it may want the redirect url again: auth.repeatRedirectUrl true';
    return new SyncError('RESPONSE_INVALID', `${what}; expected the code to be exchanged${hint}`);
  }
  return new SyncError('CONSENT_NEEDED', `${what}; expected a code that is new, used once and not expired`);
}

/**
 * Reads who a user's token belongs to: `{"sub": 1591, …}`, where the vendor has an integer, the relation's number.
 *
 * @throws {SyncError} As {@link Client.getJson}.
 */
export async function readUserId(client: Client): Promise<number> {
  const about = 'who consented';
  const answer = await client.getJson({ path: '/l/oauth2/userinfo', mediaType: 'application/json', about });
  const sub = isObject(answer) ? answer.sub : undefined;
  const id = typeof sub === 'string' && /^\d{1,15}$/.test(sub) ? Number(sub) : sub;
  if (typeof id === 'number' && Number.isSafeInteger(id)) return id;
  throw new SyncError('RESPONSE_INVALID', `${about}: sub is not as expected: an integer`);
}
