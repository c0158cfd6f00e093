import type { ChangeQueue } from '../../lambda/aws/queue/change-queue.ts';
import type { Ledger } from '../../lambda/aws/state/ledger.ts';
import type { EventSource } from '../../local/endpoints/event-source.ts';
import type { Session } from '../session.ts';
import type { SendingListeners } from './embedded-push.ts';

/** The ledger and the queue of an environment, for sending changes. */
export interface ChangeAccess extends AsyncDisposable {
  readonly ledger: Ledger;
  readonly queue: ChangeQueue;
  /** Sends what is on the embedded queue, in this process; undefined if a function in AWS sends. */
  readonly embedded: EventSource | undefined;
}

/**
 * Opens the ledger and the queue. With `--embedded`, this process begins to send what is on the queue, including what an
 * earlier command left there.
 *
 * @param stop - Aborts when this process must not begin another attempt. An attempt in flight is still completed.
 */
export async function openChanges(
  session: Session,
  stop: AbortSignal,
  listeners: SendingListeners,
): Promise<ChangeAccess> {
  const ledger = session.ledger();
  const queue = session.queue();
  if (!session.isAlone) return { ledger, queue, embedded: undefined, async [Symbol.asyncDispose]() {} };
  // Loaded only here, because a command that works in AWS does not send changes itself.
  const { startEmbeddedPush } = await import('./embedded-push.ts');
  const embedded = await startEmbeddedPush(session, stop, listeners);
  return { ledger, queue, embedded, [Symbol.asyncDispose]: () => embedded.close() };
}
