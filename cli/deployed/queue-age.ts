import { type CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { translate } from '../../lambda/aws/translate.ts';

/** SQS tells CloudWatch its numbers every minute, and CloudWatch shows them some minutes later. */
const LOOKED_BACK_MS = 15 * 60 * 1000;

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

function timeOf({ Timestamp }: { readonly Timestamp?: Date | undefined }): number {
  return Timestamp?.getTime() ?? 0;
}
