import {
  CreateSecretCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { nameOf, translate } from '../../lambda/aws/aws-errors.ts';
import { SyncError } from '../../lambda/core/errors.ts';
import type { Credentials } from '../../lambda/core/token/credentials.ts';

/**
 * Replaces the value of a secret. Each function reads it when Procurios refuses the old one.
 *
 * @returns Undefined if there is no such secret.
 * @throws {SyncError} `STORE_UNAVAILABLE`.
 */
export async function replaceSecret(
  client: SecretsManagerClient,
  name: string,
  value: Credentials,
): Promise<'replaced' | undefined> {
  try {
    await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: JSON.stringify(value) }));
    return 'replaced';
  } catch (error) {
    if (nameOf(error) === 'ResourceNotFoundException') return undefined;
    throw storingError(error, name);
  }
}

/**
 * Creates a secret with a value.
 *
 * @throws {SyncError} `STORE_UNAVAILABLE`.
 */
export async function createSecret(
  client: SecretsManagerClient,
  name: string,
  value: Credentials,
): Promise<'created'> {
  try {
    await client.send(
      new CreateSecretCommand({
        Name: name,
        Description: "Id and secret of procurios-sync's client at Procurios",
        SecretString: JSON.stringify(value),
      }),
    );
    return 'created';
  } catch (error) {
    throw storingError(error, name);
  }
}

function storingError(error: unknown, name: string): unknown {
  // AWS has one name for both states of a secret.
  if (nameOf(error) === 'InvalidRequestException') {
    const message = `secret ${name} is marked for deletion, or another service of AWS manages it; restore it, or wait until it is deleted`;
    return new SyncError('STORE_UNAVAILABLE', message, { cause: error });
  }
  return translate(error, `secret ${name}`);
}
