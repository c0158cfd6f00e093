import { createArchiveTable } from '../../lambda/aws/dynamodb/archive-table.ts';
import { createDeletesTable } from '../../lambda/aws/dynamodb/deletes-table.ts';
import { readKnown } from '../../lambda/aws/state/absence-store.ts';
import type { Lease } from '../../lambda/aws/state/lease.ts';
import type { Archive } from '../../lambda/core/deletes/archive.ts';
import type { DeletesTable, LiveItemsTable, StoredKnown } from '../../lambda/core/deletes/delete-ports.ts';
import { type DeletePolicy, deletePolicyOf } from '../../lambda/core/deletes/policy.ts';
import type { Stream } from '../../lambda/core/pull/stream.ts';
import { streamTableName } from '../../lambda/deployment/names.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import { findStream } from '../config.ts';
import type { Session } from '../session.ts';

/** What is known of a stream's absent objects, with what the config says about the stream. */
export interface StreamDeletes extends StoredKnown {
  readonly name: string;
  /** Undefined if the config no longer has the stream. */
  readonly stream: Stream | undefined;
  /** Undefined without a stream, and if its absences are not counted. */
  readonly policy: DeletePolicy | undefined;
}

/**
 * Reads what is known of a stream's absent objects. A pull may be saving it now.
 *
 * @throws {CommandError} `USAGE` if neither the config nor the state table has the stream.
 */
export async function readStreamDeletes(session: Session, name: string): Promise<StreamDeletes> {
  const { config } = session;
  const stream = config.streams.find((each) => each.name === name);
  const stored = await readKnown(session.state(), name);
  const isKnown = stored.areAbsencesLost || stored.known.evidence.ended !== undefined;
  if (stream === undefined && !isKnown) findStream(config, name);
  return { name, stream, policy: stream && deletePolicyOf(stream), ...stored };
}

/** Reads what the stream's archive says about objects. Empty if the stream has no archive, or one that names another field. */
export async function readArchive(
  { config, dynamoDb: client }: Session,
  { archive, key }: Pick<Stream, 'archive' | 'key'>,
  ids: Iterable<string>,
): Promise<Archive> {
  if (archive === undefined || (archive.by !== undefined && archive.by !== key.join())) return new Map();
  const tableName = streamTableName(config.environment, archive.stream);
  return await createArchiveTable({ client, tableName, clock: systemClock }).read(ids);
}

/** The stream's table for reading only. */
export function openForReading(session: Session, stream: Stream): LiveItemsTable {
  const never = { guard: () => AbortSignal.abort(new Error('a command that reads writes nothing')) };
  return openDeletesTable(session, stream, never, 'none');
}

/** The stream's table, as far as deletes need it. @param runId - Stored in the tombstones' `_run`. */
export function openDeletesTable(
  { config, dynamoDb: client }: Session,
  { name, retainTombstonesFor: retainTombstonesForDays }: Stream,
  lease: Pick<Lease, 'guard'>,
  runId: string,
): DeletesTable & LiveItemsTable {
  const tableName = streamTableName(config.environment, name);
  return createDeletesTable({ client, tableName, runId, lease, clock: systemClock, retainTombstonesForDays });
}
