import { createChangeQueue } from './aws/change-queue.ts';
import { createDynamoDb, createSecretsManager, createSqs } from './aws/clients.ts';
import { readBundledConfig } from './config/bundled-config.ts';
import { PUSH_CONCURRENCY } from './config/deployment.ts';
import { changeQueueName } from './config/names.ts';
import { createPush } from './run-push.ts';
import { systemClock } from './runtime/clock.ts';
import { createLog } from './runtime/log.ts';
import { openTokenSource } from './token-source.ts';

const config = readBundledConfig(import.meta.url, process.env.PROCURIOS_HOST);
const dynamoDb = createDynamoDb();

/**
 * Sends the changes of a batch. What it holds on to serves beyond one invocation: the token until it expires, and a schema
 * until Procurios refuses a change.
 */
export const handler = createPush({
  config,
  dynamoDb,
  queue: createChangeQueue({
    client: createSqs(),
    queueName: changeQueueName(config.environment),
    clock: systemClock,
  }),
  token: openTokenSource(config, { dynamoDb, secretsManager: createSecretsManager() }),
  concurrency: PUSH_CONCURRENCY,
  log: createLog(),
});
