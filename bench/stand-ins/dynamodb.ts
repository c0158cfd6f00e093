import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Answer, serve } from './serving.ts';

/** Messages from the parent process. Each gets an answer. */
export type Instruction =
  /** Sets the latency of all calls. */
  | { readonly latencyMs: number }
  /** Deletes the table's items and resets its calls. */
  | { readonly empty: string }
  | { readonly forgetCallsOf: string }
  /** Stores so many items in the table. */
  | { readonly fill: string; readonly items: number }
  /** Answers with the table's {@link Calls} since the last reset. */
  | { readonly callsOf: string };

/** Number of calls and of items in them, for each action. */
export type Calls = Readonly<Record<string, { calls: number; items: number }>>;

interface Item {
  readonly id: string;
  hash: string;
}

interface Table {
  readonly byId: Map<string, Item>;
  /** The same items, in the order in which they came. */
  readonly items: Item[];
  calls: Record<string, { calls: number; items: number }>;
}

/** About 1 MB of a table with items of 1 KB, which is the most that DynamoDB reads for one answer. */
const ITEMS_PER_SCAN = 900;

const tables = new Map<string, Table>();
let callLatencyMs = 0;

process.on('message', (instruction: Instruction) => {
  if ('latencyMs' in instruction) callLatencyMs = instruction.latencyMs;
  if ('empty' in instruction) tables.delete(instruction.empty);
  if ('forgetCallsOf' in instruction) tableNamed(instruction.forgetCallsOf).calls = {};
  if ('fill' in instruction) fill(tableNamed(instruction.fill), instruction.items);
  process.send?.('callsOf' in instruction ? tableNamed(instruction.callsOf).calls : 'done');
});

serve((request: IncomingMessage, body: Buffer): Answer => {
  const action = String(request.headers['x-amz-target']).replace('DynamoDB_20120810.', '');
  return {
    contentType: 'application/x-amz-json-1.0',
    body: answerTo(action, body),
    latencyMs: callLatencyMs,
  };
});

/**
 * Stores `_id` and `_hash` of the items in batch writes and returns them to batch reads. All other actions succeed and find
 * nothing. Searches the bodies instead of parsing them, because the stand-in must use less CPU than the measured scripts.
 */
function answerTo(action: string, body: Buffer): string {
  const name = tableNameIn(body);
  const table = tableNamed(name);
  let items = 1;
  let answer = '{}';
  if (action === 'BatchWriteItem') {
    items = count(body, '"PutRequest":');
    for (const { id, end } of idsIn(body)) {
      const hash = textAfter(body, '"_hash":{"S":"', end);
      if (hash !== undefined) store(table, id, hash.text);
    }
    answer = '{"UnprocessedItems":{}}';
  } else if (action === 'BatchGetItem') {
    const ids = idsIn(body).map(({ id }) => id);
    items = ids.length;
    const found = ids.flatMap((id) => table.byId.get(id) ?? []);
    answer = `{"Responses":{"${name}":[${found.map(textOf).join()}]},"UnprocessedKeys":{}}`;
  } else if (action === 'Scan') {
    const scanned = scan(table, body);
    items = scanned.items.length;
    answer = scanned.answer;
  } else if (action === 'UpdateItem') {
    answer = '{"Attributes":{}}';
  } else if (action === 'Query') {
    answer = '{"Items":[],"Count":0,"ScannedCount":0}';
  }
  table.calls[action] ??= { calls: 0, items: 0 };
  const counted = table.calls[action];
  counted.calls += 1;
  counted.items += items;
  return answer;
}

/** The next items of a segment. The key that a scan continues after is the item's index, which the client returns unread. */
function scan({ items }: Table, body: Buffer): { items: readonly Item[]; answer: string } {
  const { Segment = 0, TotalSegments = 1, ExclusiveStartKey } = JSON.parse(body.toString());
  const found: Item[] = [];
  let at = ExclusiveStartKey === undefined ? Segment : Number(ExclusiveStartKey._id.S) + TotalSegments;
  for (; at < items.length && found.length < ITEMS_PER_SCAN; at += TotalSegments) {
    const item = items[at];
    if (item !== undefined) found.push(item);
  }
  const next = at < items.length ? `,"LastEvaluatedKey":{"_id":{"S":"${at - TotalSegments}"}}` : '';
  const count = found.length;
  const list = found.map(textOf).join();
  return { items: found, answer: `{"Count":${count},"ScannedCount":${count},"Items":[${list}]${next}}` };
}

function store({ byId, items }: Table, id: string, hash: string): void {
  const stored = byId.get(id);
  if (stored !== undefined) {
    stored.hash = hash;
    return;
  }
  const item = { id, hash };
  byId.set(id, item);
  items.push(item);
}

function fill(table: Table, items: number): void {
  for (let index = 0; index < items; index += 1) {
    const id = String(10_000_001 + index);
    store(table, id, hash('md5', id));
  }
}

function tableNamed(name: string): Table {
  const table = tables.get(name) ?? { byId: new Map(), items: [], calls: {} };
  tables.set(name, table);
  return table;
}

function tableNameIn(body: Buffer): string {
  const name = textAfter(body, '"RequestItems":{"', 0) ?? textAfter(body, '"TableName":"', 0);
  return name?.text ?? '';
}

function idsIn(body: Buffer): { id: string; end: number }[] {
  const ids: { id: string; end: number }[] = [];
  for (let end = 0; ; ) {
    const id = textAfter(body, '"_id":{"S":"', end);
    if (id === undefined) return ids;
    ids.push({ id: id.text, end: id.end });
    end = id.end;
  }
}

/** Returns the text between the mark and the next quotation mark; undefined if the mark is not found. */
function textAfter(body: Buffer, mark: string, from: number): { text: string; end: number } | undefined {
  const at = body.indexOf(mark, from, 'latin1');
  if (at === -1) return undefined;
  const start = at + mark.length;
  const end = body.indexOf('"', start, 'latin1');
  return { text: body.toString('latin1', start, end), end };
}

function count(body: Buffer, mark: string): number {
  let found = 0;
  for (let at = body.indexOf(mark, 0, 'latin1'); at !== -1; at = body.indexOf(mark, at + 1, 'latin1'))
    found += 1;
  return found;
}

function textOf({ id, hash }: Item): string {
  return `{"_id":{"S":"${id}"},"_hash":{"S":"${hash}"}}`;
}
