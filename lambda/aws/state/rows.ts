import type { Clock } from '../../core/clock.ts';
import { ITEMS_PER_WRITE } from '../../core/pull/table-writer.ts';
import { createUntilDone } from '../dynamodb/until-done.ts';
import type { StateKey } from './state-keys.ts';
import type { Query, Row, StateTable, Write } from './state-table.ts';

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
  const untilDone = createUntilDone(state.name, clock);
  for (let start = 0; start < writes.length; start += ITEMS_PER_WRITE) {
    await untilDone(writes.slice(start, start + ITEMS_PER_WRITE), (left) => state.writeBatch(left));
  }
}
