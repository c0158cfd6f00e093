import { createEventBridge } from '../../lambda/aws/clients.ts';
import { putEvent } from '../../lambda/aws/event-bus.ts';
import type { Json } from '../../lambda/core/json.ts';
import type { Change } from '../../lambda/core/push/change.ts';
import { EVENTS } from '../../lambda/deployment/names.ts';

/**
 * Puts a change on the event bus, from which the enqueue function takes it to the queue.
 *
 * @param source - The name of the program that puts the event.
 * @throws {SyncError} `STORE_UNAVAILABLE`.
 */
export async function putChangeEvent(
  source: string,
  environment: string,
  change: Change & { readonly body: Json },
): Promise<void> {
  const eventBridge = createEventBridge();
  try {
    await putEvent(eventBridge, { ...EVENTS.change, source, detail: { environment, ...change } });
  } finally {
    eventBridge.destroy();
  }
}
