import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../core/clock.ts';
import { SyncError } from '../../core/errors.ts';
import { SeenKeys } from '../../core/pull/seen-keys.ts';
import type { Stream } from '../../core/pull/stream.ts';
import type { EndedWalk, EndingWalk, Walk, WalkStore } from '../../core/pull/walk.ts';
import { nameOf } from '../aws-errors.ts';
import type { Lease } from './lease.ts';
import { clearRejects, saveRejects } from './reject-store.ts';
import { deleteRows, queryRows } from './rows.ts';
import { STATE_KEYS } from './state-keys.ts';
import { type StateTable, underLease } from './state-table.ts';

/** What is left of a walk that nobody takes up again goes after 14 days. */
const KEPT_SECONDS = 14 * 24 * 60 * 60;

export interface WalkStoreOptions {
  readonly state: StateTable;
  readonly lease: Pick<Lease, 'fence' | 'guard'>;
  readonly clock: Clock;
  /** Shared by the stores that follow one another in a process while nobody else can have the lease. @default - One of its own. */
  readonly memory?: WalkMemory;
}

/** The walk that was saved last, so that the next slice need not read it back with all its keys. */
export interface WalkMemory {
  kept?: { readonly stream: string; readonly walk: Walk } | undefined;
}

/**
 * Keeps walks in the state table: `walk#<stream>` / `position` and, with the keys of a slice each, `seen#<slice>`.
 *
 * The position is written last, so a crash never leaves it pointing past data that was not saved. The record of an ending or
 * ended walk, in `ended`, takes the position's place until the next walk begins.
 * A walk that was just saved is returned from memory.
 */
export function createWalkStore({ lease, clock, memory = {}, ...options }: WalkStoreOptions): WalkStore {
  const state = underLease(options.state, lease);
  const inSeconds = (seconds: number): number => Math.floor(clock.now() / 1000) + seconds;

  const saveEnd = async (stream: Stream, ended: EndingWalk | EndedWalk): Promise<void> => {
    const Item = {
      ...STATE_KEYS.walk(stream.name),
      ended,
      fence: lease.fence,
      _expiresAt: inSeconds(KEPT_SECONDS),
    };
    await fenced(state.send(new PutCommand({ TableName: state.name, Item, ...unlessNewer(lease) })));
  };

  return {
    async loadWalk(stream) {
      const inMemory = memory.kept?.stream === stream.name ? memory.kept.walk : undefined;
      // Whoever takes it goes on from it: only when it is saved again, it is as the table has it.
      memory.kept = undefined;
      return inMemory ?? (await readWalk(state, stream));
    },

    async loadKeyTypes(stream) {
      const Key = STATE_KEYS.stream(stream.name);
      const { Item } = await state.send(new GetCommand({ TableName: state.name, Key, ConsistentRead: true }));
      // Another key is another agreement: what the old one was made of says nothing about it.
      return Item?.key === stream.key.join()
        ? ((Item?.keyTypes ?? undefined) as string | undefined)
        : undefined;
    },

    async saveWalk(stream, walk, rejects) {
      await saveRejects(state, stream, walk, rejects, clock);
      await saveSeen(state, stream, walk, inSeconds(KEPT_SECONDS));
      const { seen, followed, ...position } = walk;
      const Item = {
        ...STATE_KEYS.walk(stream.name),
        ...position,
        fence: lease.fence,
        _expiresAt: inSeconds(KEPT_SECONDS),
      };
      await fenced(state.send(new PutCommand({ TableName: state.name, Item, ...unlessNewer(lease) })));
      memory.kept = { stream: stream.name, walk };
    },

    async endWalk(stream, ending, rejects) {
      memory.kept = undefined;
      await saveRejects(state, stream, ending, rejects, clock);
      // First, because this write checks the fence: a pull that lost the lease must not delete anything.
      await saveEnd(stream, ending);
      await saveStreamState(state, stream, ending);
      const seen = await queryRows(state, STATE_KEYS.seen(stream.name, ''), ['pk', 'sk']);
      await deleteRows(state, seen, clock);
      if (ending.receipt.status === 'complete') await clearRejects(state, stream, ending, clock);
      await saveEnd(stream, { ...ending, phase: 'ended' });
    },
  };
}

/** A pull that was thought dead and is not must neither set a newer one's walk back nor end it. */
function unlessNewer({ fence }: Pick<Lease, 'fence'>) {
  return {
    ConditionExpression: 'attribute_not_exists(fence) OR fence <= :fence',
    ExpressionAttributeValues: { ':fence': fence },
  };
}

