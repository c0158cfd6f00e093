import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { startEmbeddedAws } from '../../../local/endpoints/embedded-aws.ts';
import { startEmbeddedSqs } from '../../../local/endpoints/embedded-sqs.ts';
import { createQueues, deleteQueues } from '../../../local/endpoints/queues.ts';
import { closeAfterTest, sqsOf } from '../../support/embedded-aws.ts';
import { bodiesOf, openQueues, openQueuesOf, queueMessages, receive } from '../../support/queues.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'procurios-sync-'));
  folders.push(folder);
  return folder;
}

/** Queues on an embedded SQS of the test's own. */
async function ownQueues(path?: string) {
  return await openQueuesOf(closeAfterTest(await startEmbeddedSqs(path)));
}

async function setVisibility(client: SQSClient, QueueUrl: string, messages: Message[], seconds: number) {
  for (const { ReceiptHandle } of messages) {
    await client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: seconds }),
    );
  }
}

describe('the queues of a config', () => {
  test('have the names, times and dead-letter queue that the deployed ones have', async () => {
    const { client, urls } = await ownQueues();

    const { Attributes: changes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: urls.changes, AttributeNames: ['All'] }),
    );
    const { Attributes: deadLetters } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: urls.deadLetters, AttributeNames: ['All'] }),
    );

    expect(changes).toMatchObject({
      QueueArn: 'arn:aws:sqs:eu-west-1:000000000000:procurios-sync-acme-changes.fifo',
      FifoQueue: 'true',
      VisibilityTimeout: '1800',
      MessageRetentionPeriod: '1209600',
    });
    expect(JSON.parse(changes?.RedrivePolicy ?? '')).toEqual({
      deadLetterTargetArn: 'arn:aws:sqs:eu-west-1:000000000000:procurios-sync-acme-changes-dead.fifo',
      maxReceiveCount: 1000,
    });
    expect(deadLetters).toMatchObject({ FifoQueue: 'true', MessageRetentionPeriod: '1209600' });
  });

  test('are left as they are when they exist', async () => {
    const { client, urls } = await ownQueues();
    await queueMessages(client, urls.changes, ['a1']);

    const again = await createQueues(client, { environment: 'acme' });

    expect(again).toEqual(urls);
    expect(bodiesOf(await receive(client, urls.changes))).toEqual(['a1']);
  });

  test('are removed with everything in them, what was queued once included', async () => {
    const { client, urls } = await ownQueues();
    await queueMessages(client, urls.changes, ['a1']);

    await deleteQueues(client, { environment: 'acme' });

    const QueueName = 'procurios-sync-acme-changes.fifo';
    await expect(client.send(new GetQueueUrlCommand({ QueueName }))).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
    await createQueues(client, { environment: 'acme' });
    await queueMessages(client, urls.changes, ['a1']);
    expect(bodiesOf(await receive(client, urls.changes))).toEqual(['a1']);
  });
});

describe('a FIFO queue', () => {
  test('gives as many messages of a group at once as there are, then those of others', async () => {
    const { client, urls } = await openQueues();
    await queueMessages(client, urls.changes, ['a1', 'b1', 'a2', 'c1', 'a3', 'b2']);

    const messages = await receive(client, urls.changes);

    expect(bodiesOf(messages)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'c1']);
    expect(messages[1]?.Attributes).toMatchObject({
      MessageGroupId: 'a',
      MessageDeduplicationId: 'a2',
      ApproximateReceiveCount: '1',
    });
  });

  test('gives no more of a group until all that were given are deleted', async () => {
    const { client, urls } = await openQueues();
    await queueMessages(client, urls.changes, ['a1', 'a2']);
    const messages = await receive(client, urls.changes);
    await queueMessages(client, urls.changes, ['a3', 'b1']);

    const meanwhile = await receive(client, urls.changes);
    const given: unknown[] = [];
    for (const { ReceiptHandle } of messages) {
      given.push(bodiesOf(await receive(client, urls.changes)));
      await client.send(new DeleteMessageCommand({ QueueUrl: urls.changes, ReceiptHandle }));
    }
    given.push(bodiesOf(await receive(client, urls.changes)));

    expect(bodiesOf(meanwhile)).toEqual(['b1']);
    expect(given).toEqual([[], [], ['a3']]);
  });

  test('gives at most ten messages, and holds the rest of the group back', async () => {
    const { client, urls } = await openQueues();
    const bodies = Array.from({ length: 12 }, (_, index) => `a${index}`);
    await queueMessages(client, urls.changes, bodies);

    const first = await receive(client, urls.changes);
    const second = await receive(client, urls.changes);

    expect(bodiesOf(first)).toEqual(bodies.slice(0, 10));
    expect(second).toEqual([]);
  });

  test.each(['in memory', 'on disk'])(
    '%s, gives messages made visible again in their old order',
    async (where) => {
      const { client, urls } = await ownQueues(where === 'on disk' ? await newFolder() : undefined);
      await queueMessages(client, urls.changes, ['a1', 'a2', 'a3', 'a4']);
      const [first, ...others] = await receive(client, urls.changes);
      await client.send(
        new DeleteMessageCommand({ QueueUrl: urls.changes, ReceiptHandle: first?.ReceiptHandle }),
      );

      await setVisibility(client, urls.changes, others, 0);

      const again = await receive(client, urls.changes);
      expect(bodiesOf(again)).toEqual(['a2', 'a3', 'a4']);
      expect(again[0]?.Attributes).toMatchObject({ ApproximateReceiveCount: '2' });
    },
  );

  test('holds a group back while one of its messages is hidden, also when an earlier one is visible', async () => {
    const { client, urls } = await openQueues();
    await queueMessages(client, urls.changes, ['a1', 'a2']);
    const messages = await receive(client, urls.changes);

    await setVisibility(client, urls.changes, messages.slice(0, 1), 0);
    const meanwhile = await receive(client, urls.changes);
    await setVisibility(client, urls.changes, messages.slice(1), 0);
    const after = await receive(client, urls.changes);

    expect(bodiesOf(meanwhile)).toEqual([]);
    expect(bodiesOf(after)).toEqual(['a1', 'a2']);
  });

  test('gives messages whose visibility timeout is over in their old order', async () => {
    const { client, urls } = await openQueues();
    await queueMessages(client, urls.changes, ['a1', 'a2', 'a3']);
    await receive(client, urls.changes, 1);

    const { Messages } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: urls.changes,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 2,
      }),
    );

    expect(bodiesOf(Messages ?? [])).toEqual(['a1', 'a2', 'a3']);
  });

  test('drops what was queued under the same deduplication id a moment ago', async () => {
    const { client, urls } = await openQueues();
    await queueMessages(client, urls.changes, ['a1', 'a2']);

    await queueMessages(client, urls.changes, ['a1']);

    expect(bodiesOf(await receive(client, urls.changes))).toEqual(['a1', 'a2']);
  });

  test('moves a message to the dead-letter queue after as many receipts as its policy says', async () => {
    const { client, urls, environment } = await openQueues();
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: `arn:aws:sqs:eu-west-1:000000000000:procurios-sync-${environment}-changes-dead.fifo`,
      maxReceiveCount: 1,
    });
    await client.send(
      new SetQueueAttributesCommand({ QueueUrl: urls.changes, Attributes: { RedrivePolicy } }),
    );
    await queueMessages(client, urls.changes, ['a1']);
    await setVisibility(client, urls.changes, await receive(client, urls.changes), 0);
    await queueMessages(client, urls.changes, ['a2']);

    const next = await receive(client, urls.changes);

    expect(bodiesOf(next)).toEqual(['a2']);
    expect(bodiesOf(await receive(client, urls.deadLetters))).toEqual(['a1']);
  });
});

