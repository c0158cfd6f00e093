import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import { type EventSourceOptions, startEventSource } from '../../../local/endpoints/event-source.ts';
import { createQueues, deleteQueues } from '../../../local/endpoints/queues.ts';
import type { SqsBatchResponse, SqsEvent } from '../../../local/endpoints/sqs-event.ts';
import { closeAfterTest, sqsOf } from '../../support/embedded-aws.ts';
import { startFaultProxy } from '../../support/fault-proxy.ts';
import { bodiesOf, countsOf, openQueues, queueMessages, receive } from '../../support/queues.ts';

const ALL_DONE: SqsBatchResponse = { batchItemFailures: [] };

function bodies({ Records }: SqsEvent): string[] {
  return Records.map(({ body }) => body);
}

/** An answer that reports the messages with these bodies as failed. */
function reporting({ Records }: SqsEvent, failed: readonly string[]): SqsBatchResponse {
  const reported = Records.filter(({ body }) => failed.includes(body));
  return { batchItemFailures: reported.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

interface Queue {
  readonly client: SQSClient;
  readonly url: string;
  readonly environment: string;
}

/** Starts an event source on a queue with these messages, and records its batches and failures. */
async function feed(
  messages: readonly string[],
  answer: (event: SqsEvent, queue: Queue) => Promise<unknown>,
  more: Partial<EventSourceOptions> = {},
) {
  const { client, urls, environment } = await openQueues();
  const queue = { client, url: urls.changes, environment };
  await queueMessages(client, queue.url, messages);
  const batches: string[][] = [];
  const failures: unknown[] = [];
  const source = startEventSource({
    client,
    queueUrl: queue.url,
    handler: async (event) => {
      batches.push(bodies(event));
      return (await answer(event, queue)) as SqsBatchResponse;
    },
    onFailure: (error) => failures.push(error),
    ...more,
  });
  return { source: closeAfterTest(source), queue, batches, failures };
}

/** As {@link feed}, but closes the event source during the first batch. */
async function feedOnce(
  messages: readonly string[],
  answer: (event: SqsEvent, queue: Queue) => Promise<unknown>,
) {
  const began = Promise.withResolvers<void>();
  const fed = await feed(messages, (event, queue) => {
    began.resolve();
    return answer(event, queue);
  });
  await began.promise;
  await fed.source.close();
  return fed;
}

async function setVisibility({ client, url }: Queue, { Records }: SqsEvent, seconds: number): Promise<void> {
  for (const { receiptHandle } of Records) {
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: url,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      }),
    );
  }
}

