import { randomUUID } from 'node:crypto';
import { Consents } from './consents.ts';

/** The access that a token gives. */
export interface TokenAccess {
  readonly scopes: ReadonlySet<string>;
  /** Number of the relation who consented; undefined if the token belongs to the client. */
  readonly user: number | undefined;
}

interface IssuedToken extends TokenAccess {
  expiresAtMs: number;
}

export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The credentials that the token endpoint accepts by default. Not secret. */
export const SIMULATOR_CREDENTIALS = {
  clientId: 'simulator',
  clientSecret: 'not-a-secret-only-for-the-simulator',
} as const;

/** The only known client, and its tokens. */
export class Tokens {
  #credentials: ClientCredentials;
  readonly #issued = new Map<string, IssuedToken>();
  readonly consents = new Consents();

  constructor(credentials: ClientCredentials) {
    this.#credentials = credentials;
  }

  /** Changes the client's id or secret. Issued tokens stay valid. */
  setCredentials(credentials: Partial<ClientCredentials>): void {
    this.#credentials = { ...this.#credentials, ...credentials };
  }

  accepts(clientId: string | null, clientSecret: string | null): boolean {
    return clientId === this.#credentials.clientId && clientSecret === this.#credentials.clientSecret;
  }

  isClient(clientId: string | null): boolean {
    return clientId === this.#credentials.clientId;
  }

  issue(scopes: Iterable<string>, lifetimeSeconds: number, user?: number): string {
    const token = `simulated-${randomUUID()}`;
    this.#issued.set(token, {
      scopes: new Set(scopes),
      user,
      expiresAtMs: Date.now() + lifetimeSeconds * 1000,
    });
    return token;
  }

  /** Returns the token's access, or the reason for refusing it. */
  check(token: string | undefined): TokenAccess | 'missing' | 'unknown' | 'expired' {
    if (token === undefined) {
      return 'missing';
    }
    const issued = this.#issued.get(token);
    if (issued === undefined) {
      return 'unknown';
    }
    return issued.expiresAtMs > Date.now() ? issued : 'expired';
  }

  /** Also revokes codes and refresh tokens. */
  revokeAll(): void {
    this.#issued.clear();
    this.consents.revokeAll();
  }

  expireAll(): void {
    for (const issued of this.#issued.values()) {
      issued.expiresAtMs = 0;
    }
  }
}
