import { type CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { nameOf, translate } from '../../lambda/aws/aws-errors.ts';

/** A queue, as SQS describes it. */
export interface Queue {
  /** Messages in the queue, hidden ones included. SQS counts approximately. */
  readonly messages: number;
  /** The name of the dead-letter queue; undefined if it has none. */
  readonly deadLetters?: string;
}

/**
 * Reads a queue, without its messages.
 *
 * @returns Undefined if there is no queue of that name.
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

/** How far back to look. SQS reports to CloudWatch every minute, and CloudWatch shows it some minutes later. */
const LOOKED_BACK_MS = 15 * 60 * 1000;

/**
 * Reads the age of a queue's oldest message from the latest report of SQS.
 *
 * @returns Seconds; undefined if SQS reported nothing lately, because the queue was not used for hours.
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

function timeOf({ Timestamp }: { readonly Timestamp?: Date | undefined }): number {
  return Timestamp?.getTime() ?? 0;
}
