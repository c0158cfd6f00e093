import { hash } from 'node:crypto';
import { type Clock, timestamp } from '../../core/clock.ts';
import { REJECT_REASONS, type Reject } from '../../core/pull/reject.ts';
import type { Stream } from '../../core/pull/stream.ts';
import type { Walk } from '../../core/pull/walk.ts';
import { deleteRows, putRows, queryRows, rowsUnder } from './rows.ts';
import { STATE_KEYS } from './state-keys.ts';
import type { Row, StateTable } from './state-table.ts';

/** A reject expires 90 days after the last walk that met it. */
const KEPT_SECONDS = 90 * 24 * 60 * 60;
/** DynamoDB allows 1,024 bytes for a sort key, but 2,048 for an `_id`. */
const LONGEST_ID_IN_KEY = 1000;

/** Saves rejects, each in place of the one with the same id. */
export async function saveRejects(
  state: StateTable,
  stream: Stream,
  walk: Pick<Walk, 'walkId'>,
  rejects: readonly Reject[],
  clock: Clock,
): Promise<void> {
  const now = clock.now();
  // By sort key, because DynamoDB refuses a batch with the same key twice.
  const rows = new Map<string, Row>();
  for (const reject of rejects) {
    const key = STATE_KEYS.reject(stream.name, labelOf(reject));
    rows.set(key.sk, {
      ...key,
      ...reject,
      message: REJECT_REASONS[reject.reason],
      walkId: walk.walkId,
      seenAt: timestamp(now),
      _expiresAt: Math.floor(now / 1000) + KEPT_SECONDS,
    });
  }
  await putRows(state, [...rows.values()], clock);
}

/** Deletes the rejects of earlier walks that this complete walk did not meet again. */
export async function clearRejects(
  state: StateTable,
  stream: Stream,
  walk: Pick<Walk, 'walkId'>,
  clock: Clock,
): Promise<void> {
  const rows = await queryRows(state, STATE_KEYS.reject(stream.name, ''));
  await deleteRows(
    state,
    rows.filter((row) => row.walkId !== walk.walkId),
    clock,
  );
}

/** The end of a reject's sort key: its `_id`, else a text that begins with `?`, which no percent-encoded `_id` does. */
function labelOf({ id, page, index }: Reject): string {
  return id === undefined ? `?page-${page}-object-${index}` : labelOfId(id);
}

function labelOfId(id: string): string {
  return id.length <= LONGEST_ID_IN_KEY ? id : `?id-${hash('sha256', id, 'hex')}`;
}

/** A reject with what the state table adds to it. */
export interface StoredReject extends Reject {
  /** The reason in words, to follow "an object that". */
  readonly message: string;
  /** When a walk last met the object, RFC 3339. */
  readonly seenAt: string;
}

/** Reads the stream's rejects, ordered by id. */
export async function listRejects(state: StateTable, stream: string): Promise<StoredReject[]> {
  const rows = await queryRows(state, STATE_KEYS.reject(stream, ''));
  return rows.map(rejectIn);
}

/** Reads the reject of an object; undefined if it has none. */
export async function readReject(
  state: StateTable,
  stream: string,
  id: string,
): Promise<StoredReject | undefined> {
  const row = await state.get(STATE_KEYS.reject(stream, labelOfId(id)));
  return row && rejectIn(row);
}

function rejectIn({ id, reason, field, page, index, message, seenAt }: Row): StoredReject {
  return { id, reason, field, page, index, message, seenAt } as StoredReject;
}

/**
 * Counts the stream's rejects.
 *
 * @param most - The count at which counting ends.
 */
export async function countRejects(state: StateTable, stream: string, most: number): Promise<number> {
  return await state.count(rowsUnder(STATE_KEYS.reject(stream, '')), most);
}
