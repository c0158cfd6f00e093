import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { EMBEDDED_CREDENTIALS } from '../../../local/endpoints/guard.ts';
import { createQueues, deleteQueues } from '../../../local/endpoints/queues.ts';
import { closeAfterTest, SIGNED, sqsOf } from '../../support/embedded-aws.ts';
import { bodiesOf, openQueues, openQueuesOf, queueMessages, receive } from '../../support/queues.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'procurios-sync-'));
  folders.push(folder);
  return folder;
}

/** Queues on an embedded SQS that no other test uses. */
async function ownQueues(path: string) {
  return await openQueuesOf(closeAfterTest(await startEmbeddedSqs(path)));
}

async function setVisibility(client: SQSClient, QueueUrl: string, messages: Message[], seconds: number) {
  for (const { ReceiptHandle } of messages) {
    await client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: seconds }),
    );
  }
}

describe('createQueues and deleteQueues', () => {
  test('createQueues gives the queues the names, times and redrive policy of the deployed ones', async () => {
    const { client, urls, environment } = await openQueues();

    const { Attributes: changes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: urls.changes, AttributeNames: ['All'] }),
    );
    const { Attributes: deadLetters } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: urls.deadLetters, AttributeNames: ['All'] }),
    );

    expect(changes).toMatchObject({
      QueueArn: `arn:aws:sqs:eu-west-1:000000000000:procurios-sync-${environment}-changes.fifo`,
      FifoQueue: 'true',
      VisibilityTimeout: '1800',
      MessageRetentionPeriod: '1209600',
      MaximumMessageSize: '262144',
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
    expect(JSON.parse(changes?.RedrivePolicy ?? '')).toEqual({
      deadLetterTargetArn: `arn:aws:sqs:eu-west-1:000000000000:procurios-sync-${environment}-changes-dead.fifo`,
      maxReceiveCount: 1000,
    });
    expect(deadLetters).toMatchObject({
      FifoQueue: 'true',
      MessageRetentionPeriod: '1209600',
      MaximumMessageSize: '1048576',
    });
  });

  test('createQueues lowers the largest message of a queue that an earlier version created', async () => {
    const { client, urls, environment } = await openQueues();
    const Attributes = { MaximumMessageSize: '1048576' };
    await client.send(new SetQueueAttributesCommand({ QueueUrl: urls.changes, Attributes }));

    await createQueues(client, { environment });

    const message = { MessageGroupId: 'a', MessageDeduplicationId: 'a', QueueUrl: urls.changes };
    const large = new SendMessageCommand({ ...message, MessageBody: 'x'.repeat(257 * 1024) });
    await expect(client.send(large)).rejects.toThrow(/shorter than 262144 bytes/);
  });

  test('createQueues leaves the messages of existing queues where they are', async () => {
    const { client, urls, environment } = await openQueues();
    await queueMessages(client, urls.changes, ['a1']);

    const again = await createQueues(client, { environment });

    expect(again).toEqual(urls);
    expect(bodiesOf(await receive(client, urls.changes))).toEqual(['a1']);
  });

  test('deleteQueues also deletes the messages and the deduplication ids', async () => {
    const { client, urls, environment } = await openQueues();
    await queueMessages(client, urls.changes, ['a1']);

    await deleteQueues(client, { environment });

    const QueueName = `procurios-sync-${environment}-changes.fifo`;
    await expect(client.send(new GetQueueUrlCommand({ QueueName }))).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
    await createQueues(client, { environment });
    await queueMessages(client, urls.changes, ['a1']);
    expect(bodiesOf(await receive(client, urls.changes))).toEqual(['a1']);
  });
});

describe('FIFO queue of the embedded SQS', () => {
  test('a batch holds all messages of a group, followed by those of other groups', async () => {
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

  test('a group stays locked until all its received messages are deleted', async () => {
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

  test('a batch holds at most ten messages, and the rest of the group stays locked', async () => {
    const { client, urls } = await openQueues();
    const bodies = Array.from({ length: 12 }, (_, index) => `a${index}`);
    await queueMessages(client, urls.changes, bodies);

    const first = await receive(client, urls.changes);
    const second = await receive(client, urls.changes);

    expect(bodiesOf(first)).toEqual(bodies.slice(0, 10));
    expect(second).toEqual([]);
  });

  test.each(['in memory', 'on disk'])(
    'messages that are made visible again return in their old order (%s)',
    async (where) => {
      const { client, urls } = where === 'on disk' ? await ownQueues(await newFolder()) : await openQueues();
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

  test('a group stays locked while one of its messages is hidden, also if an earlier one is visible', async () => {
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

  test('messages return in their old order after their visibility timeout', async () => {
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

  test('a message with a deduplication id that was just used is dropped', async () => {
    const { client, urls } = await openQueues();
    await queueMessages(client, urls.changes, ['a1', 'a2']);

    await queueMessages(client, urls.changes, ['a1']);

    expect(bodiesOf(await receive(client, urls.changes))).toEqual(['a1', 'a2']);
  });

  test('a message moves to the dead-letter queue after maxReceiveCount receives', async () => {
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

describe('embedded SQS', () => {
  test('the endpoint listens on loopback only and speaks only the protocol of SQS', async () => {
    const {
      sqs: { url },
    } = await openQueues();

    const headers = { authorization: SIGNED };
    const body = new URLSearchParams({ Action: 'ListTopics' });
    const asForm = await fetch(url, { method: 'POST', headers, body });
    const asPage = await fetch(`${url}/_fauxqs/queues`, { headers });

    expect(new URL(url).hostname).toBe('127.0.0.1');
    expect([asForm.status, asPage.status]).toEqual([404, 404]);
  });

  test('clients that send to the URL of a queue reach the queue', async () => {
    const { client, urls } = await openQueues();
    const follower = new SQSClient({
      region: 'eu-west-1',
      credentials: EMBEDDED_CREDENTIALS,
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

  test('a later start on the same data folder finds queues and messages, also those in flight', async () => {
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

  test('closing cuts off a long poll instead of waiting for it', async () => {
    const { sqs, client, urls } = await openQueuesOf(closeAfterTest(await startEmbeddedSqs()));
    const poll = client.send(new ReceiveMessageCommand({ QueueUrl: urls.changes, WaitTimeSeconds: 20 }));
    const polled = poll.then(
      () => 'answered',
      () => 'cut off',
    );
    // The answer to a later request shows that the endpoint has received the poll.
    await client.send(new GetQueueUrlCommand({ QueueName: 'procurios-sync-acme-changes.fifo' }));

    await sqs.close();

    await expect(polled).resolves.toBe('cut off');
  });

  test('requests fail and the endpoint can be closed when its database is damaged', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'fauxqs.db'), 'not a database, and longer than a header of SQLite');
    const sqs = closeAfterTest(await startEmbeddedSqs(folder));

    const create = createQueues(sqsOf(sqs.url), { environment: 'acme' });

    await expect(create).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    await sqs.close();
  });

  test('fauxqs is loaded by the first request only', async () => {
    const dataFolder = await newFolder();
    const aws = closeAfterTest(await startEmbeddedAws({ dataFolder }));

    const untouched = await readdir(dataFolder);
    await createQueues(sqsOf(aws.environment.AWS_ENDPOINT_URL_SQS), { environment: 'acme' });
    const asked = await readdir(dataFolder);

    expect(untouched).not.toContain('sqs');
    expect(asked).toContain('sqs');
  });
});
