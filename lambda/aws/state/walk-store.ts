import type { Clock } from '../../core/clock.ts';
import { SyncError } from '../../core/errors.ts';
import { FollowedLinks } from '../../core/pull/followed-links.ts';
import type { DigestSeed } from '../../core/pull/key-digest.ts';
import type { Stream } from '../../core/pull/stream.ts';
import { TableMap } from '../../core/pull/table-map.ts';
import type { EndedWalk, EndingWalk, Walk, WalkRecord, WalkStore } from '../../core/pull/walk.ts';
import { type Lease, notBehind } from './lease.ts';
import { clearRejects, saveRejects } from './reject-store.ts';
import { putRows, rowsUnder } from './rows.ts';
import { STATE_KEYS } from './state-keys.ts';
import type { StateTable } from './state-table.ts';
import { readStreamState, saveStreamState } from './stream-store.ts';

/** The rows of a walk expire 14 days after the last slice. */
const KEPT_SECONDS = 14 * 24 * 60 * 60;

export interface WalkStoreOptions {
  readonly state: StateTable;
  readonly lease: Pick<Lease, 'fence' | 'guard'>;
  readonly clock: Clock;
  /**
   * Shared by the stores that a process opens one after the other while no other process can take the lease.
   *
   * @default - Each store has its own.
   */
  readonly memory?: WalkMemory;
}

/** The walk that was saved last, so that the next slice need not read it and all its keys again. */
export interface WalkMemory {
  kept?: { readonly stream: string; readonly walk: Walk } | undefined;
}

/**
 * Keeps walks in the state table: a row for the position, and rows for the keys that each slice met.
 *
 * The position is written last, so a crash never leaves it pointing past data that was not saved. The record of a walk that
 * reads no further page takes the position's place until the next walk starts.
 */
export function createWalkStore({ lease, clock, memory = {}, ...options }: WalkStoreOptions): WalkStore {
  const state = options.state.underLease(lease);
  const expiresAt = (): number => Math.floor(clock.now() / 1000) + KEPT_SECONDS;

  /** @throws {SyncError} `RUN_ACTIVE` if a pull with a higher fence wrote the row. */
  const writeRow = async (stream: Stream, content: object): Promise<void> => {
    const row = { ...STATE_KEYS.walk(stream.name), ...content, fence: lease.fence, _expiresAt: expiresAt() };
    const isWritten = await state.put(row, notBehind(lease));
    if (isWritten) return;
    throw new SyncError('RUN_ACTIVE', 'another pull has taken over the walk; this one has stopped writing');
  };
  // Both phases use the attribute `ended`, because earlier versions wrote only that.
  const writeFinished = (stream: Stream, finished: EndingWalk | EndedWalk): Promise<void> =>
    writeRow(stream, { ended: finished });

  return {
    loadState: (stream) => readStreamState(state, stream.name),

    async loadWalk(stream) {
      const inMemory = memory.kept?.stream === stream.name ? memory.kept.walk : undefined;
      // The caller changes the walk, so the one in memory no longer equals the one in the table until it is saved again.
      memory.kept = undefined;
      return inMemory ?? (await readWalk(state, stream));
    },

    async saveWalk(stream, walk, rejects) {
      await saveRejects(state, stream, walk, rejects, clock);
      await saveSeen(state, stream, walk, expiresAt(), clock);
      const { table, followed, ...position } = walk;
      await writeRow(stream, { ...position, seed: table.seed });
      memory.kept = { stream: stream.name, walk };
    },

    async endWalk(stream, ending, rejects) {
      memory.kept = undefined;
      await saveRejects(state, stream, ending, rejects, clock);
      // First, because this write checks the fence: a pull that lost the lease must not change anything.
      await writeFinished(stream, ending);
      await saveStreamState(state, stream.name, ending, lease);
      if (ending.receipt.status === 'complete') await clearRejects(state, stream, ending, clock);
      await writeFinished(stream, { ...ending, phase: 'ended' });
    },
  };
}

