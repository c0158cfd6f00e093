import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SyncError } from '../../core/errors.ts';
import type { Credentials } from '../../core/token/credentials.ts';
import { nameOf, translate } from '../aws-errors.ts';

/**
 * Reads the client's id and secret, kept as `{"clientId": "…", "clientSecret": "…"}`.
 *
 * @throws {SyncError} `SECRET_INVALID`, naming the secret and the field that is wrong; `STORE_UNAVAILABLE`.
 */
export async function readClientSecret(client: SecretsManagerClient, name: string): Promise<Credentials> {
  try {
    const command = new GetSecretValueCommand({ SecretId: name, VersionStage: 'AWSCURRENT' });
    const { SecretString } = await client.send(command);
    return parseClientSecret(SecretString, name);
  } catch (error) {
    if (nameOf(error) !== 'ResourceNotFoundException') throw translate(error, `secret ${name}`);
    throw new SyncError(
      'SECRET_INVALID',
      `secret ${name} does not exist in this account and region, or has no value`,
      {
        cause: error,
      },
    );
  }
}

function parseClientSecret(text: string | undefined, name: string): Credentials {
  const expected = 'expected {"clientId": "…", "clientSecret": "…"}';
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    // Without a cause, because the parser's message quotes the text.
    throw new SyncError('SECRET_INVALID', `secret ${name} is not JSON; ${expected}`);
  }
  const fields: Partial<Record<string, unknown>> =
    typeof value === 'object' && value !== null ? { ...value } : {};
  const { clientId, clientSecret } = fields;
  if (!isFilled(clientId))
    throw new SyncError('SECRET_INVALID', `secret ${name} has no clientId; ${expected}`);
  if (!isFilled(clientSecret))
    throw new SyncError('SECRET_INVALID', `secret ${name} has no clientSecret; ${expected}`);
  return { clientId, clientSecret };
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
