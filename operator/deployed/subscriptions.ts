import { paginateListSubscriptionsByTopic, type SNSClient } from '@aws-sdk/client-sns';
import { translate } from '../../lambda/aws/aws-errors.ts';

/** How many readers the alarms have. */
export interface Subscriptions {
  readonly confirmed: number;
  /** Those that have not answered AWS's question yet, and get no alarm before they do. */
  readonly pending: number;
}

/**
 * Counts the subscriptions of the topic that the alarms are sent to.
 *
 * @throws {SyncError} `STORE_MISSING`, `STORE_UNAVAILABLE`.
 */
export async function countSubscriptions(client: SNSClient, topicArn: string): Promise<Subscriptions> {
  let [confirmed, pending] = [0, 0];
  try {
    for await (const page of paginateListSubscriptionsByTopic({ client }, { TopicArn: topicArn })) {
      for (const { SubscriptionArn = '' } of page.Subscriptions ?? []) {
        // In place of an ARN, AWS writes `PendingConfirmation`, or `Deleted` for a few days.
        if (SubscriptionArn.startsWith('arn:')) confirmed += 1;
        else if (SubscriptionArn === 'PendingConfirmation') pending += 1;
      }
    }
    return { confirmed, pending };
  } catch (error) {
    throw translate(error, 'the topic of the alarms');
  }
}
