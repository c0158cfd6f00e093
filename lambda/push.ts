import { createDynamoDb, createSecretsManager, createSqs } from './aws/clients.ts';
import { type ChangeQueue, createChangeQueue } from './aws/queue/change-queue.ts';
import { createStateTable } from './aws/state/state-table.ts';
import { LONGEST_ATTEMPT_MS } from './core/push/ledger-entry.ts';
import { readBundledConfig } from './deployment/bundled-config.ts';
import { changeQueueName, deadLetterQueueName, stateTableName } from './deployment/names.ts';
import { PUSH_CONCURRENCY, type WATCH_EVENT } from './deployment/queues.ts';
import { systemClock } from './runtime/clock.ts';
import { createLog } from './runtime/log.ts';
import { createMetrics } from './runtime/metrics.ts';
import { type BatchResponse, createPush, type QueueEvent } from './wiring/run-push.ts';
import { openTokenSource } from './wiring/token-source.ts';
import { watchLedger } from './wiring/watch-ledger.ts';

const config = readBundledConfig(import.meta.url, process.env.PROCURIOS_HOST);
const dynamoDb = createDynamoDb();
const sqs = createSqs();
const state = createStateTable(dynamoDb, stateTableName(config.environment));
const metrics = createMetrics(config.environment);

/** The time kept at the end of an invocation for handing back the messages that are left: a minute. */
const HANDING_BACK_MS = 60_000;

/** Made once, because its token and the schemas that it has read serve later invocations too. */
const push = createPush({
  config,
  dynamoDb,
  queue: openQueue(changeQueueName(config.environment)),
  deadLetters: openQueue(deadLetterQueueName(config.environment)),
  token: openTokenSource(config, { dynamoDb, secretsManager: createSecretsManager() }),
  concurrency: PUSH_CONCURRENCY,
  log: createLog(),
  metrics,
});

function openQueue(queueName: string): ChangeQueue {
  return createChangeQueue({ client: sqs, queueName, clock: systemClock });
}

/**
 * Sends the changes of a batch: as many as fit in this invocation. The others go back to the queue. Any other event is
 * {@link WATCH_EVENT}.
 */
export async function handler(
  event: QueueEvent | typeof WATCH_EVENT,
  context: { getRemainingTimeInMillis(): number },
): Promise<BatchResponse> {
  if ('watch' in event) {
    await watchLedger({ state, metrics, clock: systemClock });
    return { batchItemFailures: [] };
  }
  const ms = context.getRemainingTimeInMillis() - LONGEST_ATTEMPT_MS - HANDING_BACK_MS;
  return push(event, ms > 0 ? AbortSignal.timeout(ms) : AbortSignal.abort());
}
