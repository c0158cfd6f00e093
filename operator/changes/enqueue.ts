import { randomUUID } from 'node:crypto';
import type { ChangeQueue, OutgoingChange } from '../../lambda/aws/queue/change-queue.ts';
import type { FiledChange } from './change-file.ts';
import type { QueuedChange } from './queued-change.ts';

/** The result of queueing changes. */
export interface Enqueued {
  /** The changes that are on the queue, in the order of the file. */
  readonly queued: readonly (FiledChange & QueuedChange)[];
  /** Why SQS refused the first change that is not queued; absent if all are queued, or the signal aborted. */
  readonly reason?: string;
  /** The error that ended the queueing. Each change of the batch in flight may be queued or not. */
  readonly failure?: { readonly error: unknown; readonly batch: readonly FiledChange[] };
}

export interface EnqueueOptions {
  /** Aborts when no further batch may be queued. */
  readonly signal: AbortSignal;
  /** Called after each batch with how many changes are queued by then. */
  readonly onProgress: (queued: number) => void;
}

/** Messages that SQS takes in one call. */
const BATCH = 10;

/** Queues the changes in their order. Stops at the first one that SQS refuses. */
export async function enqueue(
  changes: readonly FiledChange[],
  queue: Pick<ChangeQueue, 'send'>,
  { signal, onProgress }: EnqueueOptions,
): Promise<Enqueued> {
  const queued: (FiledChange & QueuedChange)[] = [];
  for (let from = 0; from < changes.length && !signal.aborted; from += BATCH) {
    const batch = changes.slice(from, from + BATCH);
    try {
      const { unqueued, messageIds } = await queue.send(batch.map(outgoing));
      queued.push(
        ...batch.flatMap((filed, index) => {
          const messageId = messageIds.get(index);
          return messageId === undefined ? [] : [{ ...filed, messageId }];
        }),
      );
      const [first] = unqueued;
      if (first !== undefined) return { queued, reason: first.reason };
    } catch (error) {
      return { queued, failure: { error, batch } };
    }
    onProgress(queued.length);
  }
  return { queued };
}

/**
 * The message for a change. Its deduplication id is new each time, so that SQS delivers it even if the same change was
 * queued minutes ago. The ledger then decides whether to send it, and has an outcome to wait for.
 */
function outgoing({ change, text }: FiledChange): OutgoingChange {
  return { text, group: change.subject, deduplicationId: randomUUID() };
}
