import { join } from 'node:path';
import { loadConfig } from '../config/load-config.ts';
import {
  createDynamoDb,
  createLambda,
  createSecretsManager,
  createSqs,
  type DynamoDBClient,
  type SecretsManagerClient,
  type SQSClient,
} from '../lambda/aws/clients.ts';
import { readExecutionState } from '../lambda/aws/executions.ts';
import { readClientSecret } from '../lambda/aws/secrets/client-secret.ts';
import { createUserSecret } from '../lambda/aws/secrets/user-secret.ts';
import { SyncError } from '../lambda/core/errors.ts';
import type { OwnerState } from '../lambda/core/pull/lease.ts';
import type { Stream } from '../lambda/core/pull/stream.ts';
import type { Credentials } from '../lambda/core/token/credentials.ts';
import type { TokenLease } from '../lambda/core/token/token-lease.ts';
import type { UserTokenStore } from '../lambda/core/token/user-token.ts';
import type { Config } from '../lambda/deployment/config.ts';
import { userSecretName } from '../lambda/deployment/names.ts';
import { type Client, createClient } from '../lambda/procurios/http/client.ts';
import { openTokenLease, openTokenSource } from '../lambda/wiring/token-source.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../local/endpoints/embedded-aws.ts';
import { createTables } from '../local/endpoints/tables.ts';
import { SIMULATOR_CREDENTIALS } from '../local/simulator/tokens.ts';
import { CommandError } from './command-error.ts';
import { suggestionFor } from './nearest.ts';
import { type CommonOptions, flagsOf } from './options.ts';
import { proxyFrom } from './proxy.ts';
import { createUserTokenFile } from './user-token-file.ts';

/** Where `--embedded` keeps its tables, relative to the working directory. */
export const DATA_FOLDER = '.procurios-sync';

/** A command's access to AWS, or to what stands in for it. */
export interface Session extends AsyncDisposable {
  readonly dynamoDb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly secretsManager: SecretsManagerClient;
  /** Nobody else can reach the tables: this process holds the data folder. */
  readonly isAlone: boolean;
  /** Asks Lambda whether an execution that holds the lease is at work. */
  readOwnerState(executionArn: string): Promise<OwnerState>;
  /** Reads the client's id and secret from the secret of the config. */
  readCredentials(): Promise<Credentials>;
  /** The token of the user who logged in. */
  readonly userTokens: UserTokenStore;
  /** The right to replace it. */
  readonly tokenLease: TokenLease;
  /** What logs a user in, with the flags that lead to the same environment. */
  readonly loginCommand: string;
}

export async function readConfig({ config }: CommonOptions): Promise<Config> {
  return await loadConfig(config, process.env);
}

/** @throws {CommandError} `USAGE`: the config has no stream of that name. */
export function findStream(config: Config, name: string): Stream {
  const stream = config.streams.find((known) => known.name === name);
  if (stream !== undefined) return stream;
  const names = config.streams.map((each) => each.name);
  throw new CommandError(
    'USAGE',
    `there is no stream called ${name}${suggestionFor(name, names)}; the config has ${names.join(', ')}`,
  );
}

/**
 * Opens AWS by the SDK's own environment, or with `--embedded` the endpoints in this process, where missing tables
 * are created.
 *
 * @throws {DataFolderInUse} When another process has the embedded tables open.
 */
export async function openSession(config: Config, options: CommonOptions): Promise<Session> {
  return await open(config, options, createTables);
}

/** As {@link openSession}, but creates no tables. */
export async function openSessionAsItIs(config: Config, options: CommonOptions): Promise<Session> {
  return await open(config, options, async () => {});
}

type PrepareTables = typeof createTables;

async function open(config: Config, options: CommonOptions, prepare: PrepareTables): Promise<Session> {
  return options.embedded
    ? await openEmbedded(config, options, prepare)
    : openAws(config, options, async () => {});
}

/** A session of the endpoints in this process. */
export type EmbeddedSession = Session & { readonly aws: EmbeddedAws };

/** Opens the endpoints in this process, with the tables that `prepare` puts there. */
export async function openEmbedded(
  config: Config,
  options: CommonOptions,
  prepare: PrepareTables,
): Promise<EmbeddedSession> {
  const aws = await startEmbeddedAws({ dataFolder: DATA_FOLDER });
  try {
    Object.assign(process.env, aws.environment);
    const credentials = credentialsFor(config);
    if (credentials !== undefined) aws.secrets.put(config.secretName, JSON.stringify(credentials));
    const session = openAws(config, options, () => aws.close());
    await prepare(session.dynamoDb, config);
    return { ...session, aws };
  } catch (error) {
    await aws.close();
    throw error;
  }
}

function openAws(config: Config, options: CommonOptions, close: () => Promise<void>): Session {
  const isAlone = options.embedded ?? false;
  const proxy = proxyFrom(process.env);
  const dynamoDb = createDynamoDb(proxy);
  const sqs = createSqs(proxy);
  const secretsManager = createSecretsManager(proxy);
  return {
    dynamoDb,
    sqs,
    secretsManager,
    isAlone,
    async readOwnerState(arn) {
      const lambda = createLambda(proxy);
      try {
        return await readExecutionState(lambda, arn);
      } finally {
        lambda.destroy();
      }
    },
    async readCredentials() {
      if (isAlone && credentialsFor(config) === undefined) {
        throw new SyncError(
          'SECRET_INVALID',
          'no credentials: set PROCURIOS_CLIENT_ID and PROCURIOS_CLIENT_SECRET in the environment',
        );
      }
      return await readClientSecret(secretsManager, config.secretName);
    },
    userTokens: isAlone
      ? createUserTokenFile(join(DATA_FOLDER, `user-${config.environment}.json`))
      : createUserSecret(secretsManager, userSecretName(config.environment)),
    tokenLease: openTokenLease(config, dynamoDb),
    loginCommand: `npx procurios-sync login${flagsOf(options)}`,
    async [Symbol.asyncDispose]() {
      dynamoDb.destroy();
      sqs.destroy();
      secretsManager.destroy();
      await close();
    },
  };
}

/** Undefined: not both of them are set. */
export function credentialsInEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
): Credentials | undefined {
  const { PROCURIOS_CLIENT_ID: clientId, PROCURIOS_CLIENT_SECRET: clientSecret } = variables;
  return clientId && clientSecret ? { clientId, clientSecret } : undefined;
}

/** With `--embedded` the credentials come from the environment; a loopback host is taken for the simulator. */
export function credentialsFor({ host }: Config): Credentials | undefined {
  const { hostname } = new URL(host);
  const given = credentialsInEnvironment(process.env);
  if (given !== undefined) return given;
  return hostname === '127.0.0.1' || hostname === '[::1]' ? SIMULATOR_CREDENTIALS : undefined;
}

/** The client of the configured Procurios environment. */
export function connect(config: Config, session: Session): Client {
  const { host, acceptLanguage, requestsPerSecond } = config;
  const token = openTokenSource(config, session);
  return createClient({ host, acceptLanguage, token, requestsPerSecond: requestsPerSecond.pull });
}
