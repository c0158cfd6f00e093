import type { ProxyEnv } from 'node:http';
import { join } from 'node:path';
import { translate } from '../lambda/aws/aws-errors.ts';
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
import { type ChangeQueue, createChangeQueue } from '../lambda/aws/queue/change-queue.ts';
import { readClientSecret } from '../lambda/aws/secrets/client-secret.ts';
import { createUserSecret } from '../lambda/aws/secrets/user-secret.ts';
import { createLedger, type Ledger } from '../lambda/aws/state/ledger.ts';
import { createStateTable, type StateTable } from '../lambda/aws/state/state-table.ts';
import { createTokenLease } from '../lambda/aws/state/token-lease.ts';
import { SyncError } from '../lambda/core/errors.ts';
import type { HolderState } from '../lambda/core/pull/lease.ts';
import type { Credentials } from '../lambda/core/token/credentials.ts';
import type { TokenLease } from '../lambda/core/token/token-lease.ts';
import type { UserTokenStore } from '../lambda/core/token/user-token.ts';
import type { Config } from '../lambda/deployment/config.ts';
import { changeQueueName, stateTableName, userSecretName } from '../lambda/deployment/names.ts';
import { systemClock } from '../lambda/runtime/clock.ts';
import type { EmbeddedAws } from '../local/endpoints/embedded-aws.ts';
import { embeddedCredentials } from './credentials.ts';
import { type CommonOptions, flagsOf } from './options.ts';
import { proxyFrom } from './proxy.ts';
import { createUserTokenFile } from './user-token-file.ts';

/** Where `--embedded` keeps its tables, relative to the working directory. */
export const DATA_FOLDER = '.procurios-sync';

/**
 * Access to one environment's stores, in AWS or embedded in this process. What requests to Procurios need is opened elsewhere,
 * so that commands which make none do not load it.
 *
 * Each part is opened when it is first asked for. Disposing of the session closes those that were opened.
 */
export interface Session extends AsyncDisposable {
  readonly config: Config;
  /** Whether this process alone can reach the stores, because it holds the data folder. True with `--embedded` only. */
  readonly isAlone: boolean;
  /** The command that logs a user in to the same environment, for messages. */
  readonly loginCommand: string;
  readonly dynamoDb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly secretsManager: SecretsManagerClient;
  /** Where the token of the user who logged in is kept. */
  readonly userTokens: UserTokenStore;
  /** The right to replace that token. */
  readonly tokenLease: TokenLease;
  /**
   * Reads the client's id and secret from the secret that the config names.
   *
   * @throws {SyncError} `SECRET_INVALID`, `STORE_UNAVAILABLE`.
   */
  readCredentials(): Promise<Credentials>;
  /** Asks Lambda whether an execution that holds the lease is running. */
  readHolderState(executionArn: string): Promise<HolderState>;
  state(): StateTable;
  ledger(): Ledger;
  /** The change queue. With `--embedded`, `openChanges` creates it if it is missing. */
  queue(): ChangeQueue;
}

/** A session of the endpoints in this process. */
export type EmbeddedSession = Session & { readonly aws: EmbeddedAws };

/**
 * Opens AWS as the SDK's own environment says, or with `--embedded` the endpoints in this process, where missing tables
 * are created.
 *
 * @throws {SyncError} `RUN_ACTIVE` if another process has the embedded tables open.
 * @throws {CommandError} `FILE_FAILED` if the data folder is damaged.
 */
export async function openSession(config: Config, options: CommonOptions): Promise<Session> {
  if (!options.embedded) return createSession(config, options);
  const { createTables } = await import('../local/endpoints/tables.ts');
  return await openEmbedded(config, options, createTables);
}

/** As {@link openSession}, but creates no tables. */
export async function openSessionAsItIs(config: Config, options: CommonOptions): Promise<Session> {
  return options.embedded ? await openEmbedded(config, options) : createSession(config, options);
}

/**
 * Opens the endpoints in this process.
 *
 * @param prepare - Called with the open tables before the session is returned.
 */
