import {
  type AttributeDefinition,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  paginateListTables,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import type { Config } from '../../lambda/deployment/config.ts';
import { stateTableName, streamTableName } from '../../lambda/deployment/names.ts';

type TableNames = Pick<Config, 'environment'> & { readonly streams: readonly { readonly name: string }[] };

/** Creates those of a config's tables that are missing, with the keys that the deployed ones have. */
export async function createTables(client: DynamoDBClient, config: TableNames): Promise<void> {
  const present = await listTables(client);
  const missing = tablesOf(config).filter(({ TableName }) => !present.has(TableName ?? ''));
  await Promise.all(missing.map((table) => client.send(new CreateTableCommand(table))));
  // Also those that were there: a table is listed before it can be used.
  await Promise.all(
    tablesOf(config).map(({ TableName }) => waitUntilTableExists(waiting(client), { TableName })),
  );
}

/** Removes a config's tables with everything in them. */
export async function deleteTables(client: DynamoDBClient, config: TableNames): Promise<void> {
  const present = await listTables(client);
  const tables = tablesOf(config).filter(({ TableName }) => present.has(TableName ?? ''));
  await Promise.all(
    tables.map(async ({ TableName }) => {
      await client.send(new DeleteTableCommand({ TableName }));
      await waitUntilTableNotExists(waiting(client), { TableName });
    }),
  );
}

/** How the SDK's waiters wait, in seconds: the embedded endpoint needs a moment, not minutes. */
function waiting(client: DynamoDBClient) {
  return { client, maxWaitTime: 10, minDelay: 0.01, maxDelay: 0.1 };
}

async function listTables(client: DynamoDBClient): Promise<ReadonlySet<string>> {
  const names: string[] = [];
  for await (const page of paginateListTables({ client }, {})) names.push(...(page.TableNames ?? []));
  return new Set(names);
}

function tablesOf({ environment, streams }: TableNames): CreateTableCommandInput[] {
  return [
    stateTable(stateTableName(environment)),
    ...streams.map(({ name }) => table(streamTableName(environment, name), ['_id'])),
  ];
}

function table(TableName: string, key: readonly string[]) {
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: attributes(key),
    KeySchema: keySchema(key),
  } satisfies CreateTableCommandInput;
}

/** With an index over the ledger: only its entries have both an `outcome` and a `queuedAt`. */
function stateTable(TableName: string): CreateTableCommandInput {
  const indexKey = ['outcome', 'queuedAt'];
  const withoutIndex = table(TableName, ['pk', 'sk']);
  return {
    ...withoutIndex,
    AttributeDefinitions: [...withoutIndex.AttributeDefinitions, ...attributes(indexKey)],
    GlobalSecondaryIndexes: [
      { IndexName: 'byOutcome', KeySchema: keySchema(indexKey), Projection: { ProjectionType: 'ALL' } },
    ],
  };
}

function attributes(names: readonly string[]): AttributeDefinition[] {
  return names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
}

function keySchema(names: readonly string[]): KeySchemaElement[] {
  return names.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' }));
}
