import type { DynamoDBClient } from '../aws/clients.ts';
import { createArchiveTable } from '../aws/dynamodb/archive-table.ts';
import { createDeletesTable } from '../aws/dynamodb/deletes-table.ts';
import type { Lease } from '../aws/state/lease.ts';
import type { ArchiveTable, DeletesTable, LiveItemsTable } from '../core/deletes/delete-ports.ts';
import type { Stream } from '../core/pull/stream.ts';
import type { Config } from '../deployment/config.ts';
import { streamTableName } from '../deployment/names.ts';
import { systemClock } from '../runtime/clock.ts';

/** A stream's table and that of its archive, as far as deletes need them. */
export interface DeleteTables {
  readonly table: DeletesTable & LiveItemsTable;
  /** Absent if no archive names the stream's objects. */
  readonly archive?: ArchiveTable;
}

/** Opens the tables of a stream. @param runId - Stored in the tombstones' `_run`. */
export function openDeleteTables(
  { name, retainTombstonesFor: retainTombstonesForDays, archive }: Stream,
  { environment }: Pick<Config, 'environment'>,
  client: DynamoDBClient,
  { lease, runId }: { readonly lease: Pick<Lease, 'guard'>; readonly runId: string },
): DeleteTables {
  const tableOf = (stream: string) => ({
    client,
    tableName: streamTableName(environment, stream),
    clock: systemClock,
  });
  const field = archive?.by === undefined ? {} : { archiveField: archive.by };
  const table = createDeletesTable({ ...tableOf(name), lease, runId, retainTombstonesForDays, ...field });
  return archive === undefined ? { table } : { table, archive: createArchiveTable(tableOf(archive.stream)) };
}
