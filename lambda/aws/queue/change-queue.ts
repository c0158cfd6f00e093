import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Clock } from '../../core/clock.ts';
import { nameOf, translate } from '../aws-errors.ts';
import { type OutgoingChange, type SentChanges, sendChanges } from './send-changes.ts';

export type { OutgoingChange, SentChanges };

/** Numbers of messages, approximately. */
export interface QueueCounts {
  /** Ready to be delivered, or behind another message of their group. */
  readonly visible: number;
  /** In flight, or hidden until their pause is over. */
  readonly hidden: number;
}

/** The queue that carries changes. Every call throws {@link SyncError} `STORE_MISSING` or `STORE_UNAVAILABLE`. */
export interface ChangeQueue {
  /** Checks that the queue exists. After that a failure is one of sending, which leaves open what SQS took. */
  find(): Promise<void>;
  /**
   * Puts changes on the queue. Those of a group stay in order: if SQS does not take one, the later ones of its group are not
   * sent.
   *
   * If it throws, some of the changes may be on the queue. All may be sent again, because the push sends a change once.
   */
  send(changes: readonly OutgoingChange[]): Promise<SentChanges>;
  /** Hides a received message for that long, rounded up to seconds. A no-op if the message is no longer in flight. */
  hide(receiptHandle: string, ms: number): Promise<void>;
  /** Counts the messages, as precisely as SQS does. */
  count(): Promise<QueueCounts>;
}

export type ChangeQueueOptions = {
  readonly client: SQSClient;
  readonly clock: Clock;
} & (
  | { readonly queueUrl: string }
  /** SQS is asked for the queue's URL once. */
  | { readonly queueName: string }
);

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html */
const LONGEST_HIDING_SECONDS = 12 * 60 * 60;

export function createChangeQueue(options: ChangeQueueOptions): ChangeQueue {
  const { client, clock } = options;
  const name = 'queueName' in options ? options.queueName : options.queueUrl.replace(/^.*\//, '');
  let url = 'queueUrl' in options ? options.queueUrl : undefined;
  const call = async <Result>(does: (queueUrl: string) => Promise<Result>): Promise<Result> => {
    try {
      url ??= await findQueue(client, name);
      return await does(url);
    } catch (error) {
      throw translate(error, `queue ${name}`);
    }
  };
  return {
    find: () => call(async () => {}),
    send: (changes) => call((queueUrl) => sendChanges(client, queueUrl, changes, clock)),
    hide: (receiptHandle, ms) => call((queueUrl) => hideMessage(client, queueUrl, receiptHandle, ms)),
    count: () => call((queueUrl) => countMessages(client, queueUrl)),
  };
}

async function findQueue(client: SQSClient, QueueName: string): Promise<string> {
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName }));
  return QueueUrl as string;
}

async function hideMessage(
  client: SQSClient,
  QueueUrl: string,
  ReceiptHandle: string,
  ms: number,
): Promise<void> {
  const VisibilityTimeout = Math.min(LONGEST_HIDING_SECONDS, Math.ceil(ms / 1000));
  try {
    await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
  } catch (error) {
    if (nameOf(error) !== 'MessageNotInflight') throw error;
  }
}

async function countMessages(client: SQSClient, QueueUrl: string): Promise<QueueCounts> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages),
    hidden: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
  };
}
