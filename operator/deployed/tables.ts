import {
  type TableDescription as Described,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type KeySchemaElement,
} from '@aws-sdk/client-dynamodb';
import { nameOf, translate } from '../../lambda/aws/aws-errors.ts';

/** A table as DynamoDB describes it. */
export interface TableDescription {
  /** DynamoDB's word: `ACTIVE`, `CREATING`, … */
  readonly status: string;
  readonly key: DescribedKey;
  /** The keys of its global secondary indexes, by their names. */
  readonly indexes: Readonly<Record<string, DescribedKey>>;
  /** The attribute by which items expire; undefined if they do not. */
  readonly expiresOn?: string;
}

/** A key's attributes, the partition key first. */
export type DescribedKey = readonly { readonly name: string; readonly type: string }[];

/**
 * Describes a table, without its items.
 *
 * @returns Undefined if there is no table of that name.
 * @throws {SyncError} `STORE_UNAVAILABLE`.
 */
export async function readTable(client: DynamoDBClient, name: string): Promise<TableDescription | undefined> {
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

function keyOf(
  { AttributeDefinitions = [] }: Described,
  schema: readonly KeySchemaElement[] = [],
): DescribedKey {
  return schema.map(({ AttributeName: name = '' }) => {
    const attribute = AttributeDefinitions.find(({ AttributeName }) => AttributeName === name);
    return { name, type: attribute?.AttributeType ?? 'unknown' };
  });
}
