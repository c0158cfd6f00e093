import { parseMessage } from './change.ts';
import { pauseMsAfter } from './decisions.ts';
import type { Message, PushPorts } from './ports.ts';
import { pushChange } from './push-change.ts';
import { newEntry } from './transitions.ts';

/** SQS hides a message for at most 12 hours, counted from its first receive. */
const LONGEST_HIDING_MS = 11 * 60 * 60 * 1000;

/**
 * Handles a batch of messages: groups concurrently, the messages of a group one after the other.
 *
 * If a message goes back to the queue, so do all later ones of its group, hidden equally long, so that SQS keeps their order.
 * The ledger has an entry for each change that goes back.
 *
 * @param stop - Aborts when no attempt may begin any more. The messages that are left then go back and are visible at once.
 * @returns The ids of the messages that go back.
 */
export async function pushBatch(
  messages: readonly Message[],
  ports: PushPorts,
  stop: AbortSignal,
): Promise<string[]> {
  const groups = Map.groupBy(messages, ({ group }) => group).values();
  const handedBack = await Promise.all([...groups].map((group) => pushGroup(group, ports, stop)));
  return handedBack.flat();
}

async function pushGroup(
  messages: readonly Message[],
  ports: PushPorts,
  stop: AbortSignal,
): Promise<string[]> {
  for (const [index, message] of messages.entries()) {
    const left = messages.slice(index);
    try {
      const againAtMs = stop.aborted ? 0 : await pushChange(message, ports, stop);
      if (againAtMs === undefined) continue;
      await handBack(left, againAtMs - ports.clock.now(), ports);
    } catch (error) {
      ports.onFailure(message, error);
      // This may fail for the same reason, which was reported above.
      await handBack(left, pauseMsAfter(message), ports).catch(() => {});
    }
    return left.map(({ messageId }) => messageId);
  }
  return [];
}

/** Hides messages that go back, and makes sure that the ledger has an entry for each. */
async function handBack(messages: readonly Message[], ms: number, ports: PushPorts): Promise<void> {
  const hidingMs = Math.min(LONGEST_HIDING_MS, Math.max(0, ms));
  const done = await Promise.allSettled(
    messages.flatMap((message) => [ports.hide(message, hidingMs), enterChange(message, ports)]),
  );
  for (const each of done) if (each.status === 'rejected') throw each.reason;
}

/** Enters a change in the ledger before its turn. A message that is not a change gets its entry in its turn. */
async function enterChange(message: Message, { ledger, operations }: PushPorts): Promise<void> {
  const parsed = parseMessage(message, operations);
  if ('problems' in parsed || (await ledger.read(parsed.change.changeId)) !== undefined) return;
  // If the write is refused, another function has entered the change.
  await ledger.write({ ...newEntry(parsed.change, message.sentMs), version: 1 });
}
