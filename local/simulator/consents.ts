import { randomUUID } from 'node:crypto';

/** A client's request for a user's consent. */
export interface AuthorizationRequest {
  readonly redirectUrl: string;
  readonly scopes: readonly string[];
  readonly state: string | null;
  /** SHA-256 of the PKCE verifier, in base64url; null without PKCE. */
  readonly challenge: string | null;
}

/** A user's consent. */
export interface Consent {
  readonly scopes: readonly string[];
  /** The number of the user's relation. */
  readonly user: number;
}

interface SignIn {
  readonly request: AuthorizationRequest;
  readonly user: number;
}

interface Code extends SignIn {
  readonly expiresAtMs: number;
}

/** Sign-ins, authorization codes and refresh tokens. Sign-ins and codes are single-use. */
export class Consents {
  readonly #signIns = new Map<string, SignIn>();
  readonly #codes = new Map<string, Code>();
  readonly #refreshTokens = new Map<string, Consent>();

  /** @returns The id of the sign-in, for the form in which the user decides. */
  signIn(request: AuthorizationRequest, user: number): string {
    return put(this.#signIns, 'sign-in', { request, user });
  }

  takeSignIn(id: string): SignIn | undefined {
    return take(this.#signIns, id);
  }

  issueCode(signIn: SignIn, lifetimeSeconds: number): string {
    return put(this.#codes, 'code', { ...signIn, expiresAtMs: Date.now() + lifetimeSeconds * 1000 });
  }

  /** @returns Undefined if the code is unknown, used or expired. */
  takeCode(code: string): Code | undefined {
    const found = take(this.#codes, code);
    return found !== undefined && found.expiresAtMs > Date.now() ? found : undefined;
  }

  issueRefreshToken(consent: Consent): string {
    return put(this.#refreshTokens, 'refresh', consent);
  }

  /** @param isSingleUse - Whether this use invalidates the token. */
  useRefreshToken(token: string, isSingleUse: boolean): Consent | undefined {
    return isSingleUse ? take(this.#refreshTokens, token) : this.#refreshTokens.get(token);
  }

  revokeAll(): void {
    this.#codes.clear();
    this.#refreshTokens.clear();
  }
}

function put<T>(map: Map<string, T>, kind: string, value: T): string {
  const key = `simulated-${kind}-${randomUUID()}`;
  map.set(key, value);
  return key;
}

function take<T>(map: Map<string, T>, key: string): T | undefined {
  const value = map.get(key);
  map.delete(key);
  return value;
}
