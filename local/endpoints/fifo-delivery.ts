import type { BuildAppOptions } from 'fauxqs';

export type SqsStore = NonNullable<BuildAppOptions['stores']>['sqsStore'];
export type SqsQueue = ReturnType<SqsStore['createQueue']>;

/**
 * Makes fauxqs's FIFO queues deliver as in AWS. A batch may hold several messages of a group. Messages that become visible
 * again return to their old places. A visibility timeout of 0 also works for a queue on disk, where fauxqs fails.
 *
 * @param queue - The prototype of fauxqs's queues, which is changed.
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
    // For 0, fauxqs writes no receive count, which its database refuses. A timeout in the past has the same effect as 0.
    changeVisibility.call(this, receiptHandle, seconds === 0 ? -1 : seconds);
    if (seconds === 0) this.processTimers();
  };
}

type Received = ReturnType<SqsQueue['dequeue']>;

/** Receives messages one by one. Each message locks its group, so the group is unlocked again before the next message. */
function receiveGroups(queue: SqsQueue, most: number, receiveOne: () => Received): Received {
  const received: Received = [];
  const locked = new Map<string, number>();
  while (received.length < most) {
    const [message] = receiveOne();
    if (message === undefined) break;
    received.push(message);
    const group = queue.inflightMessages.get(message.ReceiptHandle)?.message.messageGroupId ?? '';
    locked.set(group, (locked.get(group) ?? 0) + 1);
    queue.fifoLockedGroups.delete(group);
  }
  for (const [group, count] of locked) queue.fifoLockedGroups.set(group, count);
  return received;
}

function sortGroups({ fifoMessages }: SqsQueue): void {
  for (const messages of fifoMessages.values()) {
    messages.sort((a, b) => ((a.sequenceNumber ?? '') < (b.sequenceNumber ?? '') ? -1 : 1));
  }
}
