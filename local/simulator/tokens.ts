import { randomUUID } from 'node:crypto';
import { Consents } from './consents.ts';

/** What a token gives access to. */
export interface Granted {
  readonly scopes: ReadonlySet<string>;
  /** The number of the relation who consented; undefined: the client asked for itself. */
  readonly user: number | undefined;
}

interface Grant extends Granted {
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
  readonly consents = new Consents();

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

  isClient(clientId: string | null): boolean {
    return clientId === this.#credentials.clientId;
  }

  issue(scopes: Iterable<string>, lifetimeSeconds: number, user?: number): string {
    const token = `simulated-${randomUUID()}`;
    this.#grants.set(token, {
      scopes: new Set(scopes),
      user,
      expiresAtMs: Date.now() + lifetimeSeconds * 1000,
    });
    return token;
  }

  /** What a token gives access to, or why it is not taken. */
  check(token: string | undefined): Granted | 'missing' | 'unknown' | 'expired' {
    if (token === undefined) {
      return 'missing';
    }
    const grant = this.#grants.get(token);
    if (grant === undefined) {
      return 'unknown';
    }
    return grant.expiresAtMs > Date.now() ? grant : 'expired';
  }

  /** What renews tokens, too. */
  revokeAll(): void {
    this.#grants.clear();
    this.consents.revokeAll();
  }

  expireAll(): void {
    for (const grant of this.#grants.values()) {
      grant.expiresAtMs = 0;
    }
  }
}
