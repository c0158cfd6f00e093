/** The OAuth2 grant by which a user lets the system act for them: `procurios-sync login`. */
export interface AuthorizationCodeGrant {
  readonly grant: 'authorizationCode';
  /** At least one; sent separated by spaces. */
  readonly scopes: readonly string[];
  /** Which of the vendor's two pages the server follows: they name parameters and the grant differently. */
  readonly dialect: Dialect;
  /** Where the user signs in and consents; opened in a browser. */
  readonly authorizeUrl: string;
  /** Where Procurios sends the user afterwards, as registered there. */
  readonly redirectUrl: string;
  /** Whether the token request names the redirect url again. */
  readonly repeatRedirectUrl: boolean;
  /** Whether a PKCE challenge (S256) is sent. */
  readonly pkce: boolean;
  /** Whether a `state` is sent, which the callback then has to carry. */
  readonly state: boolean;
}

/** @see DIALECTS in operator/login */
export type Dialect = 'older' | 'newer';
