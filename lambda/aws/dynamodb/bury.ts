import { timestamp } from '../../core/clock.ts';
import type { Burial, DeletesTable } from '../../core/deletes/delete-ports.ts';
import { KEYS_PER_READ, type TablePort } from '../../core/pull/table-writer.ts';
import { forEach } from './for-each.ts';
import type { StreamTableOptions } from './stream-table.ts';
import { deleteBody, markBody } from './tombstones.ts';
import { isTooLarge, type WriteIf } from './write-if.ts';

const DAY_SECONDS = 24 * 60 * 60;
/** Items that are buried before the caller is asked whether time is left. */
const BATCH = 500;

export interface BuryOptions extends Pick<StreamTableOptions, 'tableName' | 'runId' | 'clock'> {
  /** For how many days tombstones are retained. 0: items are deleted at once. */
  readonly retainTombstonesForDays: number;
}

/** Buries items as {@link DeletesTable.bury} says. */
export function createBury(
  { tableName, runId, clock, retainTombstonesForDays: days }: BuryOptions,
  writeIf: WriteIf,
  read: TablePort['read'],
): DeletesTable['bury'] {
  const remove = ({ item }: Burial): Promise<boolean> => writeIf('DeleteItem', deleteBody(tableName, item));
  const mark = async (burial: Burial): Promise<boolean> => {
    const now = clock.now();
    const expiresAt = Math.floor(now / 1000) + days * DAY_SECONDS;
    const body = markBody(tableName, burial, { deletedAt: timestamp(now), expiresAt, runId });
    try {
      return await writeIf('UpdateItem', body);
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      return await remove(burial);
    }
  };
  const buryOne = days === 0 ? remove : mark;

  return async (burials, mayGoOn) => {
    const changed = new Set<string>();
    let done = 0;
    while (done < burials.length && (done === 0 || mayGoOn())) {
      const batch = burials.slice(done, done + BATCH);
      const refused: string[] = [];
      await forEach(batch, async (burial) => {
        if (!(await buryOne(burial))) refused.push(burial.item.id);
      });
      // An item may be a tombstone already, if the step is repeated or the answer to a first attempt was lost.
      for (const id of await stillLive(read, refused)) changed.add(id);
      done += batch.length;
    }
    const ids = burials.slice(0, done).map(({ item }) => item.id);
    return { done, gone: ids.filter((id) => !changed.has(id)), changed: [...changed] };
  };
}

/** @returns Those of the ids whose items are in the table and are no tombstones. */
async function stillLive(read: TablePort['read'], ids: readonly string[]): Promise<readonly string[]> {
  const live: string[] = [];
  for (let start = 0; start < ids.length; start += KEYS_PER_READ) {
    const items = await read(ids.slice(start, start + KEYS_PER_READ), true);
    for (const { id, isTombstone } of items) if (!isTombstone) live.push(id);
  }
  return live;
}
