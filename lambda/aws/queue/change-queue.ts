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

export interface QueueCounts {
  /** Ready to be delivered, or behind another one of their group. */
  readonly visible: number;
  /** Delivered and not done with, or hidden until their time comes. */
  readonly hidden: number;
}

/** The queue that carries changes. Every call throws {@link SyncError} `STORE_MISSING` or `STORE_UNAVAILABLE`. */
export interface ChangeQueue {
  /** Makes sure that it is there; a failure from here on is one of sending, and leaves open what was taken. */
  find(): Promise<void>;
  /**
   * Puts changes on the queue, those of a group in the order given: once one of a group is not taken, its later ones
   * are not sent.
   *
   * When it throws, some may be queued; sending all of them again does no harm: the ledger knows a change by its id.
   */
  send(changes: readonly OutgoingChange[]): Promise<SentChanges>;
  /** Hides a received message for that long, rounded up to seconds; one that is no longer ours is left alone. */
  hide(receiptHandle: string, ms: number): Promise<void>;
  /** How many messages there are, approximately, as SQS has it. */
  count(): Promise<QueueCounts>;
}

export type ChangeQueueOptions = {
  readonly client: SQSClient;
  readonly clock: Clock;
} & (
  | { readonly queueUrl: string }
  /** Its URL is asked for once. */
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
