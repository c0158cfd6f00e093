import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { isObject, type Json, type JsonObject, stringifyJson } from '../../core/json.ts';
import { translate } from '../aws-errors.ts';
import { fromFields } from './attribute-values.ts';
import { callRaw } from './dynamodb-call.ts';

/** Reads an item, with the fields that the pull adds; undefined if it does not exist. */
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

/**
 * Reads all items of a table, one response of DynamoDB at a time, in no particular order.
 *
 * @param mostPerCall - The most items of a response. @default - As many as fit into 1 MB.
 */
export async function* scanItems(
  client: DynamoDBClient,
  tableName: string,
  mostPerCall?: number,
): AsyncGenerator<readonly JsonObject[], void, undefined> {
  let startKey: Json | undefined;
  do {
    const request = {
      TableName: tableName,
      ...(mostPerCall !== undefined && { Limit: mostPerCall }),
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
