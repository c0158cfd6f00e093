/** The OAuth2 grant with which a user lets this system act for them: `procurios-sync login`. */
export interface AuthorizationCodeGrant {
  readonly grant: 'authorizationCode';
  /** At least one. Sent separated by spaces. */
  readonly scopes: readonly string[];
  /** The one of the vendor's two pages that the server follows. They name parameters and the grant differently. */
  readonly dialect: Dialect;
  /** The page where the user signs in and consents, opened in a browser. */
  readonly authorizeUrl: string;
  /** The address to which Procurios sends the user after the consent. It must be registered in Procurios. */
  readonly redirectUrl: string;
  /** Whether the token request names the redirect url again. */
  readonly repeatRedirectUrl: boolean;
  /** Whether a PKCE challenge (S256) is sent. */
  readonly pkce: boolean;
  /** Whether a `state` is sent. The callback must then carry it. */
  readonly state: boolean;
}

/** @see DIALECTS in operator/login */
export type Dialect = 'older' | 'newer';
