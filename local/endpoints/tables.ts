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
import { type Key, STATE_TABLE, STREAM_TABLE, type TableKeys } from '../../lambda/deployment/tables.ts';
import { allSettled } from '../all-settled.ts';

type TableNames = Pick<Config, 'environment'> & { readonly streams: readonly { readonly name: string }[] };

/** Creates a config's tables if they are missing, with the keys of the deployed tables. */
export async function createTables(client: DynamoDBClient, config: TableNames): Promise<void> {
  const present = await listTables(client);
  const missing = tablesOf(config).filter(({ TableName }) => !present.has(TableName ?? ''));
  await allSettled(missing.map((table) => client.send(new CreateTableCommand(table))));
  // Waits for existing tables too, because a table is listed before it is active.
  await allSettled(
    tablesOf(config).map(({ TableName }) => waitUntilTableExists(waiting(client), { TableName })),
  );
}

/** Deletes a config's tables and their items. */
export async function deleteTables(client: DynamoDBClient, config: TableNames): Promise<void> {
  const present = await listTables(client);
  const tables = tablesOf(config).filter(({ TableName }) => present.has(TableName ?? ''));
  await allSettled(tables.map(async ({ TableName = '' }) => await deleteTable(client, TableName)));
}

/** Deletes a table. Resolves once it is gone, so that one of the same name can be created. */
export async function deleteTable(client: DynamoDBClient, TableName: string): Promise<void> {
  // A table that is deleted while it is being created would become active afterwards.
  await waitUntilTableExists(waiting(client), { TableName });
  await client.send(new DeleteTableCommand({ TableName }));
  await waitUntilTableNotExists(waiting(client), { TableName });
}

/** Settings of the SDK's waiters, in seconds. The embedded endpoint is ready within milliseconds, but a busy machine may take long. */
function waiting(client: DynamoDBClient) {
  return { client, maxWaitTime: 60, minDelay: 0.01, maxDelay: 0.1 };
}

async function listTables(client: DynamoDBClient): Promise<ReadonlySet<string>> {
  const names: string[] = [];
  for await (const page of paginateListTables({ client }, {})) {
    for (const name of page.TableNames ?? []) names.push(name);
  }
  return new Set(names);
}

function tablesOf({ environment, streams }: TableNames): CreateTableCommandInput[] {
  return [
    tableOf(stateTableName(environment), STATE_TABLE),
    ...streams.map(({ name }) => tableOf(streamTableName(environment, name), STREAM_TABLE)),
  ];
}

function tableOf(TableName: string, { key, indexes }: TableKeys): CreateTableCommandInput {
  const named = Object.entries(indexes);
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [key, ...Object.values(indexes)].flatMap(attributes),
    KeySchema: keySchema(key),
    ...(named.length > 0 && {
      GlobalSecondaryIndexes: named.map(([IndexName, indexKey]) => ({
        IndexName,
        KeySchema: keySchema(indexKey),
        Projection: { ProjectionType: 'ALL' },
      })),
    }),
  };
}

function attributes(key: Key): AttributeDefinition[] {
  return key.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
}

function keySchema(key: Key): KeySchemaElement[] {
  return key.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' }));
}
