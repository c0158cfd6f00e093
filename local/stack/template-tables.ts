import { isDeepStrictEqual } from 'node:util';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import { allSettled } from '../all-settled.ts';
import { type Resource, readProperties, resourcesOf, type Template, TemplateError } from './template.ts';
import { ACCOUNT, REGION, type TemplateResolver } from './template-resolver.ts';

const KEY_SCHEMA = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const INDEX = z.object({
  IndexName: z.string(),
  KeySchema: KEY_SCHEMA,
  Projection: z.object({
    ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
});
const TABLE = z.object({
  TableName: z.string(),
  BillingMode: z.literal('PAY_PER_REQUEST'),
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  KeySchema: KEY_SCHEMA,
  GlobalSecondaryIndexes: z.array(INDEX).optional(),
  LocalSecondaryIndexes: z.array(INDEX).optional(),
  TimeToLiveSpecification: z.object({ Enabled: z.boolean(), AttributeName: z.string() }).optional(),
});

/**
 * Creates the template's tables if they are missing. Items do not expire, because the embedded DynamoDB has no TTL.
 *
 * @throws {TemplateError} If DynamoDB refuses a table, or if a table of that name exists with other keys.
 */
export async function createTemplateTables(
  client: DynamoDBClient,
  template: Template,
  resolver: TemplateResolver,
): Promise<void> {
  const tables = resourcesOf(template, 'AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table');
  await allSettled(tables.map((table) => createTable(client, table, resolver)));
}

async function createTable(
  client: DynamoDBClient,
  resource: readonly [string, Resource],
  resolver: TemplateResolver,
): Promise<void> {
  const [id] = resource;
  const { TimeToLiveSpecification: _, ...table } = readProperties(resource, TABLE, resolver);
  const { TableName: name } = table;
  const present = await describeTable(client, name);
  if (present === undefined) {
    await client.send(new CreateTableCommand(table)).catch((cause: unknown) => {
      throw new TemplateError([id], `DynamoDB refuses the table ${name}: ${(cause as Error).message}`, {
        cause,
      });
    });
  } else if (!isDeepStrictEqual(keysOf(present), keysOf(table))) {
    throw new TemplateError([id], `a table ${name} with other keys or indexes exists`);
  }
  const attributes = { Arn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}` };
  resolver.define(id, { ref: name, attributes });
}

async function describeTable(
  client: DynamoDBClient,
  TableName: string,
): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** Describes the keys and indexes, which cannot be changed after creation, in an order that can be compared. */
function keysOf(table: CreateTableCommandInput | TableDescription): readonly string[] {
  const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])];
  const keys = (KeySchema: TableDescription['KeySchema'] = []) =>
    KeySchema.map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}`).join(', ');
  return [
    keys(table.KeySchema),
    ...(table.AttributeDefinitions ?? []).map((each) => `${each.AttributeName} ${each.AttributeType}`).sort(),
    ...indexes.map(({ IndexName, KeySchema }) => `${IndexName}: ${keys(KeySchema)}`).sort(),
  ];
}
