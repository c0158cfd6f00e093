import { hash } from 'node:crypto';
import { DeleteMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import { createChangeQueue } from '../../../../lambda/aws/queue/change-queue.ts';
import { changeQueueName } from '../../../../lambda/deployment/names.ts';
import { createQueues } from '../../../../local/endpoints/queues.ts';
import { closeAfterTest, sqsOf } from '../../../support/embedded-aws.ts';
import { startFaultProxy } from '../../../support/fault-proxy.ts';
import { answerJson, startHttpServer } from '../../../support/http-server.ts';
import { ManualClock } from '../../../support/memory-ports.ts';
import { bodiesOf, openQueues, receive } from '../../../support/queues.ts';

/** A change whose group is the part of its id before the first digit. */
function changeOf(id: string, text = JSON.stringify({ changeId: id })) {
  return { text, group: id.replace(/\d.*/, ''), deduplicationId: id };
}

async function openQueue() {
  const { sqs, client, urls, environment } = await openQueues();
  const clock = new ManualClock();
  const queue = createChangeQueue({ client, clock, queueName: changeQueueName(environment) });
  return { sqs, client, clock, queue, environment, url: urls.changes };
}

/** Receives all messages, and returns their change ids, batch by batch. */
async function drain(client: SQSClient, QueueUrl: string) {
  const ids: string[] = [];
  for (
    let batch = await receive(client, QueueUrl);
    batch.length > 0;
    batch = await receive(client, QueueUrl)
  ) {
    ids.push(...batch.map(({ Body }) => JSON.parse(Body ?? '').changeId));
    for (const { ReceiptHandle } of batch)
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
  return ids;
}

describe('send()', () => {
  test('the change queue puts changes on the queue with their group and deduplication id', async () => {
    const { client, queue, url } = await openQueue();

    const { unqueued } = await queue.send([changeOf('relation/99')]);

    const [message] = await receive(client, url);
    expect(unqueued).toEqual([]);
    expect(message).toMatchObject({
      Body: '{"changeId":"relation/99"}',
      Attributes: { MessageGroupId: 'relation/', MessageDeduplicationId: 'relation/99' },
    });
  });

  test('the change queue keeps the order of each group over many batches', async () => {
    const { client, queue, url } = await openQueue();
    const ids = Array.from({ length: 35 }, (_, index) => `${'abc'[(index * index) % 3]}${index}`);

    await queue.send(ids.map((id) => changeOf(id)));

    const queued = await drain(client, url);
    for (const group of 'abc') {
      expect(queued.filter((id) => id.startsWith(group))).toEqual(ids.filter((id) => id.startsWith(group)));
    }
  });

  test('the change queue sends ten changes of different groups in one request', async () => {
    const { sqs, url } = await openQueue();
    const proxy = closeAfterTest(await startFaultProxy(sqs.url));
    const queue = createChangeQueue({ client: sqsOf(proxy.url), clock: new ManualClock(), queueUrl: url });

    await queue.send(
      Array.from({ length: 21 }, (_, index) => changeOf(`${String.fromCharCode(97 + index)}1`)),
    );
    await queue.send([]);

    expect(proxy.calls()).toEqual({ SendMessageBatch: 3 });
  });

  test('the change queue sends changes of the largest size', async () => {
    const { client, queue, url } = await openQueue();
    const text = `"${'é'.repeat(128 * 1024 - 1)}"`;

    const { unqueued } = await queue.send(['a1', 'b1', 'c1', 'd1', 'e1'].map((id) => changeOf(id, text)));

    expect(unqueued).toEqual([]);
    expect(bodiesOf(await receive(client, url))).toEqual([text, text, text, text, text]);
  });

  test('the change queue sends characters that SQS refuses as they are', async () => {
    const { client, queue, url } = await openQueue();
    const text = JSON.stringify({ changeId: 'a1', name: 'A\uFFFE\uFFFFda\u0001' });

    const { unqueued } = await queue.send([changeOf('a1', text)]);

    const [message] = await receive(client, url);
    expect(unqueued).toEqual([]);
    expect(JSON.parse(message?.Body ?? '')).toEqual({ changeId: 'a1', name: 'A\uFFFE\uFFFFda\u0001' });
  });

  test('the change queue returns the changes that SQS refuses and the later ones of their groups, and sends the rest', async () => {
    const { client, queue, url } = await openQueue();
    const refused = '"\u0000"';

    const { unqueued } = await queue.send([
      changeOf('a1'),
      changeOf('b1'),
      changeOf('a2', refused),
      changeOf('b2'),
      changeOf('a3'),
      changeOf('c1'),
    ]);

    expect(unqueued).toEqual([
      { index: 2, reason: 'AWS answered InvalidMessageContents' },
      { index: 4, reason: 'an earlier change of its subject was not queued' },
    ]);
    expect((await drain(client, url)).sort()).toEqual(['a1', 'b1', 'b2', 'c1']);
  });

  test('the change queue retries a change that SQS fails to take, and gives up after six attempts without progress', async () => {
    const sent: string[][] = [];
    await using server = await startHttpServer(({ body }, response) => {
      const { Entries } = JSON.parse(body) as { Entries: { Id: string; MessageBody: string }[] };
      sent.push(Entries.map(({ MessageBody }) => JSON.parse(MessageBody).changeId));
      const fails = (text: string) => text.includes('b1') || (text.includes('c1') && sent.length < 3);
      const taken = Entries.filter(({ MessageBody }) => !fails(MessageBody));
      answerJson(response, {
        Successful: taken.map(({ Id, MessageBody }) => ({
          Id,
          MessageId: Id,
          MD5OfMessageBody: hash('md5', MessageBody, 'hex'),
        })),
        Failed: Entries.filter(({ MessageBody }) => fails(MessageBody)).map(({ Id }) => ({
          Id,
          SenderFault: false,
          Code: 'ThrottlingException',
        })),
      });
    });
    const clock = new ManualClock();
    const start = clock.time;
    const client = sqsOf(server.origin);
    const queue = createChangeQueue({
      client,
      clock,
      queueUrl: `${server.origin}/000000000000/changes.fifo`,
    });

    const { unqueued } = await queue.send(['a1', 'b1', 'c1', 'b2'].map((id) => changeOf(id)));

    expect(unqueued).toEqual([
      { index: 1, reason: 'AWS answered ThrottlingException' },
      { index: 3, reason: 'an earlier change of its subject was not queued' },
    ]);
    const untilProgress = [
      ['a1', 'b1', 'c1'],
      ['b1', 'c1'],
      ['b1', 'c1'],
    ];
    expect(sent).toEqual([...untilProgress, ...Array(6).fill(['b1'])]);
    expect(clock.time - start).toBe(3 * 100 + (100 + 200 + 400 + 800 + 1600));
  });

  test('the change queue queues no change twice when an answer is lost', async () => {
    const { sqs, client, url } = await openQueue();
    const proxy = closeAfterTest(await startFaultProxy(sqs.url));
    proxy.onCall(({ ordinal }) => (ordinal === 1 ? 'loseReply' : undefined));
    const queue = createChangeQueue({ client: sqsOf(proxy.url, 2), clock: new ManualClock(), queueUrl: url });

    const { unqueued } = await queue.send([changeOf('a1'), changeOf('b1')]);

    expect(unqueued).toEqual([]);
    expect(proxy.calls()).toEqual({ SendMessageBatch: 2 });
    expect((await drain(client, url)).sort()).toEqual(['a1', 'b1']);
  });

  test('the change queue throws when SQS keeps throttling', async () => {
    const { sqs, url } = await openQueue();
    const proxy = closeAfterTest(await startFaultProxy(sqs.url));
    proxy.onCall(() => ({ refuse: 'ThrottlingException' }));
    const queue = createChangeQueue({ client: sqsOf(proxy.url), clock: new ManualClock(), queueUrl: url });

    const sent = queue.send([changeOf('a1')]);

    await expect(sent).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringMatching(/^queue procurios-sync-acme-\d+-changes.fifo: AWS answered Throttling/),
    });
  });
});

