import { join } from 'node:path';
import { lockDataFolder } from './data-folder-lock.ts';
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
}

/**
 * Starts DynamoDB, SQS, Secrets Manager and EventBridge endpoints on free ports of 127.0.0.1.
 *
 * @throws {DataFolderInUse} If the data folder is already open, in this process or in another.
 * @throws {DataFolderBroken} If the data folder cannot be opened.
 */
export async function startEmbeddedAws(options: EmbeddedAwsOptions = {}): Promise<EmbeddedAws> {
  const { dataFolder } = options;
  const release = dataFolder === undefined ? undefined : await lockDataFolder(dataFolder);
  const [dynamoDb, sqs, secretsManager, eventBridge] = await Promise.all([
    startEmbeddedDynamoDb(dataFolder && join(dataFolder, 'dynamodb')),
    startEmbeddedSqs(dataFolder && join(dataFolder, 'sqs')),
    startEmbeddedSecretsManager(),
    startEmbeddedEventBridge(),
  ]);
  async function close(): Promise<void> {
    await Promise.all([dynamoDb.close(), sqs.close(), secretsManager.close(), eventBridge.close()]);
    await release?.();
  }
  let closed: Promise<void> | undefined;
  return {
    environment: {
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
    },
    secrets: secretsManager.secrets,
    events: eventBridge.bus,
    close: () => (closed ??= close()),
  };
}
