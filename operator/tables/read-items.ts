import { translate } from '../../lambda/aws/aws-errors.ts';
import type { DynamoDBClient } from '../../lambda/aws/clients.ts';
import { fromFields } from '../../lambda/aws/dynamodb/attribute-values.ts';
import { callRaw } from '../../lambda/aws/dynamodb/dynamodb-call.ts';
import { isObject, type Json, type JsonObject, stringifyJson } from '../../lambda/core/json.ts';

/**
 * Reads an item, with the fields that the pull adds to an object.
 *
 * @returns Undefined if the table has no such item.
 * @throws {SyncError} `STORE_MISSING`, `STORE_UNAVAILABLE`.
 */
export async function readItem(
  client: DynamoDBClient,
  tableName: string,
  id: string,
): Promise<JsonObject | undefined> {
  const body = `{"TableName":"${tableName}","Key":{"_id":{"S":${JSON.stringify(id)}}}}`;
  const text = await callRaw(client, 'GetItem', body).catch((error: unknown) => {
    throw translate(error, `table ${tableName}`);
  });
  const { Item } = JSON.parse(text) as { Item?: Json };
  return isObject(Item) ? fromFields(Item) : undefined;
}

/** Which items a scan reads. */
export interface ScanOptions {
  /** Whether tombstones are read too. */
  readonly withDeleted: boolean;
  /** Items that the first call looks at, at most. The others look at up to 1 MB. @default - As the others. */
  readonly mostAtFirst?: number;
}

/**
 * Reads the items of a table, in an order without meaning. Yields the items of one call at a time.
 *
 * @throws {SyncError} `STORE_MISSING`, `STORE_UNAVAILABLE`.
 */
export async function* scanItems(
  client: DynamoDBClient,
  tableName: string,
  { withDeleted, mostAtFirst }: ScanOptions,
): AsyncGenerator<readonly JsonObject[], void, undefined> {
  const filter = {
    FilterExpression: 'attribute_not_exists(#deletedAt)',
    ExpressionAttributeNames: { '#deletedAt': '_deletedAt' },
  };
  let startKey: Json | undefined;
  do {
    const request = {
      TableName: tableName,
      ...(!withDeleted && filter),
      ...(startKey === undefined && mostAtFirst !== undefined && { Limit: mostAtFirst }),
      ...(startKey !== undefined && { ExclusiveStartKey: startKey }),
    };
    const text = await callRaw(client, 'Scan', stringifyJson(request)).catch((error: unknown) => {
      throw translate(error, `table ${tableName}`);
    });
    const answer = JSON.parse(text) as { Items?: JsonObject[]; LastEvaluatedKey?: Json };
    yield (answer.Items ?? []).map(fromFields);
    startKey = answer.LastEvaluatedKey;
  } while (startKey !== undefined);
}
