import type { DynamoDBClient, SecretsManagerClient } from '../aws/clients.ts';
import { readClientSecret } from '../aws/secrets/client-secret.ts';
import { createUserSecret } from '../aws/secrets/user-secret.ts';
import { createStateTable } from '../aws/state/state-table.ts';
import { createTokenLease } from '../aws/state/token-lease.ts';
import type { Access } from '../core/deletes/sight.ts';
import type { Credentials } from '../core/token/credentials.ts';
import type { TokenLease } from '../core/token/token-lease.ts';
import type { UserTokenStore } from '../core/token/user-token.ts';
import { deployedLoginCommand } from '../deployment/alarms.ts';
import type { Config } from '../deployment/config.ts';
import { stateTableName, userSecretName } from '../deployment/names.ts';
import type { RetryListener } from '../procurios/http/retry.ts';
import { createTokenSource, type NamingTokenSource } from '../procurios/token/client-token.ts';
import { createUserTokenSource } from '../procurios/token/user-token.ts';
import { systemClock } from '../runtime/clock.ts';

/** What a token source is built from. */
export interface TokenSourceParts {
  readonly dynamoDb: DynamoDBClient;
  readonly secretsManager: SecretsManagerClient;
  /** @default - From the secret that the config names. */
  readonly readCredentials?: () => Promise<Credentials>;
  /** @default - The secret `procurios-sync/<environment>/user`. */
  readonly userTokens?: UserTokenStore;
  /** The command that logs a user in, for messages. @default - The one for a deployed environment. */
  readonly loginCommand?: string;
}

/**
 * Opens the source of an environment's tokens, for the grant that its config names.
 *
 * Rights: `secretsmanager:GetSecretValue` on the client's secret; for the authorization code grant also those of
 * `createUserSecret` and `createTokenLease`.
 */
export function openTokenSource(
  config: Config,
  parts: TokenSourceParts,
  onRetry?: RetryListener,
): NamingTokenSource {
  const { tokenUrl, auth, secretName, environment } = config;
  const { dynamoDb, secretsManager } = parts;
  const readCredentials = parts.readCredentials ?? (() => readClientSecret(secretsManager, secretName));
  if (auth.grant === 'clientCredentials') {
    return createTokenSource({ tokenUrl, scopes: auth.scopes, readCredentials, onRetry });
  }
  return createUserTokenSource({
    tokenUrl,
    scopes: auth.scopes,
    store: parts.userTokens ?? createUserSecret(secretsManager, userSecretName(environment)),
    lease: openTokenLease(config, dynamoDb),
    readCredentials,
    clock: systemClock,
    onRetry,
    loginCommand: parts.loginCommand ?? deployedLoginCommand(environment),
  });
}

/** As whom, and from where, the pull reads; undefined if the source has served no token yet, or its client is not known. */
export async function accessOf(
  { host, auth }: Pick<Config, 'host' | 'auth'>,
  token: Pick<NamingTokenSource, 'grantee'>,
): Promise<Access | undefined> {
  const grantee = await token.grantee();
  return grantee && { host, grant: auth.grant, ...grantee };
}

/** Opens the lease under which the user's token is renewed or replaced. */
export function openTokenLease({ environment }: Config, dynamoDb: DynamoDBClient): TokenLease {
  return createTokenLease(createStateTable(dynamoDb, stateTableName(environment)), systemClock);
}
