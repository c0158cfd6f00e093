import { randomUUID } from 'node:crypto';

/** Puts secrets into the embedded Secrets Manager and takes them out, without going through the wire. */
export interface EmbeddedSecrets {
  /** Creates the secret or gives it a new current value. */
  put(name: string, value: string): void;
  /** Removes the secret at once; does nothing where there is none. */
  delete(name: string): void;
}

/** A secret as it is kept. */
export interface StoredSecret {
  readonly arn: string;
  readonly name: string;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  /** Absent: created without a value, as a stack does. */
  readonly current?: { readonly versionId: string; readonly value: string };
}

/** Secrets in memory, by name. */
export class SecretStore implements EmbeddedSecrets {
  readonly #secrets = new Map<string, StoredSecret>();

  /** @param id - The secret's name, its ARN, or its ARN without the random end, as AWS accepts them. */
  find(id: string): StoredSecret | undefined {
    return (
      this.#secrets.get(id) ??
      this.#secrets.values().find(({ arn }) => arn === id || arn.replace(/-[^-]+$/, '') === id)
    );
  }

  /** Adds a secret, or replaces its value. */
  save(name: string, value: string | undefined): StoredSecret {
    const known = this.#secrets.get(name) ?? {
      arn: `arn:aws:secretsmanager:eu-west-1:000000000000:secret:${name}-${randomUUID().slice(0, 6)}`,
      name,
      createdAt: Date.now() / 1000,
    };
    const secret = value === undefined ? known : { ...known, current: { versionId: randomUUID(), value } };
    this.#secrets.set(name, secret);
    return secret;
  }

  put(name: string, value: string): void {
    this.save(name, value);
  }

  delete(name: string): void {
    this.#secrets.delete(name);
  }
}
