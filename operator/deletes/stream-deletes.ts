import { readKnown } from '../../lambda/aws/state/absence-store.ts';
import type { Lease } from '../../lambda/aws/state/lease.ts';
import type { ArchiveTable, LiveItemsTable, StoredKnown } from '../../lambda/core/deletes/delete-ports.ts';
import { type DeletePolicy, deletePolicyOf } from '../../lambda/core/deletes/policy.ts';
import type { Stream } from '../../lambda/core/pull/stream.ts';
import { type DeleteTables, openDeleteTables } from '../../lambda/wiring/delete-tables.ts';
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

/** The stream's tables for reading only. */
export function openForReading(session: Session, stream: Stream) {
  const never = { guard: () => AbortSignal.abort(new Error('a command that reads writes nothing')) };
  const tables: { readonly table: LiveItemsTable; readonly archive?: ArchiveTable } = openForDeleting(
    session,
    stream,
    never,
    'none',
  );
  return tables;
}

/** The stream's tables, as far as deletes need them. @param runId - Stored in the tombstones' `_run`. */
export function openForDeleting(
  { config, dynamoDb }: Session,
  stream: Stream,
  lease: Pick<Lease, 'guard'>,
  runId: string,
): DeleteTables {
  return openDeleteTables(stream, config, dynamoDb, { lease, runId });
}
