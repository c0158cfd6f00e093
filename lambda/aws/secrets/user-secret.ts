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
 * Whoever serves the token needs `secretsmanager:GetSecretValue` on it, and `secretsmanager:PutSecretValue` to renew it.
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
        // The same for a secret that is absent and for one without a value.
        if (nameOf(error) === 'ResourceNotFoundException') return undefined;
        throw error instanceof SyncError ? error : translate(error, about);
      }
    },
    save: (token) => put(JSON.stringify(token)),
    async clear() {
      // Twice, since the last value but one stays readable as AWSPREVIOUS.
      await put(NO_USER_TOKEN);
      await put(NO_USER_TOKEN);
    },
  };
}
