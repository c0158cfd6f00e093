import { randomUUID } from 'node:crypto';

interface Grant {
  readonly scopes: ReadonlySet<string>;
  expiresAtMs: number;
}

export interface Credentials {
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
  #credentials: Credentials;
  readonly #grants = new Map<string, Grant>();

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  /** Rotates the client's secret or id. Tokens already given stay good. */
  setCredentials(credentials: Partial<Credentials>): void {
    this.#credentials = { ...this.#credentials, ...credentials };
  }

  accepts(clientId: string | null, clientSecret: string | null): boolean {
    return clientId === this.#credentials.clientId && clientSecret === this.#credentials.clientSecret;
  }

  issue(scopes: Iterable<string>, lifetimeSeconds: number): string {
    const token = `simulated-${randomUUID()}`;
    this.#grants.set(token, {
      scopes: new Set(scopes),
      expiresAtMs: Date.now() + lifetimeSeconds * 1000,
    });
    return token;
  }

  /** The scopes of a token, or why it is not taken. */
  check(token: string | undefined): ReadonlySet<string> | 'missing' | 'unknown' | 'expired' {
    if (token === undefined) {
      return 'missing';
    }
    const grant = this.#grants.get(token);
    if (grant === undefined) {
      return 'unknown';
    }
    return grant.expiresAtMs > Date.now() ? grant.scopes : 'expired';
  }

  revokeAll(): void {
    this.#grants.clear();
  }

  expireAll(): void {
    for (const grant of this.#grants.values()) {
      grant.expiresAtMs = 0;
    }
  }
}
