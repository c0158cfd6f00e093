import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Clock, timestamp } from '../../core/clock.ts';
import { isObject, type Json } from '../../core/json.ts';
import type { Prepared } from '../../core/pull/prepare.ts';
import type { TablePort } from '../../core/pull/table-writer.ts';
import { nameOf, translate } from '../aws-errors.ts';
import type { Lease } from '../state/lease.ts';
import { fieldsText } from './attribute-values.ts';
import { callRaw } from './dynamodb-call.ts';
import { getItems } from './get-items.ts';
import { scanTable } from './scan-table.ts';
import { TABLE_ITEM, textOf } from './table-items.ts';
import { createUntilDone } from './until-done.ts';

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
  const untilDone = createUntilDone(tableName, clock);
  const access = { client, tableName, untilDone };
  const inWords = (error: unknown): never => {
    throw translate(error, `table ${tableName}`);
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
    scan: (...scan) => scanTable(access, TABLE_ITEM, ...scan).catch(inWords),
    read: (...read) => getItems(access, TABLE_ITEM, ...read).catch(inWords),
    write,
  };
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
  return (isObject(item) && textOf(item._id)) || '';
}