describe('the embedded SQS', () => {
  test('listens on loopback only, and answers nothing that a web page can send', async () => {
    const { url } = closeAfterTest(await startEmbeddedSqs());

    const asForm = await fetch(url, { method: 'POST', body: new URLSearchParams({ Action: 'ListTopics' }) });
    const asPage = await fetch(`${url}/_fauxqs/queues`);

    expect(new URL(url).hostname).toBe('127.0.0.1');
    expect([asForm.status, asPage.status]).toEqual([404, 404]);
  });

  test('is reached by clients that follow the URL of a queue', async () => {
    const { client, urls } = await openQueues();
    const follower = new SQSClient({
      region: 'eu-west-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
      logger: { debug() {}, info() {}, warn() {}, error() {} },
    });

    await follower.send(
      new SendMessageCommand({
        QueueUrl: urls.changes,
        MessageBody: 'a1',
        MessageGroupId: 'a',
        MessageDeduplicationId: 'a1',
      }),
    );

    expect(bodiesOf(await receive(client, urls.changes))).toEqual(['a1']);
  });

  test('finds queues, messages and what was in flight again in its data folder', async () => {
    const folder = await newFolder();
    const before = await ownQueues(folder);
    await queueMessages(before.client, before.urls.changes, ['a1', 'a2', 'a3', 'b1']);
    const [first] = await receive(before.client, before.urls.changes);
    await before.client.send(
      new DeleteMessageCommand({ QueueUrl: before.urls.changes, ReceiptHandle: first?.ReceiptHandle }),
    );
    await queueMessages(before.client, before.urls.changes, ['a4']);
    await before.sqs.close();

    const { client, urls } = await ownQueues(folder);

    expect(bodiesOf(await receive(client, urls.changes))).toEqual(['a2', 'a3', 'a4', 'b1']);
    expect(urls.changes).not.toBe(before.urls.changes);
  });

  test('closes at once, also with a long poll open', async () => {
    const { sqs, client, urls } = await ownQueues();
    const poll = client
      .send(new ReceiveMessageCommand({ QueueUrl: urls.changes, WaitTimeSeconds: 20 }))
      .catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const before = performance.now();

    await sqs.close();

    expect(performance.now() - before).toBeLessThan(500);
    client.destroy();
    await poll;
  });

  test('fails, and closes, when its database is broken', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'fauxqs.db'), 'no database at all, and long enough to be none');
    const sqs = closeAfterTest(await startEmbeddedSqs(folder));

    const create = createQueues(sqsOf(sqs.url), { environment: 'acme' });

    await expect(create).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    await sqs.close();
  });

  test('does not load what it is made of before somebody asks for a queue', async () => {
    const dataFolder = await newFolder();
    const aws = closeAfterTest(await startEmbeddedAws({ dataFolder }));

    const untouched = await readdir(dataFolder);
    await createQueues(sqsOf(aws.environment.AWS_ENDPOINT_URL_SQS), { environment: 'acme' });
    const asked = await readdir(dataFolder);

    expect(untouched).not.toContain('sqs');
    expect(asked).toContain('sqs');
  });
});
