import { randomUUID } from 'node:crypto';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { timestamp } from '../../core/clock.ts';
import { isObject, type JsonObject } from '../../core/json.ts';
import { type LedgerEntry, OUTCOMES, type Outcome } from '../../core/push/ledger-entry.ts';
import type { LedgerPort } from '../../core/push/push-batch.ts';
import { BY_OUTCOME } from '../../deployment/tables.ts';
import { nameOf } from '../aws-errors.ts';
import { fieldsText, fromFields } from '../dynamodb/attribute-values.ts';
import { STATE_KEYS } from './state-keys.ts';
import type { StateTable } from './state-table.ts';

/** An entry without the change's body, which a list has no use for. */
export type ListedEntry = Omit<LedgerEntry, 'body'>;

export interface LedgerFilter {
  /** @default - Entries of every outcome. */
  readonly outcome?: Outcome;
  /** Only what was queued then or later, in milliseconds since the epoch. @default - Everything. */
  readonly sinceMs?: number;
  /** At most so many entries. @default - All of them. */
  readonly limit?: number;
}

/** What became of every change. */
export interface Ledger extends LedgerPort {
  /**
   * Lists entries, the last queued first, by pages of up to 100.
   *
   * The index behind it follows the ledger within moments: an entry whose outcome changes meanwhile can be missing.
   */
  list(filter?: LedgerFilter): AsyncGenerator<readonly ListedEntry[], void, undefined>;
}

const ENTRIES_PER_PAGE = 100;

/** Keeps the ledger in the state table: `change#<changeId>` / `ledger`, with the index `byOutcome`. */
export function createLedger(state: StateTable): Ledger {
  return {
    async read(changeId) {
      return (await readRow(state, changeId))?.entry;
    },
    write: (entry) => writeEntry(state, entry),
    list: (filter = {}) => listEntries(state, filter),
  };
}

/** Where an entry is kept, as DynamoDB's JSON. */
function keyText(changeId: string): string {
  return fieldsText({ ...STATE_KEYS.change(changeId) });
}

/** An entry as it is stored. */
interface LedgerRow {
  readonly entry: LedgerEntry;
  /** Tells the write that put it there from all others. */
  readonly write: string;
}

/** What an entry has that earlier versions did not write. */
const SINCE_ADDED = { lostReplies: 0 };

async function readRow(state: StateTable, changeId: string): Promise<LedgerRow | undefined> {
  const body = `{"TableName":"${state.name}","Key":{${keyText(changeId)}},"ConsistentRead":true}`;
  const { Item } = await state.call('GetItem', body);
  if (!isObject(Item)) return undefined;
  const { pk: _pk, sk: _sk, _write, ...entry } = fromFields(Item);
  return { entry: { ...SINCE_ADDED, ...entry } as unknown as LedgerEntry, write: String(_write) };
}

async function writeEntry(state: StateTable, entry: LedgerEntry): Promise<boolean> {
  const write = randomUUID();
  const item = `${keyText(entry.changeId)},${fieldsText({ ...wellFormed(entry), _write: write })}`;
  const condition =
    entry.version === 1
      ? '"ConditionExpression":"attribute_not_exists(pk)"'
      : `"ConditionExpression":"version = :followed","ExpressionAttributeValues":{":followed":{"N":"${entry.version - 1}"}}`;
  try {
    await state.call('PutItem', `{"TableName":"${state.name}","Item":{${item}},${condition}}`);
    return true;
  } catch (error) {
    if (nameOf(error) !== 'ConditionalCheckFailedException') throw error;
    // The SDK repeats a write whose answer was lost, and then it is our own that stands in the way.
    return (await readRow(state, entry.changeId))?.write === write;
  }
}

/** A lone surrogate, from the vendor's errors or a field's name, would have the whole entry refused. */
function wellFormed(entry: LedgerEntry): JsonObject {
  return JSON.parse(
    JSON.stringify(entry, (_name, value) => (typeof value === 'string' ? value.toWellFormed() : value)),
  ) as JsonObject;
}

async function* listEntries(
  state: StateTable,
  { outcome, sinceMs = 0, limit = Number.POSITIVE_INFINITY }: LedgerFilter,
): AsyncGenerator<readonly ListedEntry[], void, undefined> {
  const outcomes = outcome === undefined ? OUTCOMES : [outcome];
  const lists = outcomes.map((each) => entriesOf(state, each, timestamp(sinceMs)));
  // An entry whose outcome changes between two queries is found by both.
  const listed = new Set<string>();
  let page: ListedEntry[] = [];
  for await (const entry of newestFirst(lists)) {
    if (listed.size >= limit) break;
    if (listed.has(entry.changeId)) continue;
    listed.add(entry.changeId);
    page.push(entry);
    if (page.length < ENTRIES_PER_PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** Merges lists that are each ordered by `queuedAt`, the newest first. */
async function* newestFirst(
  lists: readonly AsyncGenerator<ListedEntry, void, undefined>[],
): AsyncGenerator<ListedEntry, void, undefined> {
  const heads = await Promise.all(lists.map((list) => list.next()));
  while (true) {
    let newest: ListedEntry | undefined;
    let from = 0;
    for (const [index, { value }] of heads.entries()) {
      if (value === undefined || (newest !== undefined && value.queuedAt <= newest.queuedAt)) continue;
      newest = value;
      from = index;
    }
    if (newest === undefined) return;
    yield newest;
    heads[from] = (await lists[from]?.next()) ?? { done: true, value: undefined };
  }
}

/** Everything that {@link ListedEntry} has; the compiler sees to it that none is forgotten. */
const LISTED: Readonly<Record<keyof ListedEntry, true>> = {
  changeId: true,
  version: true,
  outcome: true,
  queuedAt: true,
  changedAt: true,
  attempt: true,
  until: true,
  notBefore: true,
  mayBeApplied: true,
  lostReplies: true,
  reason: true,
  code: true,
  status: true,
  errors: true,
  ids: true,
  attempts: true,
  operation: true,
  subject: true,
  parameters: true,
  contentHash: true,
  bodyFields: true,
  note: true,
  _expiresAt: true,
};
const LISTED_NAMES = Object.keys(LISTED);

/** The entries of one outcome, the last queued first. */
async function* entriesOf(
  state: StateTable,
  outcome: Outcome,
  since: string,
): AsyncGenerator<ListedEntry, void, undefined> {
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const answer = await state.send(
      new QueryCommand({
        TableName: state.name,
        IndexName: BY_OUTCOME,
        KeyConditionExpression: '#outcome = :outcome AND #queuedAt >= :since',
        // Many of the names are words that DynamoDB keeps for itself.
        ProjectionExpression: LISTED_NAMES.map((name) => `#${name}`).join(),
        ExpressionAttributeNames: Object.fromEntries(LISTED_NAMES.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: { ':outcome': outcome, ':since': since },
        ScanIndexForward: false,
        Limit: ENTRIES_PER_PAGE,
        ExclusiveStartKey,
      }),
    );
    yield* (answer.Items ?? []) as ListedEntry[];
    ExclusiveStartKey = answer.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
}
