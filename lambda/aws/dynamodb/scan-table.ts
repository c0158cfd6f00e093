import type { Json, JsonObject } from '../../core/json.ts';
import { callRaw } from './dynamodb-call.ts';
import type { ItemForm, TableAccess } from './table-items.ts';

/** Parts of a table that are scanned side by side. */
const SEGMENTS = 4;

/**
 * Scans a table, its segments side by side.
 *
 * @param form - What is read of each item.
 * @param isConsistent - Whether the scan must see all earlier writes, which costs twice as much.
 * @param take - Receives the items of one answer. It returns false to end the scan.
 * @returns Whether all items were read.
 * @throws The signal's reason, if it aborts.
 */
export async function scanTable<Item>(
  access: TableAccess,
  form: ItemForm<Item>,
  isConsistent: boolean,
  signal: AbortSignal,
  take: (items: readonly Item[]) => boolean,
): Promise<boolean> {
  let isOver = false;
  const scanSegment = async (segment: number): Promise<void> => {
    for await (const items of answersOf(access, segment, form.projection, isConsistent, signal)) {
      isOver ||= !take(form.itemsIn(items));
      if (isOver) return;
    }
  };
  const segments = Array.from({ length: SEGMENTS }, (_, segment) => scanSegment(segment));
  try {
    await Promise.all(segments);
  } catch (error) {
    // The other segments end with their next answer.
    isOver = true;
    signal.throwIfAborted();
    throw error;
  }
  return !isOver;
}

async function* answersOf(
  { client, tableName, untilDone }: TableAccess,
  segment: number,
  projection: string,
  isConsistent: boolean,
  signal: AbortSignal,
): AsyncGenerator<readonly JsonObject[] | undefined, void, undefined> {
  let start: Json | undefined;
  do {
    const body = scanBody(tableName, segment, projection, isConsistent, start);
    let text = '';
    // One entry, because DynamoDB answers a scan or throttles it.
    await untilDone([body], async () => {
      text = await callRaw(client, 'Scan', body, signal);
      return [];
    });
    const { Items, LastEvaluatedKey } = JSON.parse(text);
    yield Items;
    start = LastEvaluatedKey;
  } while (start !== undefined);
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html */
function scanBody(
  tableName: string,
  segment: number,
  projection: string,
  isConsistent: boolean,
  start: Json | undefined,
): string {
  const from = start === undefined ? '' : `,"ExclusiveStartKey":${JSON.stringify(start)}`;
  const part = `"Segment":${segment},"TotalSegments":${SEGMENTS}${from}`;
  return `{"TableName":"${tableName}",${part},"ConsistentRead":${isConsistent},${projection}}`;
}