describe('the change queue', () => {
  test('hide() hides a message for the given time or a little longer', async () => {
    const { client, queue, url } = await openQueue();
    await queue.send([changeOf('a1'), changeOf('b1')]);
    const [a, b] = await receive(client, url);

    await queue.hide(a?.ReceiptHandle ?? '', 1);
    await queue.hide(b?.ReceiptHandle ?? '', 0);

    expect(await queue.count()).toEqual({ visible: 1, hidden: 1 });
    expect(await drain(client, url)).toEqual(['b1']);
  });

  test('hide() hides a message for twelve hours at most', async () => {
    const { client, queue, url } = await openQueue();
    await queue.send([changeOf('a1')]);
    const [message] = await receive(client, url);

    await queue.hide(message?.ReceiptHandle ?? '', 24 * 60 * 60 * 1000);

    expect(await queue.count()).toEqual({ visible: 0, hidden: 1 });
  });

  test('hide() is a no-op for a message that is no longer in flight', async () => {
    const { client, queue, url } = await openQueue();
    await queue.send([changeOf('a1')]);
    const [message] = await receive(client, url);
    await queue.hide(message?.ReceiptHandle ?? '', 0);

    await queue.hide(message?.ReceiptHandle ?? '', 60_000);

    expect(await queue.count()).toEqual({ visible: 1, hidden: 0 });
  });

  test('a missing queue is named in the error, and found once it exists', async () => {
    const { client, clock, environment } = await openQueue();
    const queueName = changeQueueName(`${environment}-more`);
    const queue = createChangeQueue({ client, clock, queueName });

    const early = queue.count();

    await expect(early).rejects.toMatchObject({
      code: 'STORE_MISSING',
      message: `queue ${queueName} does not exist in this account and region`,
    });
    await createQueues(client, { environment: `${environment}-more` });
    expect(await queue.count()).toEqual({ visible: 0, hidden: 0 });
  });

  test('an unreachable SQS is named in the error', async () => {
    const client = sqsOf('http://127.0.0.1:1');
    const queue = createChangeQueue({ client, clock: new ManualClock(), queueName: 'changes.fifo' });

    await expect(queue.send([changeOf('a1')])).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringMatching(/^queue changes.fifo could not be reached/),
    });
  });
});
