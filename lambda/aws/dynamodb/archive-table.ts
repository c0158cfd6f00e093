import { type ArchiveEntry, endsToAsk } from '../../core/deletes/archive.ts';
import type { ArchiveTable } from '../../core/deletes/delete-ports.ts';
import { translate } from '../aws-errors.ts';
import { getManyItems } from './get-items.ts';
import type { StreamTableOptions } from './stream-table.ts';
import { type ItemForm, keyIn, textOf } from './table-items.ts';
import { createUntilDone } from './until-done.ts';

/**
 * An entry with the id of its object. The API names the fields `archived_on` and `kept_relation_id`.
 *
 * @see https://api.core.milieudefensie.nl/api_documentation/relation_archive_api/archive
 */
const ARCHIVE_ENTRY: ItemForm<readonly [id: string, entry: ArchiveEntry]> = {
  projection:
    '"ProjectionExpression":"#i,#h,#d,archived_on,kept_relation_id",' +
    '"ExpressionAttributeNames":{"#i":"_id","#h":"_hash","#d":"_deletedAt"}',
  itemsIn: (items = []) =>
    items.flatMap(({ _id, _hash, _deletedAt, archived_on, kept_relation_id }) => {
      const id = textOf(_id);
      // Another program's item is no word of Procurios, and an entry that is gone is none any more.
      if (id === undefined || textOf(_hash) === undefined || _deletedAt !== undefined) return [];
      const mergedInto = keyIn(kept_relation_id);
      const entry = {
        archivedAtMs: msIn(textOf(archived_on)),
        ...(mergedInto !== undefined && { mergedInto }),
      };
      return [[id, entry] as const];
    }),
};

/** The table of the archive's stream. Throttled calls are retried, with fewer calls in flight each time. */
export function createArchiveTable({
  client,
  tableName,
  clock,
}: Pick<StreamTableOptions, 'client' | 'tableName' | 'clock'>): ArchiveTable {
  const access = { client, tableName, untilDone: createUntilDone(tableName, clock) };
  const inWords = (error: unknown): never => {
    throw translate(error, `table ${tableName}`);
  };
  return {
    async read(keys) {
      const objects = new Set(keys);
      const archive = new Map<string, ArchiveEntry>();
      const asked = new Set<string>();
      for (;;) {
        const ends = endsToAsk(objects, archive, asked);
        if (ends.length === 0) return archive;
        // An entry may come late anyway, so a read need not see the latest writes.
        const entries = await getManyItems(access, ARCHIVE_ENTRY, ends, false).catch(inWords);
        for (const [id, entry] of entries) archive.set(id, entry);
        for (const id of ends) asked.add(id);
      }
    },
  };
}

/** Without an offset, a time may be any of a day. */
const WITH_OFFSET = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function msIn(text = ''): number {
  return WITH_OFFSET.test(text) ? Date.parse(text) : Number.NaN;
}
