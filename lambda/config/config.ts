import type { Operation } from '../core/operation.ts';
import type { Stream } from '../core/stream.ts';

/** A checked configuration: plain JSON, with every default filled in. */
export interface Config {
  /** Names everything in AWS: lower case letters, digits and hyphens. */
  readonly environment: string;
  /** Origin of the Procurios environment, e.g. `https://acme.procurios.site`; the token goes there only. */
  readonly host: string;
  /** Where tokens are requested; the client's secret goes there only. */
  readonly tokenUrl: string;
  /** The `Accept-Language` header of every request. */
  readonly acceptLanguage: string;
  readonly auth: ClientCredentialsGrant | AuthorizationCodeGrant;
  /** Our shares of the rate agreed with Procurios; the push's is that of all its functions together. */
  readonly requestsPerSecond: { readonly pull: number; readonly push: number };
  /** Name of the secret with the client's id and secret. */
  readonly secretName: string;
  readonly streams: readonly Stream[];
  /** What a change can be, by name. */
  readonly operations: Readonly<Record<string, Operation>>;
}

/** The OAuth2 grant by which the system itself, not a user, asks for tokens. */
export interface ClientCredentialsGrant {
  readonly grant: 'clientCredentials';
  /** At least one; sent separated by spaces. */
  readonly scopes: readonly string[];
}

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

/** @see lambda/procurios/dialects.ts */
export type Dialect = 'older' | 'newer';
