import type { Credentials } from '../../lambda/core/token/credentials.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { clientSecretName } from '../../lambda/deployment/names.ts';
import { createTokenSource } from '../../lambda/procurios/token/client-token.ts';
import { CommandError } from '../command-error.ts';
import { createSecret, replaceSecret } from '../deployed/store-secret.ts';
import type { Session } from '../session.ts';

/**
 * Asks Procurios for a token with these credentials.
 *
 * @throws {SyncError} As a token request does.
 */
export async function checkCredentials({ tokenUrl, auth }: Config, credentials: Credentials): Promise<void> {
  const { scopes } = auth;
  await createTokenSource({ tokenUrl, scopes, readCredentials: async () => credentials }).get();
}

/**
 * Stores the client's id and secret in the secret that the config names.
 *
 * The stack creates the secret of the environment's own name. This function does not, because CloudFormation adopts no
 * secret, so the stack could then not be deployed. A secret of another name belongs to the operator, and is created.
 *
 * @throws {CommandError} `NOT_DEPLOYED`. @throws {SyncError} `STORE_UNAVAILABLE`.
 */
export async function storeCredentials(
  { config, secretsManager }: Session,
  credentials: Credentials,
): Promise<'replaced' | 'created'> {
  const { secretName, environment } = config;
  const replaced = await replaceSecret(secretsManager, secretName, credentials);
  if (replaced !== undefined) return replaced;
  if (secretName !== clientSecretName(environment)) {
    return await createSecret(secretsManager, secretName, credentials);
  }
  throw new CommandError(
    'NOT_DEPLOYED',
    `there is no secret ${secretName} in this account and region; the stack creates it, so deploy first, then configure`,
  );
}
