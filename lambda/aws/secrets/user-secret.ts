import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { SyncError } from '../../core/errors.ts';
import { NO_USER_TOKEN, parseUserToken, type UserTokenStore } from '../../core/token/user-token.ts';
import { nameOf, translate } from '../aws-errors.ts';

/**
 * The user's token in Secrets Manager. The stack creates the secret without a value.
 *
 * Reading the token needs `secretsmanager:GetSecretValue` on the secret, and renewing it `secretsmanager:PutSecretValue`.
 */
export function createUserSecret(client: SecretsManagerClient, name: string): UserTokenStore {
  const about = `secret ${name}`;
  const translated = (error: unknown): never => {
    throw translate(error, about);
  };
  const put = async (text: string): Promise<void> => {
    const command = new PutSecretValueCommand({ SecretId: name, SecretString: text });
    await client.send(command).catch(translated);
  };
  return {
    place: `the ${about}`,
    async prepare() {
      await client.send(new DescribeSecretCommand({ SecretId: name })).catch(translated);
    },
    async read() {
      try {
        const command = new GetSecretValueCommand({ SecretId: name, VersionStage: 'AWSCURRENT' });
        const { SecretString = '' } = await client.send(command);
        return parseUserToken(SecretString, about);
      } catch (error) {
        // AWS gives the same error for a secret that does not exist and for one without a value.
        if (nameOf(error) === 'ResourceNotFoundException') return undefined;
        throw error instanceof SyncError ? error : translate(error, about);
      }
    },
    save: (token) => put(JSON.stringify(token)),
    async clear() {
      // Twice, because the previous value stays readable as AWSPREVIOUS.
      await put(NO_USER_TOKEN);
      await put(NO_USER_TOKEN);
    },
  };
}
