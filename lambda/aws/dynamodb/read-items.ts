import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { isObject, type Json, type JsonObject, stringifyJson } from '../../core/json.ts';
import { translate } from '../aws-errors.ts';
import { fromFields } from './attribute-values.ts';
import { callRaw } from './dynamodb-call.ts';

/** @returns The item, our own fields among it; undefined: there is none. */
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
 * All items of a table, as many at a time as DynamoDB gives, in no order that means anything.
 *
 * @param mostPerCall - At most this many at a time; undefined: up to 1 MB of them.
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
