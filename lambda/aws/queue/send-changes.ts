import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../../core/clock.ts';
import { LARGEST_CHANGE_BYTES } from '../../core/push/change.ts';

/** A change to put on the queue. */
export interface OutgoingChange {
  /** The change as JSON. */
  readonly text: string;
  /** The message group: the change's subject. */
  readonly group: string;
  /** SQS silently drops a message with the id of one that was queued less than five minutes ago. */
  readonly deduplicationId: string;
}

/** A change that SQS did not take. */
export interface UnqueuedChange {
  /** The change's index among those to send. */
  readonly index: number;
  /** Why SQS did not take the change, in words; never quotes the change. */
  readonly reason: string;
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const MOST_PER_BATCH = 10;
/** SQS itself takes four times as much; some stand-ins for it do not. */
const LARGEST_BATCH_BYTES = LARGEST_CHANGE_BYTES;
/** Attempts in a row of which SQS takes no message, with errors that are not the sender's fault. */
const MOST_FRUITLESS = 6;
const FIRST_PAUSE_MS = 100;

/** The result of sending changes to the queue. */
export interface SentChanges {
  /** The changes that are not on the queue, in order; empty if all of them are. */
  readonly unqueued: readonly UnqueuedChange[];
  /** SQS's message ids of the others, by index. A message that is rejected has its ledger entry under this id. */
  readonly messageIds: ReadonlyMap<number, string>;
}

/** A change with its index among all. */
type Placed = OutgoingChange & { readonly index: number };

/**
 * Sends changes in batches, those of a group in order; see {@link ChangeQueue.send}.
 *
 * @throws The SDK's own error if a whole batch fails.
 */
export async function sendChanges(
  client: SQSClient,
  queueUrl: string,
  changes: readonly OutgoingChange[],
  clock: Clock,
): Promise<SentChanges> {
  const unqueued: UnqueuedChange[] = [];
  const messageIds = new Map<number, string>();
  const stopped = new Set<string>();
  for (const batch of batchesOf(changes)) {
    const open = batch.filter(({ group }) => !stopped.has(group));
    const held = batch.filter(({ group }) => stopped.has(group));
    const refused = await sendBatch(client, queueUrl, open, clock, messageIds);
    for (const { group } of refused) stopped.add(group);
    unqueued.push(
      ...refused.map(({ index, reason }) => ({ index, reason })),
      ...held.map(({ index }) => ({ index, reason: 'an earlier change of its subject was not queued' })),
    );
  }
  return { unqueued: unqueued.sort((a, b) => a.index - b.index), messageIds };
}

/**
 * Cuts changes into batches. A batch has at most one change of a group, because SQS may take the later message of a batch and
 * refuse the earlier one.
 */
function* batchesOf(changes: readonly OutgoingChange[]): Generator<readonly Placed[], void, undefined> {
  let batch: Placed[] = [];
  let bytes = 0;
  let groups = new Set<string>();
  for (const [index, change] of changes.entries()) {
    const placed = { ...change, text: withoutNoncharacters(change.text), index };
    const size = Buffer.byteLength(placed.text);
    const isFull = batch.length === MOST_PER_BATCH || bytes + size > LARGEST_BATCH_BYTES;
    if (batch.length > 0 && (isFull || groups.has(change.group))) {
      yield batch;
      [batch, bytes, groups] = [[], 0, new Set()];
    }
    batch.push(placed);
    bytes += size;
    groups.add(change.group);
  }
  if (batch.length > 0) yield batch;
}

/**
 * The same JSON with the two characters escaped that SQS refuses.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
function withoutNoncharacters(json: string): string {
  return json.replace(/[\uFFFE\uFFFF]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}

/**
 * @param messageIds - The ids of the changes that SQS took are added here.
 * @returns The changes that SQS refused, or failed to take in {@link MOST_FRUITLESS} attempts.
 */
async function sendBatch(
  client: SQSClient,
  QueueUrl: string,
  batch: readonly Placed[],
  clock: Clock,
  messageIds: Map<number, string>,
): Promise<readonly (Placed & { readonly reason: string })[]> {
  const refused: (Placed & { readonly reason: string })[] = [];
  let left = batch;
  for (let fruitless = 0; left.length > 0; ) {
    const Entries = left.map(({ index, text, group, deduplicationId }) => ({
      Id: String(index),
      MessageBody: text,
      MessageGroupId: group,
      MessageDeduplicationId: deduplicationId,
    }));
    const { Failed = [], Successful = [] } = await client.send(
      new SendMessageBatchCommand({ QueueUrl, Entries }),
    );
    for (const { Id, MessageId } of Successful) messageIds.set(Number(Id), MessageId as string);
    const failed = left.flatMap((change) => {
      const failure = Failed.find(({ Id }) => Id === String(change.index));
      return failure === undefined ? [] : [{ change, failure }];
    });
    const again = failed.filter(({ failure }) => !failure.SenderFault).map(({ change }) => change);
    fruitless = again.length < left.length ? 0 : fruitless + 1;
    const isLast = fruitless === MOST_FRUITLESS;
    for (const { change, failure } of failed) {
      if (isLast || failure.SenderFault) refused.push({ ...change, reason: `AWS answered ${failure.Code}` });
    }
    left = isLast ? [] : again;
    if (left.length > 0) await clock.sleep(FIRST_PAUSE_MS * 2 ** Math.max(0, fruitless - 1));
  }
  return refused;
}
