import { hash } from 'node:crypto';
import { type Clock, timestamp } from '../../core/clock.ts';
import { REJECT_REASONS, type Reject } from '../../core/pull/reject.ts';
import type { Stream } from '../../core/pull/stream.ts';
import type { Walk } from '../../core/pull/walk.ts';
import { countRows, deleteRows, putRows, queryRows, type Row } from './rows.ts';
import { STATE_KEYS } from './state-keys.ts';
import type { StateTable } from './state-table.ts';

/** A reject that no later walk has shown again goes after 90 days. */
const KEPT_SECONDS = 90 * 24 * 60 * 60;
/** A sort key has room for 1,024 bytes, an `_id` may have 2,048. */
const LONGEST_ID_IN_KEY = 1000;

/** Keeps the rejects under `stream#<name>` / `reject#<_id>`; those without a key under their place in the walk. */
export async function saveRejects(
  state: StateTable,
  stream: Stream,
  walk: Pick<Walk, 'walkId'>,
  rejects: readonly Reject[],
  clock: Clock,
): Promise<void> {
  const now = clock.now();
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

/** Forgets the rejects that this walk, a complete one, did not show again. */
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

/** An `_id` is percent-encoded, so no `?` can begin one. */
function labelOf({ id, page, index }: Reject): string {
  if (id === undefined) return `?page-${page}-object-${index}`;
  return id.length <= LONGEST_ID_IN_KEY ? id : `?id-${hash('sha256', id, 'hex')}`;
}

/** A reject as it is kept. */
export interface StoredReject extends Reject {
  /** The reason in words, to follow "an object that". */
  readonly message: string;
  /** When a walk last met it, RFC 3339. */
  readonly seenAt: string;
}

/** The stream's rejects, ordered by id. */
export async function listRejects(state: StateTable, stream: string): Promise<StoredReject[]> {
  const rows = await queryRows(state, STATE_KEYS.reject(stream, ''));
  return rows.map(({ id, reason, field, page, index, message, seenAt }) => {
    return { id, reason, field, page, index, message, seenAt } as StoredReject;
  });
}

/** How many rejects the stream has, counted up to `most`. */
export async function countRejects(state: StateTable, stream: string, most: number): Promise<number> {
  const { pk, sk } = STATE_KEYS.reject(stream, '');
  const query = {
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': pk, ':prefix': sk },
  };
  return await countRows(state, query, most);
}
