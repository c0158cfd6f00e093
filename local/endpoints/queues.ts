import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Config } from '../../lambda/deployment/config.ts';
import { changeQueueName, deadLetterQueueName } from '../../lambda/deployment/names.ts';
import {
  MESSAGE_RETENTION_DAYS,
  MOST_DELIVERIES,
  VISIBILITY_TIMEOUT_SECONDS,
} from '../../lambda/deployment/queues.ts';

const DAY_SECONDS = 24 * 60 * 60;

/** URLs of a config's queues. */
export interface QueueUrls {
  readonly changes: string;
  readonly deadLetters: string;
}

/** Creates a config's queues if they are missing, with the attributes of the deployed queues. */
export async function createQueues(
  client: SQSClient,
  { environment }: Pick<Config, 'environment'>,
): Promise<QueueUrls> {
  const common = { FifoQueue: 'true', MessageRetentionPeriod: String(MESSAGE_RETENTION_DAYS * DAY_SECONDS) };
  const deadLetters = await createQueue(client, deadLetterQueueName(environment), common);
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLetters, AttributeNames: ['QueueArn'] }),
  );
  const redrive = { deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: MOST_DELIVERIES };
  const changes = await createQueue(client, changeQueueName(environment), {
    ...common,
    VisibilityTimeout: String(VISIBILITY_TIMEOUT_SECONDS),
    RedrivePolicy: JSON.stringify(redrive),
  });
  return { changes, deadLetters };
}

async function createQueue(
  client: SQSClient,
  QueueName: string,
  Attributes: Record<string, string>,
): Promise<string> {
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
  return QueueUrl as string;
}

/** Deletes a config's queues and their messages. */
export async function deleteQueues(
  client: SQSClient,
  { environment }: Pick<Config, 'environment'>,
): Promise<void> {
  const names = [changeQueueName(environment), deadLetterQueueName(environment)];
  for (const QueueNamePrefix of names) {
    const { QueueUrls = [] } = await client.send(new ListQueuesCommand({ QueueNamePrefix }));
    await Promise.all(QueueUrls.map((QueueUrl) => client.send(new DeleteQueueCommand({ QueueUrl }))));
  }
}
