import { randomUUID } from 'node:crypto';
import { Consents } from './consents.ts';

/** What a token gives access to. */
export interface TokenAccess {
  readonly scopes: ReadonlySet<string>;
  /** The number of the relation who consented; undefined: the client asked for itself. */
  readonly user: number | undefined;
}

interface IssuedToken extends TokenAccess {
  expiresAtMs: number;
}

export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What the token endpoint accepts until it is told otherwise. Worth nothing elsewhere. */
export const SIMULATOR_CREDENTIALS = {
  clientId: 'simulator',
  clientSecret: 'not-a-secret-only-for-the-simulator',
} as const;

/** The one client that is known, and the tokens given to it. */
export class Tokens {
  #credentials: ClientCredentials;
  readonly #issued = new Map<string, IssuedToken>();
  readonly consents = new Consents();

  constructor(credentials: ClientCredentials) {
    this.#credentials = credentials;
  }

  /** Rotates the client's secret or id. Tokens already given stay good. */
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

  /** What a token gives access to, or why it is not taken. */
  check(token: string | undefined): TokenAccess | 'missing' | 'unknown' | 'expired' {
    if (token === undefined) {
      return 'missing';
    }
    const grant = this.#issued.get(token);
    if (grant === undefined) {
      return 'unknown';
    }
    return grant.expiresAtMs > Date.now() ? grant : 'expired';
  }

  /** What renews tokens, too. */
  revokeAll(): void {
    this.#issued.clear();
    this.consents.revokeAll();
  }

  expireAll(): void {
    for (const grant of this.#issued.values()) {
      grant.expiresAtMs = 0;
    }
  }
}
