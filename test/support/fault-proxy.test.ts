import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ProvisionedThroughputExceededException,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/endpoints/embedded-aws.ts';
import { EMBEDDED_CREDENTIALS } from '../../local/endpoints/guard.ts';
import { deleteTable } from '../../local/endpoints/tables.ts';
import { closeAfterTest, dynamoDbOf } from './embedded-aws.ts';
import { type Fault, type FaultProxy, refuseItems, startFaultProxy } from './fault-proxy.ts';

let aws: EmbeddedAws;
let direct: DynamoDBClient;
beforeAll(async () => {
  aws = await startEmbeddedAws();
  direct = dynamoDbOf(aws);
});
afterAll(async () => {
  direct?.destroy();
  await aws?.close();
});

let proxy: FaultProxy;
let client: DynamoDBClient;
beforeEach(async () => {
  await direct.send(
    new CreateTableCommand({
      TableName: 'things',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: '_id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: '_id', AttributeType: 'S' }],
    }),
  );
  proxy = closeAfterTest(await startFaultProxy(aws.environment.AWS_ENDPOINT_URL_DYNAMODB ?? ''));
  client = new DynamoDBClient({
    endpoint: proxy.url,
    region: 'eu-west-1',
    credentials: EMBEDDED_CREDENTIALS,
    maxAttempts: 1,
  });
});
afterEach(async () => {
  client.destroy();
  await deleteTable(direct, 'things');
});

function write(...ids: string[]) {
  const puts = ids.map((id) => ({ PutRequest: { Item: { _id: { S: id } } } }));
  return client.send(new BatchWriteItemCommand({ RequestItems: { things: puts } }));
}

async function stored(): Promise<string[]> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: 'things' }));
  return Items.map((item) => item._id?.S ?? '').sort();
}

test('the proxy passes calls on and counts them and their items', async () => {
  await write('1', '2');
  await client.send(new GetItemCommand({ TableName: 'things', Key: { _id: { S: '1' } } }));

  expect(await stored()).toEqual(['1', '2']);
  expect(proxy.calls()).toEqual({ BatchWriteItem: 1, GetItem: 1, Scan: 1 });
  expect(proxy.items()).toEqual({ BatchWriteItem: 2, GetItem: 1, Scan: 0 });
});

test('the proxy refuses the call that the test names, and no other', async () => {
  proxy.onCall(({ action, ordinal }) =>
    action === 'BatchWriteItem' && ordinal === 2
      ? { refuse: 'ProvisionedThroughputExceededException' }
      : undefined,
  );

  await write('1');
  await expect(write('2')).rejects.toBeInstanceOf(ProvisionedThroughputExceededException);
  await write('3');

  expect(await stored()).toEqual(['1', '3']);
});

test('the proxy gives back writes as unprocessed and carries out the others', async () => {
  proxy.onCall(({ action }) => (action === 'BatchWriteItem' ? { unprocessed: 2 } : undefined));

  const { UnprocessedItems } = await write('1', '2', '3');

  expect(UnprocessedItems?.things?.map((write) => write.PutRequest?.Item?._id?.S)).toEqual(['2', '3']);
  expect(await stored()).toEqual(['1']);
});

test('the proxy refuses a batch as a whole for one bad item', async () => {
  proxy.onCall(refuseItems((item) => item._id?.S === 'bad'));

  await expect(write('1', 'bad')).rejects.toMatchObject({ name: 'ValidationException' });
  await write('2');

  proxy.onCall(() => undefined);
  expect(await stored()).toEqual(['2']);
});

test.each<[Fault, string[]]>([
  [{ status: 500 }, []],
  ['drop', []],
  ['loseReply', ['1']],
  [{ delayMs: 5 }, ['1']],
])('with the fault %j a call fails or is answered, and is carried out or not', async (fault, expected) => {
  proxy.onCall(() => fault);

  const outcome = write('1').then(
    () => 'answered',
    () => 'failed',
  );

  await expect(outcome).resolves.toBe(
    typeof fault === 'object' && 'delayMs' in fault ? 'answered' : 'failed',
  );
  proxy.onCall(() => undefined);
  expect(await stored()).toEqual(expected);
});

test('the proxy leaves a stalled call without an answer until it closes', async () => {
  proxy.onCall(() => 'stall');

  const outcome = write('1').then(
    () => 'answered',
    () => 'failed',
  );
  const first = await Promise.race([
    outcome,
    new Promise((resolve) => setTimeout(() => resolve('waiting'), 30)),
  ]);
  await proxy.close();

  expect(first).toBe('waiting');
  await expect(outcome).resolves.toBe('failed');
});