export async function openEmbedded(
  config: Config,
  options: CommonOptions,
  prepare: (dynamoDb: DynamoDBClient, config: Config) => Promise<void> = async () => {},
): Promise<EmbeddedSession> {
  // Loaded only here, because a command that works in AWS should not wait for the embedded services to load.
  const { startEndpoints } = await import('./embedded-endpoints.ts');
  const aws = await startEndpoints(DATA_FOLDER);
  try {
    Object.assign(process.env, aws.environment);
    const credentials = embeddedCredentials(config);
    if (credentials !== undefined) aws.secrets.put(config.secretName, JSON.stringify(credentials));
    const session = createSession(config, options, () => aws.close());
    await prepare(session.dynamoDb, config).catch((error: unknown) => {
      throw translate(error, 'the tables on this machine');
    });
    return Object.assign(session, { aws });
  } catch (error) {
    await aws.close();
    throw error;
  }
}

function createSession(config: Config, options: CommonOptions, close = async () => {}): Session {
  const { environment } = config;
  const isAlone = options.embedded ?? false;
  // The region of the deployment, whatever region the operator works in otherwise.
  if (!isAlone && config.region !== undefined) process.env.AWS_REGION = config.region;
  const clients = createClients();
  const state = once(() => createStateTable(clients.dynamoDb(), stateTableName(environment)));
  const userTokens = once(() => openUserTokens(environment, isAlone, clients.secretsManager));
  return {
    config,
    isAlone,
    loginCommand: `npx procurios-sync login${flagsOf(options)}`,
    get dynamoDb() {
      return clients.dynamoDb();
    },
    get sqs() {
      return clients.sqs();
    },
    get secretsManager() {
      return clients.secretsManager();
    },
    get userTokens() {
      return userTokens();
    },
    get tokenLease() {
      return createTokenLease(state(), systemClock);
    },
    readCredentials: () => readCredentials(config, isAlone, clients.secretsManager),
    readHolderState: (arn) => readExecutionState(clients.lambda(), arn),
    state,
    ledger: once(() => createLedger(state())),
    queue: once(() => {
      const queueName = changeQueueName(environment);
      return createChangeQueue({ client: clients.sqs(), queueName, clock: systemClock });
    }),
    async [Symbol.asyncDispose]() {
      clients.destroy();
      await close();
    },
  };
}

/** The clients of AWS, each made at the first call of its function. */
function createClients() {
  const proxy = proxyFrom(process.env);
  const opened: { destroy(): void }[] = [];
  const opening = <Client extends { destroy(): void }>(create: (proxy?: ProxyEnv) => Client) =>
    once(() => {
      const client = create(proxy);
      opened.push(client);
      return client;
    });
  return {
    dynamoDb: opening(createDynamoDb),
    lambda: opening(createLambda),
    secretsManager: opening(createSecretsManager),
    sqs: opening(createSqs),
    destroy() {
      for (const client of opened) client.destroy();
    },
  };
}

/** Calls a function at the first call only, and returns that result from then on. */
function once<Value>(open: () => Value): () => Value {
  let opened: { readonly value: Value } | undefined;
  return () => {
    opened ??= { value: open() };
    return opened.value;
  };
}

/** The embedded Secrets Manager keeps nothing between two commands, so with `--embedded` the token is kept in a file. */
function openUserTokens(
  environment: string,
  isAlone: boolean,
  secretsManager: () => SecretsManagerClient,
): UserTokenStore {
  return isAlone
    ? createUserTokenFile(join(DATA_FOLDER, `user-${environment}.json`))
    : createUserSecret(secretsManager(), userSecretName(environment));
}

async function readCredentials(
  config: Config,
  isAlone: boolean,
  secretsManager: () => SecretsManagerClient,
): Promise<Credentials> {
  if (isAlone && embeddedCredentials(config) === undefined) {
    throw new SyncError(
      'SECRET_INVALID',
      'no credentials: set PROCURIOS_CLIENT_ID and PROCURIOS_CLIENT_SECRET in the environment',
    );
  }
  return await readClientSecret(secretsManager(), config.secretName);
}
