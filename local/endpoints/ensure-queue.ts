import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** Attributes that the embedded queue never changes: the first is fixed, and its deliveries do not depend on the others. */
const FIXED: ReadonlySet<string> = new Set(['FifoQueue', 'DeduplicationScope', 'FifoThroughputLimit']);

/**
 * Creates a queue, or gives a queue of that name these attributes, as CloudFormation does. An earlier version may have left it
 * in the data folder with others.
 *
 * @returns The queue's URL.
 */
export async function ensureQueue(
  client: SQSClient,
  QueueName: string,
  Attributes: Readonly<Record<string, string>>,
): Promise<string> {
  const found = await findQueue(client, QueueName);
  if (found === undefined) {
    const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
    return QueueUrl as string;
  }
  const settable = Object.fromEntries(Object.entries(Attributes).filter(([name]) => !FIXED.has(name)));
  await client.send(new SetQueueAttributesCommand({ QueueUrl: found, Attributes: settable }));
  return found;
}

async function findQueue(client: SQSClient, QueueName: string): Promise<string | undefined> {
  try {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName }));
    return QueueUrl;
  } catch (error) {
    if (!(error instanceof QueueDoesNotExist)) throw error;
    return undefined;
  }
}
