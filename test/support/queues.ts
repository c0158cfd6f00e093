import {
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll } from '@jest/globals';
import { type EmbeddedSqs, startEmbeddedSqs } from '../../local/endpoints/embedded-sqs.ts';
import { createQueues } from '../../local/endpoints/queues.ts';
import { sqsOf } from './embedded-aws.ts';

let shared: Promise<EmbeddedSqs> | undefined;
let opened = 0;
const clients: SQSClient[] = [];
afterAll(async () => {
  for (const client of clients) client.destroy();
  await (await shared)?.close();
});

/** New queues for a test, on an embedded SQS that the tests of a file share. */
export async function openQueues() {
  shared ??= startEmbeddedSqs();
  opened += 1;
  return await openQueuesOf(await shared, `acme-${opened}`);
}

/** The queues of an environment, created where they are missing. */
export async function openQueuesOf(sqs: EmbeddedSqs, environment = 'acme') {
  const client = sqsOf(sqs.url);
  clients.push(client);
  const urls = await createQueues(client, { environment });
  return { sqs, client, urls, environment };
}

/** Puts messages on a queue in that order; the group is what stands before the first digit: `a1` is one of `a`. */
export async function queueMessages(client: SQSClient, QueueUrl: string, bodies: readonly string[]) {
  for (let start = 0; start < bodies.length; start += 10) {
    const Entries = bodies.slice(start, start + 10).map((body, index) => ({
      Id: String(index),
      MessageBody: body,
      MessageGroupId: body.replace(/\d.*/, ''),
      MessageDeduplicationId: body,
    }));
    await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
}

/** Receives what is visible now, up to ten messages. */
export async function receive(
  client: SQSClient,
  QueueUrl: string,
  VisibilityTimeout?: number,
): Promise<Message[]> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['All'],
      VisibilityTimeout,
    }),
  );
  return Messages;
}

export function bodiesOf(messages: readonly Message[]): (string | undefined)[] {
  return messages.map(({ Body }) => Body);
}

/** How many messages can be received, and how many are in flight or hidden. */
export async function countsOf(client: SQSClient, QueueUrl: string) {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  return {
    visible: Number(Attributes?.ApproximateNumberOfMessages),
    hidden: Number(Attributes?.ApproximateNumberOfMessagesNotVisible),
  };
}
