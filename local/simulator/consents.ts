import { randomUUID } from 'node:crypto';

/** What a client asks a user for. */
export interface AuthorizationRequest {
  readonly redirectUrl: string;
  readonly scopes: readonly string[];
  readonly state: string | null;
  /** The SHA-256 of a verifier, in base64url; null: PKCE is not used. */
  readonly challenge: string | null;
}

/** What a user allowed. */
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

/** Who has signed in, the codes they were given, and what renews their tokens. Everything works once. */
export class Consents {
  readonly #signIns = new Map<string, SignIn>();
  readonly #codes = new Map<string, Code>();
  readonly #refreshTokens = new Map<string, Consent>();

  /** @returns What stands for the sign-in until the user has decided. */
  signIn(request: AuthorizationRequest, user: number): string {
    return put(this.#signIns, 'sign-in', { request, user });
  }

  takeSignIn(id: string): SignIn | undefined {
    return take(this.#signIns, id);
  }

  issueCode(signIn: SignIn, lifetimeSeconds: number): string {
    return put(this.#codes, 'code', { ...signIn, expiresAtMs: Date.now() + lifetimeSeconds * 1000 });
  }

  /** @returns Undefined: it is not known, was used, or has expired. */
  takeCode(code: string): Code | undefined {
    const found = take(this.#codes, code);
    return found !== undefined && found.expiresAtMs > Date.now() ? found : undefined;
  }

  issueRefreshToken(consent: Consent): string {
    return put(this.#refreshTokens, 'refresh', consent);
  }

  /** @param isSpent - Whether it works no second time. */
  useRefreshToken(token: string, isSpent: boolean): Consent | undefined {
    return isSpent ? take(this.#refreshTokens, token) : this.#refreshTokens.get(token);
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
