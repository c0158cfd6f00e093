import { randomUUID } from 'node:crypto';

/** Direct access to the secrets of the embedded Secrets Manager, without HTTP. */
export interface EmbeddedSecrets {
  /** Creates the secret, or replaces its current value. */
  put(name: string, value: string): void;
  /** Deletes the secret at once. A no-op if it does not exist. */
  delete(name: string): void;
}

/** A stored secret. */
export interface StoredSecret {
  readonly arn: string;
  readonly name: string;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  /** Undefined if the secret was created without a value, as CloudFormation does. */
  readonly current?: { readonly versionId: string; readonly value: string };
}

/** Secrets in memory, by name. */
export class SecretStore implements EmbeddedSecrets {
  readonly #secrets = new Map<string, StoredSecret>();

  /** @param id - The secret's name, its ARN, or its ARN without the random suffix, as in AWS. */
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
