import type { BuildAppOptions } from 'fauxqs';

export type SqsStore = NonNullable<BuildAppOptions['stores']>['sqsStore'];
export type SqsQueue = ReturnType<SqsStore['createQueue']>;

/**
 * Brings fauxqs's FIFO queues closer to those of AWS: a batch holds as many messages of a group as there are, and
 * messages that come back take their old places again. Also makes a message visible at once without an error where
 * the queue is kept on disk.
 *
 * @param queue - The prototype of its queues.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
 */
export function deliverAsAws(queue: SqsQueue): void {
  const { dequeue, processTimers, changeVisibility } = queue;

  queue.dequeue = function (this: SqsQueue, most, ...rest) {
    return this.isFifo()
      ? receiveGroups(this, Math.min(most, 10), () => dequeue.call(this, 1, ...rest))
      : dequeue.call(this, most, ...rest);
  };
  queue.processTimers = function (this: SqsQueue) {
    const before = this.inflightMessages.size;
    processTimers.call(this);
    if (this.inflightMessages.size < before) sortGroups(this);
  };
  queue.changeVisibility = function (this: SqsQueue, receiptHandle, seconds) {
    // 0 would write no receive count to the database, which refuses that; a time that is over does the same.
    changeVisibility.call(this, receiptHandle, seconds === 0 ? -1 : seconds);
    if (seconds === 0) this.processTimers();
  };
}

type Received = ReturnType<SqsQueue['dequeue']>;

/** Receives one by one, each time opening the group again that the last message has closed. */
function receiveGroups(queue: SqsQueue, most: number, receiveOne: () => Received): Received {
  const received: Received = [];
  const closed = new Map<string, number>();
  while (received.length < most) {
    const [message] = receiveOne();
    if (message === undefined) break;
    received.push(message);
    const group = queue.inflightMessages.get(message.ReceiptHandle)?.message.messageGroupId ?? '';
    closed.set(group, (closed.get(group) ?? 0) + 1);
    queue.fifoLockedGroups.delete(group);
  }
  for (const [group, count] of closed) queue.fifoLockedGroups.set(group, count);
  return received;
}

function sortGroups({ fifoMessages }: SqsQueue): void {
  for (const messages of fifoMessages.values()) {
    messages.sort((a, b) => ((a.sequenceNumber ?? '') < (b.sequenceNumber ?? '') ? -1 : 1));
  }
}
