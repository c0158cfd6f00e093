import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLedger } from '../../../lambda/aws/state/ledger.ts';
import { createStateTable } from '../../../lambda/aws/state/state-table.ts';
import { parseChange } from '../../../lambda/core/push/change.ts';
import { conclude, newEntry } from '../../../lambda/core/push/transitions.ts';
import { stateTableName } from '../../../lambda/deployment/names.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../local/endpoints/embedded-aws.ts';
import { createQueues } from '../../../local/endpoints/queues.ts';
import { createTables } from '../../../local/endpoints/tables.ts';
import { type Ended, newFolder, run, type Setting, start, writeConfig } from '../../support/command-line.ts';
import { dynamoDbOf, sqsOf } from '../../support/embedded-aws.ts';
import { startHttpServer } from '../../support/http-server.ts';
import { operationOf } from '../../support/push-world.ts';

const { name: _name, ...operation } = operationOf();
const CONFIG = {
  environment: 'remote',
  host: 'https://procurios.example.com',
  auth: { grant: 'clientCredentials', scopes: ['x'] },
  streams: [
    {
      name: 'things',
      path: '/l/things',
      mediaType: 'application/json',
      key: 'id',
      paging: { kind: 'onePage' },
    },
  ],
  operations: { register: operation },
};
const TEXT =
  '{"changeId":"c1","operation":"register","subject":"s/1","parameters":{},"body":{"n":9007199254740993}}';

let aws: EmbeddedAws;
let sqs: SQSClient;
let setting: Setting;
beforeAll(async () => {
  aws = await startEmbeddedAws();
  setting = { cwd: await newFolder('push-to-aws'), env: aws.environment };
  await writeConfig(setting.cwd, CONFIG);
  await writeFile(join(setting.cwd, 'changes.jsonl'), TEXT);
  sqs = sqsOf(aws.environment.AWS_ENDPOINT_URL_SQS);
});
afterAll(async () => {
  sqs.destroy();
  await aws.close();
});

const push = (...options: string[]): Promise<Ended> =>
  run(['push', 'changes.jsonl', '--yes', ...options], setting);

test('push names a missing queue', async () => {
  const { code, stderr } = await push();

  expect(code).toBe(1);
  expect(stderr).toMatch(/STORE_MISSING: queue procurios-sync-remote-changes.fifo does not exist/);
  // Nothing can be on it.
  expect(stderr).not.toContain('perhaps queued');
});

test('push to a queue that fails midway reports that the changes may be queued, with their ids', async () => {
  await using queue = await startHttpServer((request, response) => {
    const isFinding = request.headers['x-amz-target'] === 'AmazonSQS.GetQueueUrl';
    response.writeHead(isFinding ? 200 : 400, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(
      JSON.stringify(isFinding ? { QueueUrl: `${queue.origin}/q` } : { __type: 'AccessDeniedException' }),
    );
  });
  const env = { ...aws.environment, AWS_ENDPOINT_URL_SQS: queue.origin };

  const { code, stderr } = await run(['push', 'changes.jsonl', '--yes'], { ...setting, env });

  expect(code).toBe(1);
  expect(stderr).toContain('perhaps queued: line 1; push it again with "changeId": "c1"');
});

test('push without --embedded queues a change and leaves the sending to the function', async () => {
  const { changes: QueueUrl } = await createQueues(sqs, CONFIG);

  const { code, stdout, stderr } = await push();

  const received = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'], MaxNumberOfMessages: 10 }),
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ +1 +c1 +register +s\/1$/m);
  expect(stderr).toBe('1 change queued; to see the outcomes: npx procurios-sync changes list\n');
  expect(received.Messages).toMatchObject([
    {
      Body: TEXT,
      Attributes: { MessageGroupId: 's/1' },
    },
  ]);
  await sqs.send(
    new DeleteMessageCommand({ QueueUrl, ReceiptHandle: received.Messages?.[0]?.ReceiptHandle }),
  );
});

test('push of the same change within five minutes is not dropped by SQS', async () => {
  const { changes: QueueUrl } = await createQueues(sqs, CONFIG);
  const receive = () => sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 0 }));
  const remove = (ReceiptHandle?: string) => sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));

  await push();
  const [first] = (await receive()).Messages ?? [];
  await remove(first?.ReceiptHandle);
  await push();
  const [second] = (await receive()).Messages ?? [];

  expect(second?.Body).toBe(TEXT);
  expect(second?.MessageId).not.toBe(first?.MessageId);
  await remove(second?.ReceiptHandle);
});

test('push --wait ends when the ledger has the outcome', async () => {
  const dynamoDb = dynamoDbOf(aws);
  await createTables(dynamoDb, CONFIG);
  const ledger = createLedger(createStateTable(dynamoDb, stateTableName('remote')));
  const checked = parseChange(TEXT, { register: operationOf() });
  if ('problems' in checked) throw new Error('the test queues no change');
  const entry = newEntry(checked.change, Date.now());
  const conclusion = { outcome: 'accepted', status: 201, errors: [], ids: {}, mayBeApplied: false } as const;

  const waiting = start(['push', 'changes.jsonl', '--yes', '--wait', '--json'], setting);
  await ledger.write(conclude(entry, conclusion, Date.now(), { retentionDays: 30 }));
  const { code, stdout } = await waiting.ended;

  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ changeId: 'c1', outcome: 'accepted', status: 201 });
  dynamoDb.destroy();
});
