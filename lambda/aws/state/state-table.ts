import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Json, JsonObject } from '../../core/json.ts';
import { isThrottle, nameOf, translate } from '../aws-errors.ts';
import { callRaw, type RawAction } from '../dynamodb/dynamodb-call.ts';
import { referencesOf, type Values } from '../dynamodb/expressions.ts';
import { fromAttributes, toAttributes } from './row-values.ts';
import type { StateKey } from './state-keys.ts';

/** An item of the state table: JSON values and bytes by the names of their attributes. */
export interface Row extends StateKey {
  readonly [attribute: string]: unknown;
}

/**
 * A condition on the stored row. If it does not hold, nothing is written. In all expressions `#name` stands for the attribute
 * of that name, because many names are words that DynamoDB reserves.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
 */
export interface Condition {
  /** E.g. `#fence = :fence`. @default - No condition. */
  readonly condition?: string;
  readonly values?: Values;
}

export interface Update extends Condition {
  /** E.g. `SET #fence = #fence + :one`. */
  readonly update: string;
}

export interface Query {
  /** @default - The table itself. */
  readonly index?: string;
  /** E.g. `#pk = :pk AND begins_with(#sk, :prefix)`. */
  readonly keys: string;
  /** Applied after the rows are read. @default - No filter. */
  readonly filter?: string;
  readonly values: Values;
  /** Only these attributes of each row. @default - All. */
  readonly attributes?: readonly string[];
  /** Whether every write that was answered before is seen; not possible on an index. @default false */
  readonly isConsistent?: boolean;
  /** Whether the highest sort key comes first. @default false */
  readonly isDescending?: boolean;
  /** Rows per page. @default - As many as 1 MB holds. */
  readonly pageSize?: number;
}

/** Part of a batch: a row to store, or the key of one to delete. */
export type Write = { readonly put: Row } | { readonly delete: StateKey };

/** The state table. Every call throws {@link SyncError} `STORE_MISSING` or `STORE_UNAVAILABLE`. */
export interface StateTable {
  readonly name: string;
  /** Reads a row with every write that was answered before; undefined if there is none. */
  get(key: StateKey): Promise<Row | undefined>;
  /**
   * Stores a row in place of the one with its key.
   *
   * @returns False if the condition was not met; nothing is written then. It is also false if the SDK lost the answer to its
   * first attempt and the second one met the row that the first had written.
   */
  put(row: Row, condition?: Condition): Promise<boolean>;
  /** @returns The row after the update; undefined if the condition was not met, see {@link StateTable.put}. */
  update(key: StateKey, update: Update): Promise<Row | undefined>;
  /** Reads rows page by page. A page may be empty, because the filter is applied after reading. */
  query(query: Query): AsyncGenerator<readonly Row[], void, undefined>;
  /**
   * Counts rows without fetching them. DynamoDB bills as if they were fetched.
   *
   * @param most - The count at which counting ends.
   */
  count(query: Query, most: number): Promise<number>;
  /** Sends up to 25 writes in one call. @returns Those that DynamoDB did not process, because it is throttling. */
  writeBatch(writes: readonly Write[]): Promise<readonly Write[]>;
  /** The same table for the holder of a lease: a call throws, or is aborted, once the lease does not allow writing. */
  underLease(lease: { guard(): AbortSignal }): StateTable;
}

export function createStateTable(client: DynamoDBClient, name: string): StateTable {
  return tableOf(client, name, () => undefined);
}

function tableOf(client: DynamoDBClient, name: string, guard: () => AbortSignal | undefined): StateTable {
  /** @returns The answer; undefined if the condition was not met. */
  const callIf = async (action: RawAction, request: object): Promise<JsonObject | undefined> => {
    try {
      return JSON.parse(await callRaw(client, action, JSON.stringify(request), guard())) as JsonObject;
    } catch (error) {
      if (nameOf(error) === 'ConditionalCheckFailedException') return undefined;
      throw translate(error, `table ${name}`);
    }
  };
  const call = async (action: RawAction, request: object) => (await callIf(action, request)) ?? {};
  const pages = async function* (query: Query, more: object) {
    let ExclusiveStartKey: Json | undefined;
    do {
      const answer = await call('Query', { ...queryRequest(name, query), ...more, ExclusiveStartKey });
      yield answer;
      ExclusiveStartKey = answer.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
  };

  return {
    name,
    async get(key) {
      const { Item } = await call('GetItem', {
        TableName: name,
        Key: toAttributes(key),
        ConsistentRead: true,
      });
      return Item === undefined ? undefined : rowOf(Item);
    },
    async put(row, condition = {}) {
      const request = { TableName: name, Item: toAttributes(row), ...conditionRequest(condition) };
      return (await callIf('PutItem', request)) !== undefined;
    },
    async update(key, { update, ...condition }) {
      const answer = await callIf('UpdateItem', {
        TableName: name,
        Key: toAttributes(key),
        UpdateExpression: update,
        ...conditionRequest(condition, update),
        ReturnValues: 'ALL_NEW',
      });
      return answer && rowOf(answer.Attributes as Json);
    },
    async *query(query) {
      for await (const { Items } of pages(query, {})) yield ((Items ?? []) as Json[]).map(rowOf);
    },
    async count(query, most) {
      let count = 0;
      for await (const { Count } of pages(query, { Select: 'COUNT' })) {
        count += Number(Count);
        if (count >= most) break;
      }
      return Math.min(count, most);
    },
    async writeBatch(writes) {
      const request = { RequestItems: { [name]: writes.map(writeRequest) } };
      const answer = await call('BatchWriteItem', request).catch((error: unknown) => {
        if (error instanceof Error && isThrottle(error.cause)) return undefined;
        throw error;
      });
      if (answer === undefined) return writes;
      const { UnprocessedItems } = answer;
      return (((UnprocessedItems as JsonObject | undefined)?.[name] ?? []) as JsonObject[]).map(writeOf);
    },
    underLease: (lease) => tableOf(client, name, () => lease.guard()),
  };
}

function rowOf(item: Json): Row {
  return fromAttributes(item as JsonObject) as unknown as Row;
}

function conditionRequest({ condition, values }: Condition, ...expressions: readonly string[]) {
  return { ConditionExpression: condition, ...referencesOf([condition, ...expressions], values) };
}

function queryRequest(TableName: string, query: Query) {
  const { index, keys, filter, values, attributes, isConsistent, isDescending = false, pageSize } = query;
  const projection = attributes?.map((attribute) => `#${attribute}`).join();
  return {
    TableName,
    IndexName: index,
    KeyConditionExpression: keys,
    FilterExpression: filter,
    ProjectionExpression: projection,
    ...referencesOf([keys, filter, projection], values),
    ConsistentRead: isConsistent,
    ScanIndexForward: !isDescending,
    Limit: pageSize,
  };
}

function writeRequest(write: Write) {
  return 'put' in write
    ? { PutRequest: { Item: toAttributes(write.put) } }
    : { DeleteRequest: { Key: toAttributes(write.delete) } };
}

function writeOf({ PutRequest, DeleteRequest }: JsonObject): Write {
  return PutRequest !== undefined
    ? { put: rowOf((PutRequest as JsonObject).Item as Json) }
    : { delete: rowOf((DeleteRequest as JsonObject).Key as Json) };
}
