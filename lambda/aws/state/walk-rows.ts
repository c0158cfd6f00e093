import type { Clock } from '../../core/clock.ts';
import type { Stream } from '../../core/pull/stream.ts';
import { ENTRY_BYTES } from '../../core/pull/table-map.ts';
import type { Walk } from '../../core/pull/walk.ts';
import { putRows, rowsUnder } from './rows.ts';
import { STATE_KEYS } from './state-keys.ts';
import type { Row, StateTable } from './state-table.ts';

/** Bytes of entries or links per row, a multiple of the size of both. An item may have 400 KB. */
const BYTES_PER_ROW = 320_000;
const ENTRIES_PER_ROW = BYTES_PER_ROW / ENTRY_BYTES;

/** The map of a large table is spread over so many partitions, because one takes 1 MB a second. */
const PARTITIONS = 16;
/** After this time the writing of a map is given up, because its invocation ends soon. 45 seconds. */
const LONGEST_KEEPING_MS = 45_000;
const ROWS_PER_CHECK = 25;
/** A map serves one run, and a run ends within a day. 2 days. */
const TABLE_KEPT_SECONDS = 2 * 24 * 60 * 60;

/**
 * Saves the keys and links that are new in this slice, in several rows if they do not fit in one.
 *
 * The rows expire and are never deleted: deleting a row of 320 KB costs 313 write units, and a partition takes 1,000 a second.
 */
export async function saveSeen(
  state: StateTable,
  stream: Stream,
  { walkId, slices, table, followed }: Walk,
  _expiresAt: number,
  clock: Clock,
): Promise<void> {
  const contents = [
    ...partsOf(table.takeNewlySeen()).map((entries) => ({ entries })),
    ...partsOf(followed.takeNew()).map((links) => ({ followed: links })),
  ];
  const rows = contents.map((content, part) => ({
    ...STATE_KEYS.seen(stream.name, walkId, `${ordinalOf(slices)}#${part}`),
    ...content,
    _expiresAt,
  }));
  await putRows(state, rows, clock);
}

/**
 * Saves the items that the walk has not seen, so that the next invocation need not scan the table. With those of the seen keys,
 * which {@link saveSeen} saved, they are the whole map.
 *
 * @returns False if it took too long. The next invocation then scans the table.
 */
export async function keepTable(
  state: StateTable,
  stream: Stream,
  { walkId, slices, table }: Walk,
  clock: Clock,
): Promise<boolean> {
  const endsAt = clock.now() + LONGEST_KEEPING_MS;
  const _expiresAt = Math.floor(clock.now() / 1000) + TABLE_KEPT_SECONDS;
  let rows: Row[] = [];
  let part = 0;
  for (const entries of table.unseenItems(ENTRIES_PER_ROW)) {
    const key = STATE_KEYS.scanned(stream.name, part % PARTITIONS, walkId, `${ordinalOf(slices)}#${part}`);
    rows.push({ ...key, entries, _expiresAt });
    part += 1;
    if (rows.length < ROWS_PER_CHECK) continue;
    await putRows(state, rows, clock);
    rows = [];
    if (clock.now() > endsAt) return false;
  }
  await putRows(state, rows, clock);
  return true;
}

/** Adds to a walk the keys and links of its earlier slices, and its map of the table if that was kept. */
export async function restoreWalk(state: StateTable, stream: Stream, walk: Walk): Promise<void> {
  const { walkId, slices, table, followed, keptAfter } = walk;
  const withItems = keptAfter !== undefined;
  if (withItems) {
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      const prefix = STATE_KEYS.scanned(stream.name, partition, walkId, `${ordinalOf(keptAfter)}#`);
      for await (const { entries } of rowsOf(state, prefix)) table.restore(entries as Uint8Array, true);
    }
  }
  const { sk: firstUnsaved } = STATE_KEYS.seen(stream.name, walkId, ordinalOf(slices + 1));
  for await (const row of rowsOf(state, STATE_KEYS.seen(stream.name, walkId, ''))) {
    // Such a row is of a slice that was cut off before it was saved.
    if (row.sk >= firstUnsaved) continue;
    if (row.entries !== undefined) table.restore(row.entries as Uint8Array, withItems);
    if (row.followed !== undefined) followed.restore(row.followed as Uint8Array);
  }
  table.isWhole = withItems;
}

/** The rows whose sort key begins with that of `prefix`, one page of the query at a time. */
async function* rowsOf(
  state: StateTable,
  prefix: Pick<Row, 'pk' | 'sk'>,
): AsyncGenerator<Row, void, undefined> {
  for await (const page of state.query({ ...rowsUnder(prefix), isConsistent: true })) yield* page;
}

function partsOf(bytes: Uint8Array): Uint8Array[] {
  const count = Math.ceil(bytes.length / BYTES_PER_ROW);
  return Array.from({ length: count }, (_, part) =>
    bytes.slice(part * BYTES_PER_ROW, (part + 1) * BYTES_PER_ROW),
  );
}

/** @param slice - From 1. Leading zeros make the order of texts that of numbers. */
function ordinalOf(slice: number): string {
  return String(slice).padStart(8, '0');
}
