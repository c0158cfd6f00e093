import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AuthorizationCodeGrant } from '../../lambda/core/token/authorization.ts';
import { DIALECTS } from './dialects.ts';

/** The address where a user consents, and the secrets that tie the callback to this login. The address is not secret. */
export interface ConsentRequest {
  /** For the user's browser. */
  readonly url: string;
  /** The callback must carry it; undefined if the server does not send it back. */
  readonly state: string | undefined;
  /** Proves at the exchange that this login asked for the code; undefined if the server does not know PKCE. */
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

/** The result of a user's visit to the consent page. */
export type Callback =
  | { readonly kind: 'code'; readonly code: string }
  /** The user refused. */
  | { readonly kind: 'declined' }
  /** Procurios reports an error, or gives no usable code. */
  | { readonly kind: 'invalid'; readonly reason: string }
  /** It does not belong to this login: an old tab or another website's link led to the redirect url. */
  | { readonly kind: 'foreign'; readonly reason: string };

/** Errors that may be shown; any other may quote a value. @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1 */
const CALLBACK_ERRORS = [
  'invalid_request',
  'unauthorized_client',
  'unsupported_response_type',
  'invalid_scope',
  'server_error',
  'temporarily_unavailable',
];

/** In characters, above what any server gives. */
const LONGEST_CODE = 4096;

/**
 * Reads the address to which Procurios sent the user's browser back: `{redirectUrl}?code=…&state=…`.
 *
 * @param auth - With the redirect url of the consent request.
 */
export function readCallback(
  url: URL,
  auth: AuthorizationCodeGrant,
  { state }: Pick<ConsentRequest, 'state'>,
): Callback {
  const expected = new URL(auth.redirectUrl);
  if (url.origin !== expected.origin || url.pathname !== expected.pathname) {
    return foreign(`the callback came to another address than the redirect url ${auth.redirectUrl}`);
  }
  // First, because nothing else in the callback can be trusted without it.
  if (state !== undefined && !isOnce(url, 'state', (given) => areEqual(given, state))) {
    return foreign(
      url.searchParams.has('state')
        ? 'the callback carries another state than this login'
        : 'the callback carries no state of this login (if you have just consented, Procurios does not send it back: set auth.state to false)',
    );
  }
  if (!['code', 'error'].some((name) => url.searchParams.has(name))) {
    const reason = 'the callback carries no code';
    return state === undefined ? foreign(reason) : invalid(reason);
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

function foreign(reason: string): Callback {
  return { kind: 'foreign', reason };
}

function invalid(reason: string): Callback {
  return { kind: 'invalid', reason };
}

function isOnce({ searchParams }: URL, name: string, isRight: (value: string) => boolean): boolean {
  const [value, ...others] = searchParams.getAll(name);
  return value !== undefined && others.length === 0 && isRight(value);
}

/** Compares in constant time, so that the time tells nothing about the state. */
function areEqual(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
