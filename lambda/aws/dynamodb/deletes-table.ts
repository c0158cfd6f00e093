import type {
  DeletesTable,
  LiveItemsTable,
  RenamedSurvivor,
  UnseenItem,
  UnseenTake,
} from '../../core/deletes/delete-ports.ts';
import { translate } from '../aws-errors.ts';
import { type BuryOptions, createBury } from './bury.ts';
import { forEach } from './for-each.ts';
import { getManyItems } from './get-items.ts';
import { scanTable } from './scan-table.ts';
import { createStreamTable, type StreamTableOptions } from './stream-table.ts';
import { type JudgedItem, judgedItem } from './table-items.ts';
import { renameBody } from './tombstones.ts';
import { createUntilDone } from './until-done.ts';
import { createWriteIf, isTooLarge } from './write-if.ts';

export interface DeletesTableOptions extends StreamTableOptions, BuryOptions {
  /** The field that holds the archive's key of an object; absent if that is the object's own key. */
  readonly archiveField?: string;
}

/** A stream's table in DynamoDB, as far as deletes need it. Throttled calls are retried, with fewer calls in flight each time. */
export function createDeletesTable(options: DeletesTableOptions): DeletesTable & LiveItemsTable {
  const { client, tableName, runId, archiveField } = options;
  const untilDone = createUntilDone(tableName, options.clock);
  const writeIf = createWriteIf(options, untilDone);
  const bury = createBury(options, writeIf, createStreamTable(options).read);
  const rename = async (renamed: RenamedSurvivor): Promise<void> => {
    await writeIf('UpdateItem', renameBody(tableName, renamed, runId)).catch((error: unknown) => {
      // A tombstone without room for the new survivor keeps the former one.
      if (!isTooLarge(error)) throw error;
    });
  };
  const inWords = (error: unknown): never => {
    throw translate(error, `table ${tableName}`);
  };

  const access = { client, tableName, untilDone };
  const form = judgedItem(archiveField);

  return {
    async scanUnseen(isSeen, isConsistent, signal, take) {
      await scanTable(access, form, isConsistent, signal, (items) => {
        for (const item of items) sort(item, isSeen, take);
        return true;
      }).catch(inWords);
    },
    async readLive(ids) {
      const items = await getManyItems(access, form, ids, true).catch(inWords);
      return items.map(liveItem).filter((item) => item !== undefined);
    },
    bury: (...burials) => bury(...burials).catch(inWords),
    renameSurvivors: (renamed) => forEach(renamed, rename).catch(inWords),
  };
}

function sort(item: JudgedItem, isSeen: (id: string) => boolean, take: UnseenTake): void {
  const { id, isTombstone, mergedInto, archiveKey } = item;
  if (isTombstone && mergedInto !== undefined) {
    take.merged({ id, mergedInto, archiveKey });
  }
  const live = liveItem(item);
  if (live !== undefined && !isSeen(id)) take.unseen(live);
}

/** No `_id` of ours has a quote, a backslash or a control character, because they are percent-encoded. */
const NO_ID_OF_OURS = /["\\\p{Cc}]/u;

/** @returns Undefined for a tombstone, and for an item that another program wrote. */
function liveItem({ id, hash, changedAt, isTombstone, archiveKey }: JudgedItem): UnseenItem | undefined {
  if (isTombstone || hash === undefined || NO_ID_OF_OURS.test(id)) return undefined;
  return {
    id,
    hash,
    ...(changedAt !== undefined && { changedAt }),
    archiveKey,
  };
}
