import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Clock, timestamp } from '../../core/clock.ts';
import { SyncError } from '../../core/errors.ts';
import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Prepared } from '../../core/pull/prepare.ts';
import type { TablePort } from '../../core/pull/table-writer.ts';
import { isThrottle, nameOf, translate } from '../aws-errors.ts';
import type { Lease } from '../state/lease.ts';
import { createAdaptiveConcurrency } from './adaptive-concurrency.ts';
import { fieldsText } from './attribute-values.ts';
import { callRaw } from './dynamodb-call.ts';

/** Attempts in a row without progress, after which the table counts as unavailable. About two minutes. */
const MOST_ATTEMPTS = 12;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 20_000;

/**
 * DynamoDB accepts 16 MB. A batch can exceed that, because an item of 400 KB may be several times as long as JSON.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
 */
const LARGEST_BODY_BYTES = 12_000_000;

class BodyTooLarge extends Error {}

export interface StreamTableOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Stored in `_run` of each item. */
  readonly runId: string;
  /** Aborts writes when they are no longer allowed. */
  readonly lease: Pick<Lease, 'guard'>;
  readonly clock: Clock;
}

/** A stream's table in DynamoDB. Throttled calls and unprocessed entries are retried, with fewer calls in flight each time. */
export function createStreamTable(options: StreamTableOptions): TablePort {
  const { client, tableName, clock } = options;
  const concurrency = createAdaptiveConcurrency();

  /**
   * Repeats a batch call until all entries are processed.
   *
   * @param attempt - Sends the entries and returns those that were not processed.
   */
  const untilDone = async <Entry>(
    entries: readonly Entry[],
    attempt: (entries: readonly Entry[]) => Promise<readonly Entry[]>,
  ): Promise<void> => {
    let left = entries;
    for (let attempts = 0; attempts < MOST_ATTEMPTS; attempts += 1) {
      const before = left.length;
      left = await concurrency
        .run(() => attempt(left))
        .catch((error: unknown) => {
          if (isThrottle(error)) return left;
          throw error;
        });
      if (left.length === 0) return concurrency.raise();
      concurrency.halve();
      if (left.length < before) attempts = 0;
      await clock.sleep(Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempts));
    }
    throw new SyncError(
      'STORE_UNAVAILABLE',
      `table ${tableName} is still throttled after ${MOST_ATTEMPTS} attempts`,
    );
  };

  const readSome = async (ids: readonly string[], consistent: boolean, hashes: Map<string, string>) => {
    const answer = JSON.parse(await callRaw(client, 'BatchGetItem', readBody(tableName, ids, consistent)));
    for (const item of answer.Responses?.[tableName] ?? []) hashes.set(item._id.S, item._hash?.S ?? '');
    const keys: { _id: { S: string } }[] = answer.UnprocessedKeys?.[tableName]?.Keys ?? [];
    return keys.map((key) => key._id.S);
  };

  const writeSome = async (items: readonly Prepared[]) => {
    const body = writeBody(tableName, items, timestamp(clock.now()), options.runId);
    if (items.length > 1 && Buffer.byteLength(body) > LARGEST_BODY_BYTES) throw new BodyTooLarge();
    const answer = JSON.parse(await callRaw(client, 'BatchWriteItem', body, options.lease.guard()));
    const requests: Json[] = answer.UnprocessedItems?.[tableName] ?? [];
    const left = new Set(requests.map(idOfRequest));
    return items.filter(({ id }) => left.has(id));
  };

  const write = async (items: readonly Prepared[]): Promise<readonly Prepared[]> => {
    try {
      await untilDone(items, writeSome);
      return [];
    } catch (error) {
      const mayBeSmaller = nameOf(error) === 'ValidationException' || error instanceof BodyTooLarge;
      if (!mayBeSmaller) throw translate(error, `table ${tableName}`);
      if (items.length === 1) return items;
      // DynamoDB refuses a whole batch for one invalid item. Halving finds it and stores the others.
      const middle = Math.ceil(items.length / 2);
      return [...(await write(items.slice(0, middle))), ...(await write(items.slice(middle)))];
    }
  };

  return {
    async readHashes(ids, consistent) {
      const hashes = new Map<string, string>();
      await untilDone(ids, (left) => readSome(left, consistent, hashes)).catch((error: unknown) => {
        throw translate(error, `table ${tableName}`);
      });
      return hashes;
    },
    write,
  };
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
function readBody(tableName: string, ids: readonly string[], consistent: boolean): string {
  const keys = ids.map((id) => `{"_id":{"S":${JSON.stringify(id)}}}`);
  // In an expression, a name that begins with an underscore needs a placeholder.
  const projection = '"ProjectionExpression":"#i,#h","ExpressionAttributeNames":{"#i":"_id","#h":"_hash"}';
  return `{"RequestItems":{"${tableName}":{"Keys":[${keys.join()}],"ConsistentRead":${consistent},${projection}}}}`;
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
export function writeBody(
  tableName: string,
  items: readonly Prepared[],
  changedAt: string,
  runId: string,
): string {
  const requests = items.map(({ id, hash, object }) => {
    const own = fieldsText({ _id: id, _hash: hash, _changedAt: changedAt, _run: runId });
    return `{"PutRequest":{"Item":{${own},${fieldsText(object)}}}}`;
  });
  return `{"RequestItems":{"${tableName}":[${requests.join()}]}}`;
}

function idOfRequest(request: Json): string {
  const item = isObject(request) && isObject(request.PutRequest) ? request.PutRequest.Item : undefined;
  const id = isObject(item) && isObject(item._id) ? (item._id as JsonObject).S : undefined;
  return typeof id === 'string' ? id : '';
}
