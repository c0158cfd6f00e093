import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Json } from '../../core/json.ts';
import type { TablePort } from '../../core/pull/table-writer.ts';
import { callRaw } from './dynamodb-call.ts';
import { ITEM_PROJECTION, itemsIn } from './table-items.ts';
import type { UntilDone } from './until-done.ts';

/** Parts of a table that are scanned side by side. */
const SEGMENTS = 4;

/** What a table is scanned with. */
interface Scanned {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly untilDone: UntilDone;
}

/** Scans a table as {@link TablePort.scan} says, its segments side by side. */
export async function scanTable(
  scanned: Scanned,
  ...[isConsistent, signal, take]: Parameters<TablePort['scan']>
): Promise<boolean> {
  let isOver = false;
  const scanSegment = async (segment: number): Promise<void> => {
    for await (const answer of answersOf(scanned, segment, isConsistent, signal)) {
      isOver ||= !take(answer);
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
  { client, tableName, untilDone }: Scanned,
  segment: number,
  isConsistent: boolean,
  signal: AbortSignal,
) {
  let start: Json | undefined;
  do {
    const body = scanBody(tableName, segment, isConsistent, start);
    let text = '';
    // One entry, because DynamoDB answers a scan or throttles it.
    await untilDone([body], async () => {
      text = await callRaw(client, 'Scan', body, signal);
      return [];
    });
    const { Items, LastEvaluatedKey } = JSON.parse(text);
    yield itemsIn(Items);
    start = LastEvaluatedKey;
  } while (start !== undefined);
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html */
function scanBody(
  tableName: string,
  segment: number,
  isConsistent: boolean,
  start: Json | undefined,
): string {
  const from = start === undefined ? '' : `,"ExclusiveStartKey":${JSON.stringify(start)}`;
  const part = `"Segment":${segment},"TotalSegments":${SEGMENTS}${from}`;
  return `{"TableName":"${tableName}",${part},"ConsistentRead":${isConsistent},${ITEM_PROJECTION}}`;
}
