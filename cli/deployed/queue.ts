import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { nameOf, translate } from '../../lambda/aws/translate.ts';

/** A queue, as SQS has it. */
export interface Queue {
  /** Messages that wait, hidden ones included; SQS counts approximately. */
  readonly messages: number;
  /** The dead-letter queue's name; absent: messages that fail again and again are not set aside. */
  readonly deadLetters?: string;
}

/**
 * @returns Undefined: there is none of that name.
 * @throws {SyncError} `STORE_UNAVAILABLE`.
 */
export async function readQueue(client: SQSClient, name: string): Promise<Queue | undefined> {
  try {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    const visible = Number(Attributes.ApproximateNumberOfMessages ?? 0);
    const hidden = Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0);
    const deadLetters = /"deadLetterTargetArn" *: *"[^"]*:([^:"]+)"/.exec(
      Attributes.RedrivePolicy ?? '',
    )?.[1];
    return { messages: visible + hidden, ...(deadLetters !== undefined && { deadLetters }) };
  } catch (error) {
    if (/QueueDoesNotExist|NonExistentQueue/.test(nameOf(error))) return undefined;
    throw translate(error, `queue ${name}`);
  }
}
