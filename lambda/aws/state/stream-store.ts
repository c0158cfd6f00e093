import { type StreamState, stateAfter } from '../../core/pull/stream-state.ts';
import type { EndingWalk } from '../../core/pull/walk.ts';
import { type Lease, notBehind, takenOver } from './lease.ts';
import { STATE_KEYS } from './state-keys.ts';
import type { Row, StateTable } from './state-table.ts';

/** Reads what is known of a stream's table. Every field is absent if no walk ended since an upgrade from 0.1. */
export async function readStreamState(state: StateTable, stream: string): Promise<StreamState> {
  return stateIn(await state.get(STATE_KEYS.stream(stream)));
}

/**
 * Adds an ending walk to the stream's state. A no-op if that walk was added before, because a walk's end may be repeated.
 *
 * @param state - Under the lease.
 * @throws {SyncError} `RUN_ACTIVE` if a pull with a higher fence wrote the row; `STORE_*`.
 */
export async function saveStreamState(
  state: StateTable,
  stream: string,
  walk: EndingWalk,
  lease: Pick<Lease, 'fence'>,
): Promise<void> {
  const key = STATE_KEYS.stream(stream);
  const row = await state.get(key);
  const { walkId } = walk;
  if (row?.walkId === walkId) return;
  const isWritten = await state.put(
    { ...key, ...stateAfter(stateIn(row), walk), walkId, fence: lease.fence },
    notBehind(lease),
  );
  if (!isWritten) throw takenOver();
}

function stateIn(row: Row | undefined): StreamState {
  if (row === undefined) return {};
  // Version 0.1 kept the key's types here.
  const { pk: _pk, sk: _sk, walkId: _walkId, fence: _fence, key: _key, keyTypes: _types, ...known } = row;
  return known;
}
