import { failureAbout, SyncError } from '../../lambda/core/errors.ts';
import { isObject } from '../../lambda/core/json.ts';
import type { AuthorizationCodeGrant } from '../../lambda/core/token/authorization.ts';
import type { Credentials } from '../../lambda/core/token/credentials.ts';
import type { Client } from '../../lambda/procurios/http/client.ts';
import type { ClientLimits } from '../../lambda/procurios/http/limits.ts';
import { type ExchangeResult, exchangeOnce } from '../../lambda/procurios/token/exchange-once.ts';
import { DIALECTS, otherDialect } from './dialects.ts';

export interface ExchangeOptions {
  readonly tokenUrl: string;
  readonly auth: AuthorizationCodeGrant;
  readonly code: string;
  /** The PKCE verifier of the consent request; undefined if it had none. */
  readonly verifier: string | undefined;
  /** @param fresh - True to read the secret again, because Procurios refused what was read before. */
  readCredentials(fresh: boolean): Promise<Credentials>;
  readonly limits?: Partial<ClientLimits>;
}

/**
 * Exchanges a code for a token. A code is single-use.
 *
 * @returns If the server does not accept the code, the failure is `CONSENT_NEEDED`, or `RESPONSE_INVALID` if the server
 * does not understand the dialect.
 * @throws {SyncError} Those of `readCredentials`.
 */
export async function exchangeCode(options: ExchangeOptions): Promise<ExchangeResult> {
  const { auth, code, verifier } = options;
  const { codeGrant, redirect } = DIALECTS[auth.dialect];
  return await exchangeOnce({
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
 * Reads which user a token belongs to. The answer is `{"sub": 1591, …}`: the vendor's `sub` is an integer, the relation's
 * number.
 *
 * @throws {SyncError} As {@link Client.getJson}.
 */
export async function readUserId(client: Client): Promise<number> {
  const about = 'who consented';
  const answer = await client.getJson({ path: '/l/oauth2/userinfo', mediaType: 'application/json', about });
  const sub = isObject(answer) ? answer.sub : undefined;
  const id = typeof sub === 'string' && /^\d{1,15}$/.test(sub) ? Number(sub) : sub;
  if (typeof id === 'number' && Number.isSafeInteger(id)) return id;
  throw failureAbout('RESPONSE_INVALID', about, 'sub is not as expected: an integer');
}
