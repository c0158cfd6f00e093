import type { Clock } from '../../core/clock.ts';
import { SyncError } from '../../core/errors.ts';
import { ITEMS_PER_WRITE } from '../../core/pull/table-writer.ts';
import type { StateKey } from './state-keys.ts';
import type { Query, Row, StateTable, Write } from './state-table.ts';

/** Tries in a row without progress, after which the table counts as unavailable. About two minutes. */
const MOST_TRIES = 12;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 20_000;

/** The rows of a partition whose sort key begins with that of `prefix`. */
export function rowsUnder({ pk, sk }: StateKey): Pick<Query, 'keys' | 'values'> {
  return { keys: '#pk = :pk AND begins_with(#sk, :prefix)', values: { ':pk': pk, ':prefix': sk } };
}

/**
 * Reads all rows of a partition whose sort key begins with that of `prefix`.
 *
 * @param attributes - Only these of each row. @default - All.
 */
export async function queryRows(
  state: StateTable,
  prefix: StateKey,
  attributes?: readonly string[],
): Promise<Row[]> {
  const rows: Row[] = [];
  const query = { ...rowsUnder(prefix), isConsistent: true, ...(attributes && { attributes }) };
  for await (const page of state.query(query)) {
    for (const row of page) rows.push(row);
  }
  return rows;
}

/** @throws {SyncError} `STORE_UNAVAILABLE` after twelve attempts without progress; some of the rows may be stored then. */
export async function putRows(state: StateTable, rows: readonly Row[], clock: Clock): Promise<void> {
  await writeAll(
    state,
    rows.map((put) => ({ put })),
    clock,
  );
}

/** @throws {SyncError} `STORE_UNAVAILABLE` after twelve attempts without progress; some of the rows may be deleted then. */
export async function deleteRows(state: StateTable, keys: readonly StateKey[], clock: Clock): Promise<void> {
  await writeAll(
    state,
    keys.map(({ pk, sk }) => ({ delete: { pk, sk } })),
    clock,
  );
}

async function writeAll(state: StateTable, writes: readonly Write[], clock: Clock): Promise<void> {
  for (let start = 0; start < writes.length; start += ITEMS_PER_WRITE) {
    let left = writes.slice(start, start + ITEMS_PER_WRITE) as readonly Write[];
    for (let tries = 1; ; tries += 1) {
      const before = left.length;
      left = await state.writeBatch(left);
      if (left.length === 0) break;
      if (left.length < before) tries = 1;
      if (tries === MOST_TRIES) {
        throw new SyncError('STORE_UNAVAILABLE', `table ${state.name} keeps throttling`);
      }
      await clock.sleep(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries));
    }
  }
}
