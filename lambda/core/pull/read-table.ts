import { MOST_ITEMS } from './read-back.ts';
import type { TablePort } from './table-writer.ts';
import type { Walk } from './walk.ts';

/**
 * Fills the walk's map from the table, unless the map has all its items already or the walk reads items back. If the table turns
 * out to have too many items, the walk reads them back from then on.
 *
 * @throws {SyncError} `STORE_*`.
 * @throws The signal's reason, if it aborts.
 */
export async function readTable(
  walk: Pick<Walk, 'table' | 'readBack' | 'metItems' | 'slices' | 'scannedAfter'>,
  table: Pick<TablePort, 'scan'>,
  signal: AbortSignal,
  mostItems = MOST_ITEMS,
): Promise<void> {
  if (walk.table.isWhole || walk.readBack !== undefined) return;
  // A walk that goes on must see what its earlier slices wrote, perhaps a moment ago.
  const isConsistent = walk.slices > 0;
  const isThrough = await table.scan(isConsistent, signal, (items) => {
    for (const item of items) walk.table.add(item);
    return walk.table.size <= mostItems;
  });
  if (isThrough) {
    walk.table.isWhole = true;
    walk.scannedAfter = walk.slices;
  } else {
    walk.readBack = 'table too large';
    walk.metItems = walk.table.size;
    walk.table.forgetItems();
  }
}
