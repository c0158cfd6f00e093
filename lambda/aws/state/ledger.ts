import { randomUUID } from 'node:crypto';
import { timestamp } from '../../core/clock.ts';
import { type LedgerEntry, OUTCOMES, type Outcome } from '../../core/push/ledger-entry.ts';
import type { LedgerPort } from '../../core/push/ports.ts';
import { BY_OUTCOME } from '../../deployment/tables.ts';
import { STATE_KEYS } from './state-keys.ts';
import type { Condition, StateTable } from './state-table.ts';

/** An entry without the change's body, which may be large and which lists do not show. */
export type ListedEntry = Omit<LedgerEntry, 'body'>;

export interface LedgerFilter {
  /** @default - Entries of every outcome. */
  readonly outcome?: Outcome;
  /** Only changes queued then or later, in milliseconds since the epoch. @default - All. */
  readonly sinceMs?: number;
  /** The largest number of entries. @default - All. */
  readonly limit?: number;
}

/** The ledger: every change and its outcome. */
export interface Ledger extends LedgerPort {
  /**
   * Lists entries, the last queued first, in pages of up to 100.
   *
   * The index that is read lags the ledger by moments, so an entry whose outcome changes during the listing can be missing.
   */
  list(filter?: LedgerFilter): AsyncGenerator<readonly ListedEntry[], void, undefined>;
}

const ENTRIES_PER_PAGE = 100;

/** Keeps the ledger in the state table, a row for each change. */
export function createLedger(state: StateTable): Ledger {
  return {
    async read(changeId) {
      return (await readEntry(state, changeId))?.entry;
    },
    write: (entry) => writeEntry(state, entry),
    list: (filter = {}) => listEntries(state, filter),
  };
}

/** Defaults of fields that earlier versions did not write. */
const ADDED_FIELDS = { lostReplies: 0, failedChecks: 0 };

/** @returns The entry, and the id of the write that stored it; undefined if the change has no entry. */
async function readEntry(
  state: StateTable,
  changeId: string,
): Promise<{ readonly entry: LedgerEntry; readonly writeId: unknown } | undefined> {
  const row = await state.get(STATE_KEYS.change(changeId));
  if (row === undefined) return undefined;
  const { pk: _pk, sk: _sk, _write: writeId, ...entry } = row;
  return { entry: { ...ADDED_FIELDS, ...entry } as unknown as LedgerEntry, writeId };
}

async function writeEntry(state: StateTable, entry: LedgerEntry): Promise<boolean> {
  const writeId = randomUUID();
  const row = { ...STATE_KEYS.change(entry.changeId), ...entry, _write: writeId };
  const isWritten = await state.put(row, follows(entry.version - 1));
  // The SDK repeats a write whose answer was lost, and then our own first write breaks the condition.
  return isWritten || (await readEntry(state, entry.changeId))?.writeId === writeId;
}

/** The condition that the ledger holds this version of the entry; version 0 is not in the ledger. */
function follows(version: number): Condition {
  return version === 0
    ? { condition: 'attribute_not_exists(#pk)' }
    : { condition: '#version = :version', values: { ':version': version } };
}

async function* listEntries(
  state: StateTable,
  { outcome, sinceMs = 0, limit = Number.POSITIVE_INFINITY }: LedgerFilter,
): AsyncGenerator<readonly ListedEntry[], void, undefined> {
  const outcomes = outcome === undefined ? OUTCOMES : [outcome];
  const lists = outcomes.map((each) => entriesOf(state, each, timestamp(sinceMs)));
  // Two of the queries find the same entry if its outcome changes between them.
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

/** The fields of {@link ListedEntry}. As a record, because the compiler then finds a field that is missing here. */
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
  failedChecks: true,
  unchecked: true,
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

/** The entries of one outcome, the last queued first. */
async function* entriesOf(
  state: StateTable,
  outcome: Outcome,
  since: string,
): AsyncGenerator<ListedEntry, void, undefined> {
  const pages = state.query({
    index: BY_OUTCOME,
    keys: '#outcome = :outcome AND #queuedAt >= :since',
    values: { ':outcome': outcome, ':since': since },
    attributes: Object.keys(LISTED),
    isDescending: true,
    pageSize: ENTRIES_PER_PAGE,
  });
  for await (const page of pages) yield* page as readonly unknown[] as readonly ListedEntry[];
}