describe('event source', () => {
  test('the handler receives the event that Lambda would send', async () => {
    const events: SqsEvent[] = [];

    const { queue } = await feedOnce(['a1'], async (event) => {
      events.push(event);
      return ALL_DONE;
    });

    expect(events).toEqual([
      {
        Records: [
          {
            messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
            receiptHandle: expect.any(String),
            body: 'a1',
            attributes: {
              ApproximateReceiveCount: '1',
              SentTimestamp: expect.stringMatching(/^\d{13}$/),
              SenderId: expect.any(String),
              ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
              MessageGroupId: 'a',
              MessageDeduplicationId: 'a1',
              SequenceNumber: expect.stringMatching(/^\d{20}$/),
            },
            messageAttributes: {},
            md5OfBody: '8a8bb7cd343aa2ad99b7d762030857a2',
            eventSource: 'aws:sqs',
            eventSourceARN: `arn:aws:sqs:eu-west-1:000000000000:procurios-sync-${queue.environment}-changes.fifo`,
            awsRegion: 'eu-west-1',
          },
        ],
      },
    ]);
  });

  test('batches hold up to ten messages, several of a group in order, until the queue is empty', async () => {
    const numbers = Array.from({ length: 8 }, (_, index) => index);
    const queued = [...numbers.map((each) => `a${each}`), ...numbers.map((each) => `b${each}`)];

    const { source, queue, batches, failures } = await feed(queued, async () => ALL_DONE);
    await source.idle();

    expect(batches.slice(0, 2)).toEqual([
      ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'b0', 'b1'],
      ['b2', 'b3', 'b4', 'b5', 'b6', 'b7'],
    ]);
    expect(batches).toHaveLength(2);
    expect(failures).toEqual([]);
    expect(await countsOf(queue.client, queue.url)).toEqual({ visible: 0, hidden: 0 });
  });

  test('a message that is queued later is delivered too', async () => {
    const { source, queue, batches } = await feed([], async () => ALL_DONE);
    await source.idle();

    await queueMessages(queue.client, queue.url, ['a1']);
    await source.idle();

    expect(batches).toEqual([['a1']]);
  });

  test('all messages are deleted except those that the handler reports', async () => {
    const { queue, failures } = await feedOnce(['a1', 'a2', 'b1', 'c1'], async (event) =>
      reporting(event, ['a2', 'c1']),
    );

    expect(await countsOf(queue.client, queue.url)).toEqual({ visible: 0, hidden: 2 });
    expect(failures).toEqual([]);
  });

  test('reported messages are delivered again when their visibility timeout ends, in order and with their receive count', async () => {
    const receipts: (string | undefined)[] = [];
    const { source, batches } = await feed(['a1', 'a2', 'a3', 'b1'], async (event, queue) => {
      receipts.push(...event.Records.map(({ attributes }) => attributes.ApproximateReceiveCount));
      if (receipts.length > 4) return ALL_DONE;
      await setVisibility(queue, { Records: event.Records.slice(1) }, 0);
      return reporting(event, ['a2', 'a3', 'b1']);
    });

    await source.idle();

    expect(batches).toEqual([['a1', 'a2', 'a3', 'b1'], expect.arrayContaining(['a2', 'a3', 'b1'])]);
    expect(batches[1]?.filter((body) => body.startsWith('a'))).toEqual(['a2', 'a3']);
    expect(receipts).toEqual(['1', '1', '1', '1', '2', '2', '2']);
  });

  test('an error of the handler leaves the whole batch hidden and is passed to onFailure', async () => {
    const { queue, failures } = await feedOnce(['a1', 'b1'], async () => {
      throw new Error('out of order');
    });

    expect(await countsOf(queue.client, queue.url)).toEqual({ visible: 0, hidden: 2 });
    expect(failures).toEqual([new Error('out of order')]);
  });

  test.each([
    [{ batchItemFailures: [{ itemIdentifier: '' }] }],
    [{ batchItemFailures: [{ itemIdentifier: null }] }],
    [{ batchItemFailures: [{ itemIdentifier: 'of another batch' }] }],
    [{ batchItemFailures: [{ messageId: 'x' }] }],
    [{ batchItemFailures: ['x'] }],
    [{ batchItemFailures: 'x' }],
  ])('the whole batch returns to the queue when the handler answers %j', async (answer) => {
    const { queue, failures } = await feedOnce(['a1', 'b1'], async () => answer);

    expect(await countsOf(queue.client, queue.url)).toEqual({ visible: 0, hidden: 2 });
    expect(failures).toEqual([expect.any(TypeError)]);
  });

  test.each([[undefined], [null], [{}], [{ batchItemFailures: null }], [{ batchItemFailures: [] }]])(
    'the whole batch is deleted when the handler answers %j',
    async (answer) => {
      const { queue, failures } = await feedOnce(['a1', 'b1'], async () => answer);

      expect(await countsOf(queue.client, queue.url)).toEqual({ visible: 0, hidden: 0 });
      expect(failures).toEqual([]);
    },
  );

  test('while a batch is in flight, other groups are delivered and its own group is not', async () => {
    const second = Promise.withResolvers<void>();
    const { source, queue, batches } = await feed(
      ['a1'],
      async (event) => {
        if (!bodies(event).includes('a1')) second.resolve();
        else {
          await queueMessages(queue.client, queue.url, ['a2', 'b1']);
          await second.promise;
        }
        return ALL_DONE;
      },
      { concurrency: 2 },
    );

    await source.idle();

    expect(batches).toEqual([['a1'], ['b1'], ['a2']]);
  });

  test('the event source is not idle while a message is hidden', async () => {
    let isIdle = false;
    const { source } = await feed(['a1'], async (event) => reporting(event, ['a1']));

    const idle = source.idle().then(() => {
      isIdle = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 120));
    const wasIdle = isIdle;
    await source.close();
    await idle;

    expect(wasIdle).toBe(false);
  });

  test('an empty queue is polled with pauses', async () => {
    const { sqs, urls } = await openQueues();
    const proxy = closeAfterTest(await startFaultProxy(sqs.url));
    const source = startEventSource({
      client: sqsOf(proxy.url),
      queueUrl: urls.changes,
      handler: async () => ALL_DONE,
      onFailure() {},
    });

    await new Promise((resolve) => setTimeout(resolve, 120));
    await source.close();

    expect(proxy.calls().ReceiveMessage).toBeLessThan(5);
  });

  test('closing finishes the batch in flight and takes no other', async () => {
    const began = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const { source, queue, batches } = await feed(['a1'], async () => {
      began.resolve();
      await finish.promise;
      return ALL_DONE;
    });
    await began.promise;
    await queueMessages(queue.client, queue.url, ['a2']);

    const closed = source.close();
    finish.resolve();
    await closed;

    expect(batches).toEqual([['a1']]);
    expect(bodiesOf(await receive(queue.client, queue.url))).toEqual(['a2']);
  });

  test('an error of the queue is passed to onFailure, and delivery resumes once the queue works', async () => {
    const failed = Promise.withResolvers<unknown>();
    const { source, queue, batches } = await feed([], async () => ALL_DONE, { onFailure: failed.resolve });

    await deleteQueues(queue.client, queue);
    const failure = await failed.promise;
    await createQueues(queue.client, queue);
    await queueMessages(queue.client, queue.url, ['a1']);
    await source.idle();

    expect(failure).toMatchObject({ name: 'QueueDoesNotExist' });
    expect(batches).toEqual([['a1']]);
  });
});
