import { createChangeQueue } from './aws/change-queue.ts';
import { createDynamoDb, createSecretsManager, createSqs } from './aws/clients.ts';
import { readClientSecret } from './aws/secret.ts';
import { readBundledConfig } from './config/bundled-config.ts';
import { PUSH_CONCURRENCY } from './config/deployment.ts';
import { changeQueueName } from './config/names.ts';
import { createTokenSource } from './procurios/token.ts';
import { createPush } from './run-push.ts';
import { systemClock } from './runtime/clock.ts';
import { createLog } from './runtime/log.ts';

const config = readBundledConfig(import.meta.url, process.env.PROCURIOS_HOST);
const secretsManager = createSecretsManager();

/**
 * Sends the changes of a batch. What it holds on to serves beyond one invocation: the token until it expires, and a schema
 * until Procurios refuses a change.
 */
export const handler = createPush({
  config,
  dynamoDb: createDynamoDb(),
  queue: createChangeQueue({
    client: createSqs(),
    queueName: changeQueueName(config.environment),
    clock: systemClock,
  }),
  token: createTokenSource({
    tokenUrl: config.tokenUrl,
    scopes: config.auth.scopes,
    readCredentials: () => readClientSecret(secretsManager, config.secretName),
  }),
  concurrency: PUSH_CONCURRENCY,
  log: createLog(),
});
