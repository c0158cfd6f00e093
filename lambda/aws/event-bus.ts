import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SyncError } from '../core/errors.ts';
import { translate } from './aws-errors.ts';

/**
 * Puts an event on the account's default bus.
 *
 * @param event - `detail`: at most 1 MB as JSON.
 * @throws {SyncError} `STORE_UNAVAILABLE`.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export async function putEvent(
  client: EventBridgeClient,
  event: { readonly source: string; readonly detailType: string; readonly detail: object },
): Promise<void> {
  const { source: Source, detailType: DetailType, detail } = event;
  const Entries = [{ Source, DetailType, Detail: JSON.stringify(detail) }];
  const { Entries: [entry] = [] } = await client
    .send(new PutEventsCommand({ Entries }))
    .catch((error: unknown) => {
      throw translate(error, 'event bus');
    });
  if (entry?.ErrorCode !== undefined) {
    throw new SyncError('STORE_UNAVAILABLE', `event bus: AWS answered ${entry.ErrorCode}`);
  }
}