async function fenced(write: Promise<unknown>): Promise<void> {
  await write.catch((error: unknown) => {
    if (nameOf(error) !== 'ConditionalCheckFailedException') throw error;
    throw new SyncError('RUN_ACTIVE', 'another pull has taken over the walk; this one has stopped writing');
  });
}

/** Bytes of digests in a row, well below the 400 KB that an item has room for. */
const BYTES_PER_ROW = 320_000;

/** Keeps the slice's new keys and links; a page may hold more of them than one row. */
async function saveSeen(state: StateTable, stream: Stream, walk: Walk, _expiresAt: number): Promise<void> {
  const rows = [
    ...partsOf(walk.seen.takeNew()).map((keys) => ({ keys })),
    ...partsOf(walk.followed.takeNew()).map((followed) => ({ followed })),
  ];
  for (const [part, row] of rows.entries()) {
    const Item = {
      ...STATE_KEYS.seen(stream.name, `${ordinalOf(walk.slices)}#${part}`),
      walkId: walk.walkId,
      ...row,
      _expiresAt,
    };
    await state.send(new PutCommand({ TableName: state.name, Item }));
  }
}

function partsOf(digests: Uint8Array): Uint8Array[] {
  const count = Math.ceil(digests.length / BYTES_PER_ROW);
  return Array.from({ length: count }, (_, part) =>
    digests.slice(part * BYTES_PER_ROW, (part + 1) * BYTES_PER_ROW),
  );
}

async function saveStreamState(state: StateTable, stream: Stream, { keyTypes }: EndingWalk): Promise<void> {
  await state.send(
    new UpdateCommand({
      TableName: state.name,
      Key: STATE_KEYS.stream(stream.name),
      UpdateExpression: 'SET #key = :key, keyTypes = :keyTypes',
      ExpressionAttributeNames: { '#key': 'key' },
      ExpressionAttributeValues: { ':key': stream.key.join(), ':keyTypes': keyTypes ?? null },
    }),
  );
}

/** A walk that is under way, or was left unfinished, without the keys that it has seen. */
export type WalkUnderWay = Omit<Walk, 'seen' | 'followed'>;

/** How far the stream's walk is; undefined: none is under way. */
export async function readWalkUnderWay(state: StateTable, stream: string): Promise<WalkUnderWay | undefined> {
  const kept = await readPosition(state, stream);
  return kept === undefined || 'ended' in kept ? undefined : kept;
}

async function readPosition(
  state: StateTable,
  stream: string,
): Promise<WalkUnderWay | { readonly ended: EndingWalk | EndedWalk } | undefined> {
  const { Item } = await state.send(
    new GetCommand({ TableName: state.name, Key: STATE_KEYS.walk(stream), ConsistentRead: true }),
  );
  if (Item === undefined) return undefined;
  const { pk: _pk, sk: _sk, fence: _fence, _expiresAt, ...position } = Item;
  return position as unknown as WalkUnderWay | { ended: EndingWalk | EndedWalk };
}

async function readWalk(
  state: StateTable,
  stream: Stream,
): Promise<Walk | EndingWalk | EndedWalk | undefined> {
  const underWay = await readPosition(state, stream.name);
  if (underWay === undefined) return undefined;
  // Rows of versions without phases: an `ended` one may not be cleaned up yet.
  if ('ended' in underWay) return { ...underWay.ended, phase: underWay.ended.phase ?? 'ending' };
  const walk: Walk = { ...underWay, phase: 'reading', seen: new SeenKeys(), followed: new SeenKeys() };

  const { sk: firstUnsaved } = STATE_KEYS.seen(stream.name, ordinalOf(walk.slices + 1));
  for (const row of await queryRows(state, STATE_KEYS.seen(stream.name, ''))) {
    // Rows of a slice that was cut off before it was saved, or of a walk that was given up.
    if (row.walkId !== walk.walkId || row.sk >= firstUnsaved) continue;
    if (row.keys !== undefined) walk.seen.restore(row.keys as Uint8Array);
    if (row.followed !== undefined) walk.followed.restore(row.followed as Uint8Array);
  }
  return walk;
}

/** @param slice - From 1. Leading zeros make the order of texts that of numbers. */
function ordinalOf(slice: number): string {
  return String(slice).padStart(8, '0');
}
