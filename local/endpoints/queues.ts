import {
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Config } from '../../lambda/deployment/config.ts';
import { changeQueueName, deadLetterQueueName } from '../../lambda/deployment/names.ts';
import {
  LARGEST_DEAD_LETTER_BYTES,
  LARGEST_MESSAGE_BYTES,
  MESSAGE_RETENTION_DAYS,
  MOST_DELIVERIES,
  VISIBILITY_TIMEOUT_SECONDS,
} from '../../lambda/deployment/queues.ts';
import { allSettled } from '../all-settled.ts';
import { ensureQueue } from './ensure-queue.ts';

const DAY_SECONDS = 24 * 60 * 60;

/** URLs of a config's queues. */
export interface QueueUrls {
  readonly changes: string;
  readonly deadLetters: string;
}

/** Creates a config's queues, or updates them, with the attributes of the deployed queues. */
export async function createQueues(
  client: SQSClient,
  { environment }: Pick<Config, 'environment'>,
): Promise<QueueUrls> {
  const common = {
    FifoQueue: 'true',
    DeduplicationScope: 'messageGroup',
    FifoThroughputLimit: 'perMessageGroupId',
    MessageRetentionPeriod: String(MESSAGE_RETENTION_DAYS * DAY_SECONDS),
  };
  const deadLetters = await ensureQueue(client, deadLetterQueueName(environment), {
    ...common,
    MaximumMessageSize: String(LARGEST_DEAD_LETTER_BYTES),
  });
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLetters, AttributeNames: ['QueueArn'] }),
  );
  const redrive = { deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: MOST_DELIVERIES };
  const changes = await ensureQueue(client, changeQueueName(environment), {
    ...common,
    MaximumMessageSize: String(LARGEST_MESSAGE_BYTES),
    VisibilityTimeout: String(VISIBILITY_TIMEOUT_SECONDS),
    RedrivePolicy: JSON.stringify(redrive),
  });
  return { changes, deadLetters };
}

/** Deletes a config's queues and their messages. */
export async function deleteQueues(
  client: SQSClient,
  { environment }: Pick<Config, 'environment'>,
): Promise<void> {
  const names = [changeQueueName(environment), deadLetterQueueName(environment)];
  for (const QueueNamePrefix of names) {
    const { QueueUrls = [] } = await client.send(new ListQueuesCommand({ QueueNamePrefix }));
    await allSettled(QueueUrls.map((QueueUrl) => client.send(new DeleteQueueCommand({ QueueUrl }))));
  }
}
