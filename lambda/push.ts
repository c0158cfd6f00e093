import { createChangeQueue } from './aws/change-queue.ts';
import { createDynamoDb, createSecretsManager, createSqs } from './aws/clients.ts';
import { readClientSecret } from './aws/secret.ts';
import { readBundledConfig } from './config/bundled-config.ts';
import { changeQueueName } from './config/names.ts';
import { createTokenSource } from './procurios/token.ts';
import { createPush, PUSH_CONCURRENCY } from './run-push.ts';
import { systemClock } from './runtime/clock.ts';
import { createLog } from './runtime/log.ts';

/** A batch of the queue, as far as it is needed here. */
interface QueueEvent {
  readonly Records: readonly {
    readonly messageId: string;
    readonly receiptHandle: string;
    readonly body: string;
    readonly attributes: { readonly MessageGroupId?: string };
  }[];
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting */
interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

const config = readBundledConfig(import.meta.url, process.env.PROCURIOS_HOST);
const secretsManager = createSecretsManager();
const queue = createChangeQueue({
  client: createSqs(),
  queueName: changeQueueName(config.environment),
  clock: systemClock,
});
const receipts = new Map<string, string>();

// Beyond one invocation: the token serves until it expires, and a schema until Procurios refuses a change.
const push = createPush({
  config,
  dynamoDb: createDynamoDb(),
  token: createTokenSource({
    tokenUrl: config.tokenUrl,
    scopes: config.auth.scopes,
    readCredentials: () => readClientSecret(secretsManager, config.secretName),
  }),
  concurrency: PUSH_CONCURRENCY,
  hide: ({ messageId }, ms) => queue.hide(receipts.get(messageId) ?? '', ms),
  log: createLog(),
});

/** Sends the changes of a batch and tells which messages stay in the queue; what became of the others is in the ledger. */
export async function handler({ Records }: QueueEvent): Promise<BatchResponse> {
  receipts.clear();
  for (const { messageId, receiptHandle } of Records) receipts.set(messageId, receiptHandle);
  const handedBack = await push(
    Records.map(({ messageId, body, attributes }) => ({
      messageId,
      text: body,
      group: attributes.MessageGroupId ?? messageId,
    })),
  );
  return { batchItemFailures: handedBack.map((itemIdentifier) => ({ itemIdentifier })) };
}