/** Bytes of entries or links per row, so whole ones. An item may have 400 KB. */
const BYTES_PER_ROW = 320_000;

/**
 * Saves the keys and links that are new in this slice, in several rows if they do not fit in one.
 *
 * The rows expire and are never deleted: deleting a row of 320 KB costs 313 write units, and a partition takes 1,000 a second.
 */
async function saveSeen(
  state: StateTable,
  stream: Stream,
  { walkId, slices, table, followed }: Walk,
  _expiresAt: number,
  clock: Clock,
): Promise<void> {
  const contents = [
    ...partsOf(table.takeNewlySeen()).map((entries) => ({ entries })),
    ...partsOf(followed.takeNew()).map((links) => ({ followed: links })),
  ];
  const rows = contents.map((content, part) => ({
    ...STATE_KEYS.seen(stream.name, walkId, `${ordinalOf(slices)}#${part}`),
    ...content,
    _expiresAt,
  }));
  await putRows(state, rows, clock);
}

function partsOf(bytes: Uint8Array): Uint8Array[] {
  const count = Math.ceil(bytes.length / BYTES_PER_ROW);
  return Array.from({ length: count }, (_, part) =>
    bytes.slice(part * BYTES_PER_ROW, (part + 1) * BYTES_PER_ROW),
  );
}

/** An unfinished walk, without the keys and links that it has met. A pull may be reading it now. */
export interface UnfinishedWalk extends Omit<Walk, 'table' | 'followed'> {
  /** Of the digests of its keys; absent in rows of version 0.1. */
  readonly seed?: DigestSeed;
}

/** Reads the stream's unfinished walk; undefined if there is none. */
export async function readUnfinishedWalk(
  state: StateTable,
  stream: string,
): Promise<UnfinishedWalk | undefined> {
  const walk = await readWalkRecord(state, stream);
  return walk?.phase === 'reading' ? walk : undefined;
}

/** A walk's record as its row has it, without the keys and links that an unfinished walk has met. */
export type StoredWalk = UnfinishedWalk | EndingWalk | EndedWalk;

/** Reads the record of the stream's walk; undefined if the stream was never walked, or too long ago. */
export async function readWalkRecord(state: StateTable, stream: string): Promise<StoredWalk | undefined> {
  const row = await state.get(STATE_KEYS.walk(stream));
  if (row === undefined) return undefined;
  const { pk: _pk, sk: _sk, fence: _fence, _expiresAt, ended, ...position } = row;
  if (ended === undefined) {
    return { doubts: {}, ...position, phase: 'reading' } as unknown as UnfinishedWalk;
  }
  const finished = ended as unknown as EndingWalk | EndedWalk;
  // Version 0.1 wrote this record last, and without a phase.
  return finished.phase === undefined ? { ...(finished as EndedWalk), phase: 'ended' } : finished;
}

async function readWalk(state: StateTable, stream: Stream): Promise<WalkRecord | undefined> {
  const stored = await readWalkRecord(state, stream.name);
  if (stored?.phase !== 'reading') return stored;
  const { seed, ...position } = stored;
  // Walks of version 0.1 have no seed, and begin anew.
  const walk: Walk = { ...position, table: new TableMap(seed ?? [0, 0]), followed: new FollowedLinks() };

  const { walkId, slices } = walk;
  const { sk: firstUnsaved } = STATE_KEYS.seen(stream.name, walkId, ordinalOf(slices + 1));
  const rows = { ...rowsUnder(STATE_KEYS.seen(stream.name, walkId, '')), isConsistent: true };
  for await (const page of state.query(rows)) {
    for (const { sk, entries, followed } of page) {
      // Rows of a slice that was cut off before it was saved.
      if (sk >= firstUnsaved) continue;
      if (entries !== undefined) walk.table.restoreSeen(entries as Uint8Array);
      if (followed !== undefined) walk.followed.restore(followed as Uint8Array);
    }
  }
  return walk;
}

/** @param slice - From 1. Leading zeros make the order of texts that of numbers. */
function ordinalOf(slice: number): string {
  return String(slice).padStart(8, '0');
}
