import { KEYS_PER_READ } from '../../core/pull/table-writer.ts';
import { callRaw } from './dynamodb-call.ts';
import { forEach } from './for-each.ts';
import type { ItemForm, TableAccess } from './table-items.ts';

/**
 * Reads the items that exist.
 *
 * @param form - What is read of each item.
 * @param ids - At most 100, all different.
 * @param isConsistent - Whether the read must see all earlier writes, which costs twice as much.
 */
export async function getItems<Item>(
  { client, tableName, untilDone }: TableAccess,
  form: ItemForm<Item>,
  ids: readonly string[],
  isConsistent: boolean,
): Promise<Item[]> {
  const read: Item[] = [];
  await untilDone(ids, async (left) => {
    const body = readBody(tableName, left, form.projection, isConsistent);
    const answer = JSON.parse(await callRaw(client, 'BatchGetItem', body));
    for (const item of form.itemsIn(answer.Responses?.[tableName])) read.push(item);
    const keys: { _id: { S: string } }[] = answer.UnprocessedKeys?.[tableName]?.Keys ?? [];
    return keys.map((key) => key._id.S);
  });
  return read;
}

/** As {@link getItems}, for any number of ids. Several batches are read at the same time, so the items come in any order. */
export async function getManyItems<Item>(
  access: TableAccess,
  form: ItemForm<Item>,
  ids: readonly string[],
  isConsistent: boolean,
): Promise<Item[]> {
  const starts = Array.from({ length: Math.ceil(ids.length / KEYS_PER_READ) }, (_, n) => n * KEYS_PER_READ);
  const read: Item[] = [];
  await forEach(starts, async (start) => {
    const items = await getItems(access, form, ids.slice(start, start + KEYS_PER_READ), isConsistent);
    for (const item of items) read.push(item);
  });
  return read;
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
function readBody(
  tableName: string,
  ids: readonly string[],
  projection: string,
  isConsistent: boolean,
): string {
  const keys = ids.map((id) => `{"_id":{"S":${JSON.stringify(id)}}}`);
  const request = `"Keys":[${keys.join()}],"ConsistentRead":${isConsistent},${projection}`;
  return `{"RequestItems":{"${tableName}":{${request}}}}`;
}
