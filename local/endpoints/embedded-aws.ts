import { join } from 'node:path';
import { DataFolderBroken, lockDataFolder } from './data-folder-lock.ts';
import { startEmbeddedDynamoDb } from './embedded-dynamodb.ts';
import { type EventBus, startEmbeddedEventBridge } from './embedded-event-bridge.ts';
import { startEmbeddedSecretsManager } from './embedded-secrets-manager.ts';
import { startEmbeddedSqs } from './embedded-sqs.ts';
import { EMBEDDED_CREDENTIALS } from './guard.ts';
import type { EmbeddedSecrets } from './secret-store.ts';

/** Running endpoints of the AWS services that procurios-sync uses, in this process and on loopback only. */
export interface EmbeddedAws {
  /** Environment variables that point the AWS SDK to these endpoints instead of the user's account. */
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: EmbeddedSecrets;
  /** The default event bus. */
  readonly events: EventBus;
  /** Stops the endpoints without waiting for idle connections, and releases the data folder. A second call is a no-op. */
  close(): Promise<void>;
}

interface EmbeddedAwsOptions {
  /**
   * Folder that keeps tables and queues for the next start. Secrets are never written to disk.
   *
   * @default - In memory, lost on close.
   */
  readonly dataFolder?: string;
  /**
   * Called if the tables can no longer be written, for example because the disk is full. No later request is answered.
   *
   * @default - Throws the error, which ends the process.
   */
  readonly onFailure?: (error: unknown) => void;
}

/**
 * Starts DynamoDB, SQS, Secrets Manager and EventBridge endpoints on free ports of 127.0.0.1. If one does not start, none stays.
 *
 * @throws {DataFolderInUse} If the data folder is already open, in this process or in another.
 * @throws {DataFolderBroken} If the data folder cannot be used.
 */
export async function startEmbeddedAws(options: EmbeddedAwsOptions = {}): Promise<EmbeddedAws> {
  const { dataFolder, onFailure = rethrow } = options;
  const release = dataFolder === undefined ? undefined : await lockDataFolder(dataFolder);
  const broken = (cause: unknown): unknown =>
    dataFolder === undefined ? cause : new DataFolderBroken(dataFolder, { cause });
  const starts = [
    startEmbeddedDynamoDb(dataFolder && join(dataFolder, 'dynamodb'), (error) => onFailure(broken(error))),
    startEmbeddedSqs(dataFolder && join(dataFolder, 'sqs')),
    startEmbeddedSecretsManager(),
    startEmbeddedEventBridge(),
  ] as const;
  async function close(): Promise<void> {
    const started = (await Promise.allSettled(starts)).filter((each) => each.status === 'fulfilled');
    await Promise.all(started.map(({ value }) => value.close()));
    await release?.();
  }
  try {
    const [dynamoDb, sqs, secretsManager, eventBridge] = await Promise.all(starts);
    let closed: Promise<void> | undefined;
    return {
      environment: environmentOf({ dynamoDb, sqs, secretsManager, eventBridge }),
      secrets: secretsManager.secrets,
      events: eventBridge.bus,
      close: () => (closed ??= close()),
    };
  } catch (error) {
    await close();
    throw broken(error);
  }
}

type Urls = Readonly<Record<'dynamoDb' | 'sqs' | 'secretsManager' | 'eventBridge', { readonly url: string }>>;

function environmentOf({ dynamoDb, sqs, secretsManager, eventBridge }: Urls): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url,
    AWS_ENDPOINT_URL_EVENTBRIDGE: eventBridge.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
    AWS_ENDPOINT_URL_SQS: sqs.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: EMBEDDED_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: EMBEDDED_CREDENTIALS.secretAccessKey,
    // The user's own values of these would take precedence over the credentials and endpoints above.
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
    AWS_PROFILE: '',
    AWS_SESSION_TOKEN: '',
  };
}

function rethrow(error: unknown): never {
  throw error;
}
