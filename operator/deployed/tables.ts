import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { nameOf, translate } from '../../lambda/aws/aws-errors.ts';
import type { TableShape } from '../../lambda/deployment/tables.ts';

/**
 * A table as it is, without its items.
 *
 * @returns Undefined: there is none of that name.
 * @throws {SyncError} `STORE_UNAVAILABLE`.
 */
export async function readTable(client: DynamoDBClient, name: string): Promise<TableShape | undefined> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
    if (Table === undefined) return undefined;
    const { TimeToLiveDescription: ttl } = await client.send(
      new DescribeTimeToLiveCommand({ TableName: name }),
    );
    const isOn = ttl?.TimeToLiveStatus === 'ENABLED' || ttl?.TimeToLiveStatus === 'ENABLING';
    return {
      status: Table.TableStatus ?? 'UNKNOWN',
      key: keyOf(Table, Table.KeySchema),
      indexes: Object.fromEntries(
        (Table.GlobalSecondaryIndexes ?? []).map((index) => [
          index.IndexName ?? '',
          keyOf(Table, index.KeySchema),
        ]),
      ),
      ...(isOn && { expiresOn: ttl.AttributeName }),
    };
  } catch (error) {
    if (nameOf(error) === 'ResourceNotFoundException') return undefined;
    throw translate(error, `table ${name}`);
  }
}

/** `['_id S']`, the partition key first. */
function keyOf(
  { AttributeDefinitions = [] }: TableDescription,
  schema: readonly KeySchemaElement[] | undefined,
): string[] {
  return (schema ?? []).map(({ AttributeName }) => {
    const attribute = AttributeDefinitions.find((each) => each.AttributeName === AttributeName);
    return `${AttributeName} ${attribute?.AttributeType}`;
  });
}
