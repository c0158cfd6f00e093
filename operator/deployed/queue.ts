import { type CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';

import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { nameOf, translate } from '../../lambda/aws/aws-errors.ts';

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

/** SQS tells CloudWatch its numbers every minute, and CloudWatch shows them some minutes later. */
export const LOOKED_BACK_MS = 15 * 60 * 1000;

/**
 * How old the oldest message of a queue was when SQS last told.
 *
 * @returns Seconds; undefined: SQS has told nothing lately, as for a queue that nobody has used for hours.
 * @throws {SyncError} `STORE_UNAVAILABLE`.
 */
export async function readOldestMessageAge(
  client: CloudWatchClient,
  queueName: string,
  nowMs: number,
): Promise<number | undefined> {
  try {
    const { Datapoints = [] } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateAgeOfOldestMessage',
        Dimensions: [{ Name: 'QueueName', Value: queueName }],
        StartTime: new Date(nowMs - LOOKED_BACK_MS),
        EndTime: new Date(nowMs),
        Period: 60,
        Statistics: ['Maximum'],
      }),
    );
    const latest = Datapoints.sort((one, other) => timeOf(other) - timeOf(one))[0];
    return latest?.Maximum;
  } catch (error) {
    throw translate(error, `age of the oldest message in ${queueName}`);
  }
}

export function timeOf({ Timestamp }: { readonly Timestamp?: Date | undefined }): number {
  return Timestamp?.getTime() ?? 0;
}
