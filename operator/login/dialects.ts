import type { Dialect } from '../../lambda/core/token/authorization.ts';

/** The names that a server uses in the authorization code grant. */
export interface DialectNames {
  /** Parameters that every authorization request has. */
  readonly authorize: Readonly<Record<string, string>>;
  /** The parameter with the redirect url. */
  readonly redirect: string;
  /** The `grant_type` that exchanges a code. */
  readonly codeGrant: string;
}

/**
 * The vendor's two pages on the same grant.
 *
 * The older page's template and its example disagree about the authorization request (`grant_type=code` in one,
 * `response_type=code` in the other), so that dialect sends both.
 */
export const DIALECTS: Readonly<Record<Dialect, DialectNames>> = {
  older: {
    authorize: { grant_type: 'code', response_type: 'code' },
    redirect: 'redirect_url',
    codeGrant: 'code',
  },
  newer: {
    authorize: { response_type: 'code' },
    redirect: 'redirect_uri',
    codeGrant: 'authorization_code',
  },
};

export function otherDialect(dialect: Dialect): Dialect {
  return dialect === 'older' ? 'newer' : 'older';
}
