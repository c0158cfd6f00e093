import type { Clock } from '../../core/clock.ts';
import { SyncError } from '../../core/errors.ts';
import { FollowedLinks } from '../../core/pull/followed-links.ts';
import type { DigestSeed } from '../../core/pull/key-digest.ts';
import type { Stream } from '../../core/pull/stream.ts';
import { TableMap } from '../../core/pull/table-map.ts';
import {
  type EndedWalk,
  type EndingWalk,
  isUnfinished,
  type Walk,
  type WalkRecord,
  type WalkStore,
} from '../../core/pull/walk.ts';
import { type Lease, notBehind } from './lease.ts';
import { clearRejects, saveRejects } from './reject-store.ts';
import { STATE_KEYS } from './state-keys.ts';
import type { Row, StateTable } from './state-table.ts';
import { readStreamState, saveStreamState } from './stream-store.ts';
import { keepTable, restoreWalk, saveSeen } from './walk-rows.ts';

/** The rows of a walk's keys expire 14 days after the last slice. */
const KEPT_SECONDS = 14 * 24 * 60 * 60;
/** Its record expires after 90 days, as the evidence does, which names the walk before the next one. */
const RECORD_KEPT_SECONDS = 90 * 24 * 60 * 60;

export interface WalkStoreOptions {
  readonly state: StateTable;
  readonly lease: Pick<Lease, 'fence' | 'guard'>;
  readonly runId: string;
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
export function createWalkStore({
  lease,
  runId,
  clock,
  memory = {},
  ...options
}: WalkStoreOptions): WalkStore {
  const state = options.state.underLease(lease);

  /** @throws {SyncError} `RUN_ACTIVE` if a pull with a higher fence wrote the row. */
  const writeRow = async (stream: Stream, content: object): Promise<void> => {
    const _expiresAt = expiryAfter(RECORD_KEPT_SECONDS, clock);
    const row = { ...STATE_KEYS.walk(stream.name), ...content, fence: lease.fence, _expiresAt };
    const isWritten = await state.put(row, notBehind(lease));
    if (isWritten) return;
    throw new SyncError('RUN_ACTIVE', 'another pull has taken over the walk; this one has stopped writing');
  };
  const readWalk = async (stream: Stream): Promise<WalkRecord | undefined> => {
    const row = await state.get(STATE_KEYS.walk(stream.name));
    const stored = row && recordIn(row);
    if (stored === undefined || !isUnfinished(stored)) return stored;
    // Another run, or another attempt at this slice, may have changed the table since.
    const isSameTable = row?.savedBy === runId && row.fence === lease.fence - 1;
    const { look: storedLook, ...storedWalk } = stored;
    const walk = walkOf(storedWalk, isSameTable);
    if (storedLook === undefined) {
      await restoreWalk(state, stream, walk);
      return walk;
    }
    // A walk whose list is read again was judged, so its own keys are not needed any more.
    const look = walkOf(storedLook, isSameTable);
    await restoreWalk(state, stream, look);
    return { ...walk, look };
  };
  const writePosition = (stream: Stream, { look, ...walk }: Walk): Promise<void> =>
    writeRow(stream, {
      ...positionOf(walk),
      ...(look !== undefined && { look: positionOf(look) }),
      savedBy: runId,
    });
  // Both phases use the attribute `ended`, because earlier versions wrote only that.
  const writeFinished = (stream: Stream, finished: EndingWalk | EndedWalk): Promise<void> =>
    writeRow(stream, { ended: finished });

  return {
    loadState: (stream) => readStreamState(state, stream.name),

    async loadWalk(stream) {
      const inMemory = memory.kept?.stream === stream.name ? memory.kept.walk : undefined;
      // The caller changes the walk, so the one in memory no longer equals the one in the table until it is saved again.
      memory.kept = undefined;
      return inMemory ?? (await readWalk(stream));
    },

    async saveWalk(stream, walk, rejects, { isLastOfInvocation }) {
      const reader = walk.look ?? walk;
      await saveRejects(state, stream, walk, rejects, clock);
      await saveSeen(state, stream, reader, expiryAfter(KEPT_SECONDS, clock), clock);
      await writePosition(stream, walk);
      memory.kept = { stream: stream.name, walk };
      const mayKeep = isLastOfInvocation && hasExactTable(reader) && reader.keptAfter === undefined;
      if (!mayKeep || !(await keepTable(state, stream, reader, clock))) return;
      reader.keptAfter = reader.slices;
      await writePosition(stream, walk);
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

/** Seconds since the epoch. */
function expiryAfter(seconds: number, clock: Clock): number {
  return Math.floor(clock.now() / 1000) + seconds;
}

/** Entries that slices before the scan saved may be older than what it found, where a slice was cut off after it wrote. */
function hasExactTable({ table, scannedAfter }: Walk): boolean {
  return table.isWhole && scannedAfter === 0;
}

/** An unfinished walk, without the keys and links that it has met. A pull may be reading it now. */
export interface UnfinishedWalk extends StoredReading {
  /** The second reading of its list. Present in the phase `looking`. */
  readonly look?: StoredReading;
}

/** A walk or a look, as the row has it. */
interface StoredReading extends Omit<Walk, 'table' | 'followed' | 'look'> {
  /** The seed of the digests of its keys; absent in rows of version 0.1. */
  readonly seed?: DigestSeed;
}

function positionOf({ table, followed: _followed, ...position }: Omit<Walk, 'look'>): StoredReading {
  return { ...position, seed: table.seed };
}

function walkOf({ seed, keptAfter, ...position }: StoredReading, isSameTable: boolean): Walk {
  return {
    ...position,
    ...(isSameTable && keptAfter !== undefined && { keptAfter }),
    // Walks of version 0.1 have no seed, and begin anew.
    table: new TableMap(seed ?? [0, 0]),
    followed: new FollowedLinks(),
  };
}

/** Reads the stream's unfinished walk; undefined if there is none. */
export async function readUnfinishedWalk(
  state: StateTable,
  stream: string,
): Promise<UnfinishedWalk | undefined> {
  const walk = await readWalkRecord(state, stream);
  return walk !== undefined && isUnfinished(walk) ? walk : undefined;
}

/** A walk's record as its row has it, without the keys and links that an unfinished walk has met. */
export type StoredWalk = UnfinishedWalk | EndingWalk | EndedWalk;

/** Reads the record of the stream's walk; undefined if the stream was never walked, or too long ago. */
export async function readWalkRecord(state: StateTable, stream: string): Promise<StoredWalk | undefined> {
  const row = await state.get(STATE_KEYS.walk(stream));
  return row && recordIn(row);
}

function recordIn(row: Row): StoredWalk {
  const { pk: _pk, sk: _sk, fence: _fence, savedBy: _savedBy, _expiresAt, ended, ...position } = row;
  if (ended === undefined) {
    const defaults = { phase: 'reading', doubts: {}, direction: 'up', returned: 0 };
    return { ...defaults, ...position } as unknown as UnfinishedWalk;
  }
  const finished = ended as unknown as EndingWalk | EndedWalk;
  // Version 0.1 wrote this record last, and without a phase.
  return finished.phase === undefined ? { ...(finished as EndedWalk), phase: 'ended' } : finished;
}
