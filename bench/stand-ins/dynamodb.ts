import type { IncomingMessage } from 'node:http';
import { type Answer, serve } from './serving.ts';

/** Messages from the parent process. Each gets an answer. */
export type Instruction =
  /** Sets the latency of all calls. */
  | { readonly latencyMs: number }
  /** Deletes the table's items and resets its calls. */
  | { readonly empty: string }
  | { readonly forgetCallsOf: string }
  /** Answers with the table's {@link Calls} since the last reset. */
  | { readonly callsOf: string };

/** Number of calls and of items in them, for each action. */
export type Calls = Readonly<Record<string, { calls: number; items: number }>>;

interface Table {
  readonly hashes: Map<string, string>;
  calls: Record<string, { calls: number; items: number }>;
}

const tables = new Map<string, Table>();
let callLatencyMs = 0;

process.on('message', (instruction: Instruction) => {
  if ('latencyMs' in instruction) callLatencyMs = instruction.latencyMs;
  if ('empty' in instruction) tables.delete(instruction.empty);
  if ('forgetCallsOf' in instruction) tableNamed(instruction.forgetCallsOf).calls = {};
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
      if (hash !== undefined) table.hashes.set(id, hash.text);
    }
    answer = '{"UnprocessedItems":{}}';
  } else if (action === 'BatchGetItem') {
    const ids = idsIn(body).map(({ id }) => id);
    items = ids.length;
    const found = ids.filter((id) => table.hashes.has(id)).map((id) => foundItem(id, table.hashes.get(id)));
    answer = `{"Responses":{"${name}":[${found.join()}]},"UnprocessedKeys":{}}`;
  } else if (action === 'Query') {
    answer = '{"Items":[],"Count":0,"ScannedCount":0}';
  }
  table.calls[action] ??= { calls: 0, items: 0 };
  const counted = table.calls[action];
  counted.calls += 1;
  counted.items += items;
  return answer;
}

function tableNamed(name: string): Table {
  const table = tables.get(name) ?? { hashes: new Map(), calls: {} };
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

function foundItem(id: string, hash: string | undefined): string {
  return `{"_id":{"S":"${id}"},"_hash":{"S":"${hash}"}}`;
}
