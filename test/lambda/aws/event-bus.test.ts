import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { describe, expect, test } from '@jest/globals';
import { putEvent } from '../../../lambda/aws/event-bus.ts';
import { startEmbeddedEventBridge } from '../../../local/endpoints/embedded-event-bridge.ts';
import { EMBEDDED_CREDENTIALS } from '../../../local/endpoints/guard.ts';
import { closeAfterTest } from '../../support/embedded-aws.ts';

describe('putEvent()', () => {
  async function openBus() {
    const eventBridge = closeAfterTest(await startEmbeddedEventBridge());
    const client = new EventBridgeClient({
      endpoint: eventBridge.url,
      region: 'eu-west-1',
      credentials: EMBEDDED_CREDENTIALS,
    });
    return { bus: eventBridge.bus, client };
  }

  test('putEvent() puts an event with its detail on the bus', async () => {
    const { bus, client } = await openBus();
    const events: unknown[] = [];
    bus.subscribe((event) => events.push(event));

    await putEvent(client, { source: 'procurios-sync', detailType: 'Something', detail: { runId: 'r' } });

    expect(events).toMatchObject([
      { source: 'procurios-sync', 'detail-type': 'Something', detail: { runId: 'r' } },
    ]);
  });

  test('putEvent() fails if the bus refuses the event, although the call succeeds', async () => {
    const { client } = await openBus();

    const refused = putEvent(client, { source: 'aws.lambda', detailType: 'Something', detail: {} });

    await expect(refused).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('NotAuthorizedForSource'),
    });
  });
});
