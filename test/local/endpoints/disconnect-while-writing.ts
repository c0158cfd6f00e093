import { setTimeout as sleep } from 'node:timers/promises';
import { BatchWriteItemCommand, CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect } from '@jest/globals';
import { startEmbeddedDynamoDb } from '../../../local/endpoints/embedded-dynamodb.ts';
import { EMBEDDED_CREDENTIALS } from '../../../local/endpoints/guard.ts';

/**
 * Opens the DynamoDB endpoint on a folder, disconnects eight clients that long after they began to write, and closes the
 * endpoint.
 */
export async function disconnectWhileWriting(folder: string, ms: number): Promise<void> {
  const endpoint = await startEmbeddedDynamoDb(folder);
  const client = new DynamoDBClient({
    endpoint: endpoint.url,
    region: 'eu-west-1',
    credentials: EMBEDDED_CREDENTIALS,
  });
  const TableName = `things-${ms}`;
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: '_id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: '_id', AttributeType: 'S' }],
    }),
  );
  const puts = Array.from({ length: 25 }, (_, id) => ({
    PutRequest: { Item: { _id: { S: `${id}` }, text: { S: 'x'.repeat(20_000) } } },
  }));
  const abort = new AbortController();
  const writes = Array.from({ length: 8 }, () =>
    client
      .send(new BatchWriteItemCommand({ RequestItems: { [TableName]: puts } }), { abortSignal: abort.signal })
      .catch(() => 'aborted'),
  );
  await sleep(ms);

  abort.abort();
  const closed = endpoint.close();

  await expect(closed).resolves.toBeUndefined();
  await Promise.all(writes);
  client.destroy();
}
