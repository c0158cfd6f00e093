import type { DynamoDBClient, SecretsManagerClient } from '../aws/clients.ts';
import { readClientSecret } from '../aws/secrets/client-secret.ts';
import { createUserSecret } from '../aws/secrets/user-secret.ts';
import { createStateTable } from '../aws/state/state-table.ts';
import { createTokenLease } from '../aws/state/token-lease.ts';
import type { Credentials } from '../core/token/credentials.ts';
import type { TokenLease } from '../core/token/token-lease.ts';
import type { UserTokenStore } from '../core/token/user-token.ts';
import { deployedLoginCommand } from '../deployment/alarms.ts';
import type { Config } from '../deployment/config.ts';
import { stateTableName, userSecretName } from '../deployment/names.ts';
import { createTokenSource, type TokenSource } from '../procurios/token/client-token.ts';
import { createUserTokenSource } from '../procurios/token/user-token.ts';
import { systemClock } from '../runtime/clock.ts';

export interface TokenSourceParts {
  readonly dynamoDb: DynamoDBClient;
  readonly secretsManager: SecretsManagerClient;
  /** @default - From the secret of the config. */
  readonly readCredentials?: () => Promise<Credentials>;
  /** @default - The secret `procurios-sync/<environment>/user`. */
  readonly userTokens?: UserTokenStore;
  /** What logs a user in, for messages. @default - The command, and whose config it needs. */
  readonly loginCommand?: string;
}

/**
 * Where the tokens of an environment come from, by the grant that its config names.
 *
 * Rights: `secretsmanager:GetSecretValue` on the client's secret; for the authorization code grant also what
 * `createUserSecret` and `createTokenLease` say.
 */
export function openTokenSource(config: Config, parts: TokenSourceParts): TokenSource {
  const { tokenUrl, auth, secretName, environment } = config;
  const { dynamoDb, secretsManager } = parts;
  const readCredentials = parts.readCredentials ?? (() => readClientSecret(secretsManager, secretName));
  if (auth.grant === 'clientCredentials') {
    return createTokenSource({ tokenUrl, scopes: auth.scopes, readCredentials });
  }
  return createUserTokenSource({
    tokenUrl,
    scopes: auth.scopes,
    store: parts.userTokens ?? createUserSecret(secretsManager, userSecretName(environment)),
    lease: openTokenLease(config, dynamoDb),
    readCredentials,
    clock: systemClock,
    loginCommand: parts.loginCommand ?? deployedLoginCommand(environment),
  });
}

/** The right to renew or replace the user's token. */
export function openTokenLease({ environment }: Config, dynamoDb: DynamoDBClient): TokenLease {
  return createTokenLease(createStateTable(dynamoDb, stateTableName(environment)), systemClock);
}
