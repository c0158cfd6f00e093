import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import { listRejects } from '../../../../lambda/aws/state/reject-store.ts';
import { queryRows } from '../../../../lambda/aws/state/rows.ts';
import { saveRunReceipt } from '../../../../lambda/aws/state/run-store.ts';
import { createStateTable } from '../../../../lambda/aws/state/state-table.ts';
import { acquireLease } from '../../../../lambda/aws/state/take-lease.ts';
import { createWalkStore, readWalkUnderWay } from '../../../../lambda/aws/state/walk-store.ts';
import { noCounts } from '../../../../lambda/core/pull/counts.ts';
import { receiptOf, type WalkStatus } from '../../../../lambda/core/pull/receipt.ts';
import type { Reject } from '../../../../lambda/core/pull/reject.ts';
import { beginWalk, type EndingWalk, type Walk, type WalkStore } from '../../../../lambda/core/pull/walk.ts';
import { type DynamoDbServer, describeDynamoDbs } from '../../../support/dynamodb-servers.ts';
import { closeAfterTest } from '../../../support/embedded-aws.ts';
import { startFaultProxy } from '../../../support/fault-proxy.ts';
import { ManualClock } from '../../../support/memory-ports.ts';
import { streamOf } from '../../../support/streams.ts';

const THINGS = streamOf();
const GUARD = { guard: () => new AbortController().signal };

async function openState(server: DynamoDbServer) {
  const { stateName } = await server.freshTables();
  return createStateTable(server.client(), stateName);
}

function walkOf(walkId: string, keys: readonly string[], overrides: Partial<Walk> = {}): Walk {
  const walk = beginWalk(THINGS, { walkId, startedAt: '2026-11-24T03:00:00.000Z', keyTypes: 'integer' });
  for (const key of keys) walk.seen.add(key);
  return Object.assign(
    walk,
    { slices: 1, position: { page: 4, link: '/x?page=4', list: '/data' } },
    overrides,
  );
}

const reject = (id: string | undefined, index = 0): Reject => ({
  id,
  reason: 'EMPTY_NAME',
  field: 'a.b',
  page: 2,
  index,
});

describeDynamoDbs('the lease', (server) => {
  async function lease(
    state: Awaited<ReturnType<typeof openState>>,
    clock: ManualClock,
    owner: string,
    isAlone = false,
  ) {
    const acquired = await acquireLease({
      state,
      owner,
      runId: `run of ${owner}`,
      isAlone,
      readOwnerState: async () => 'unknown',
      noteCutOff: async () => {},
      clock,
    });
    return Object.assign(acquired, { [Symbol.asyncDispose]: () => acquired.release() });
  }

  test('is had by one at a time, and free again once it is released', async () => {
    const state = await openState(server);
    const clock = new ManualClock();
    const first = await lease(state, clock, 'process 1 on a');

    await expect(lease(state, clock, 'process 2 on b')).rejects.toMatchObject({
      code: 'RUN_ACTIVE',
      message: expect.stringContaining('since 2026-11-24T03:00:00.000Z (process 1 on a)'),
    });
    await first.release();
    await using second = await lease(state, clock, 'process 2 on b');

    expect(second.fence).toBe(first.fence + 1);
  });

  test('is had by exactly one of many that come at once', async () => {
    const state = await openState(server);
    const clock = new ManualClock();

    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => lease(state, clock, `process ${index}`)),
    );

    const won = tries.filter((each) => each.status === 'fulfilled');
    expect(won).toHaveLength(1);
    await won[0]?.value.release();
  });

  test('is had also when the answer to taking it was lost', async () => {
    const { stateName } = await server.freshTables();
    const proxy = closeAfterTest(await startFaultProxy(server.url));
    proxy.onCall(({ action, ordinal }) => (action === 'PutItem' && ordinal === 1 ? 'loseReply' : undefined));
    const repeating = new DynamoDBClient({
      endpoint: proxy.url,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 2,
    });

    await using first = await lease(createStateTable(repeating, stateName), new ManualClock(), 'process 1');

    expect(proxy.calls().PutItem).toBe(2);
    expect(first.guard().aborted).toBe(false);
    repeating.destroy();
  });

  test('of a dead holder is taken over after its time, and the dead one stops writing', async () => {
    const state = await openState(server);
    const clock = new ManualClock();
    await using dead = await lease(state, clock, 'process 1');
    clock.time += 44_000;
    const tooEarly = lease(state, clock, 'process 2');
    await expect(tooEarly).rejects.toMatchObject({ code: 'RUN_ACTIVE' });

    clock.time += 2_000;
    await using next = await lease(state, clock, 'process 2');

    expect(next.fence).toBe(dead.fence + 1);
    expect(() => dead.guard()).toThrow('the lease could not be renewed in time');
    expect(dead.signal.aborted).toBe(true);
    expect(next.guard().aborted).toBe(false);
  });

  test('allows no write once it is released, and breaks off those under way', async () => {
    const state = await openState(server);
    const released = await lease(state, new ManualClock(), 'process 1');
    const underWay = released.guard();

    await released.release();

    expect(underWay.aborted).toBe(true);
    expect(() => released.guard()).toThrow('the pull is over');
  });

  test('is not given away by one that lost it', async () => {
    const state = await openState(server);
    const clock = new ManualClock();
    const dead = await lease(state, clock, 'process 1');
    clock.time += 46_000;
    await using _next = await lease(state, clock, 'process 2');

    await dead.release();

    await expect(lease(state, clock, 'process 3')).rejects.toMatchObject({ code: 'RUN_ACTIVE' });
  });

  test('is taken over at once by whoever is alone with the tables', async () => {
    const state = await openState(server);
    const clock = new ManualClock();
    await using _dead = await lease(state, clock, 'process 1');

    await using alone = await lease(state, clock, 'process 2', true);

    expect(alone.fence).toBe(2);
  });

  test('needs its table', async () => {
    const state = createStateTable(server.client(), 'procurios-sync-acme-state');

    await expect(lease(state, new ManualClock(), 'process 1')).rejects.toMatchObject({
      code: 'STORE_MISSING',
      message: expect.stringContaining('procurios-sync-acme-state'),
    });
  });
});

describeDynamoDbs('a walk', (server) => {
  const storeOf = (state: Awaited<ReturnType<typeof openState>>, fence = 1) =>
    createWalkStore({ state, lease: { ...GUARD, fence }, clock: new ManualClock() });

  test('is read back as it was saved, with the keys of all its slices', async () => {
    const state = await openState(server);
    const store = storeOf(state);
    const counts = { ...noCounts(), pages: 3, fetched: 30, written: 30, requests: 3 };
    const walk = walkOf('w1', ['a', 'b'], { counts, barrenPages: 2, keyless: 1 });
    walk.followed.add('/x?page=4');
    await store.saveWalk(THINGS, walk, []);
    walk.seen.add('c');
    walk.slices = 2;
    await store.saveWalk(THINGS, walk, []);

    const read = await loadUnfinished(storeOf(state));

    expect(read).toMatchObject({
      walkId: 'w1',
      startedAt: '2026-11-24T03:00:00.000Z',
      fingerprint: walk.fingerprint,
      slices: 2,
      position: { page: 4, link: '/x?page=4', list: '/data' },
      keyTypes: 'integer',
      counts,
      barrenPages: 2,
      keyless: 1,
    });
    expect(['a', 'b', 'c', 'd'].map((key) => read?.seen.add(key))).toEqual([false, false, false, true]);
    expect(read?.followed.add('/x?page=4')).toBe(false);
  });

  test('of millions is kept in rows that fit', async () => {
    const state = await openState(server);
    const store = storeOf(state);
    const keys = Array.from({ length: 45_000 }, (_, index) => `key-${index}`);

    await store.saveWalk(THINGS, walkOf('w1', keys), []);

    const read = await loadUnfinished(storeOf(state));
    expect(read?.seen.count).toBe(45_000);
  });

  test('knows nothing of a slice that was cut off, nor of an earlier walk', async () => {
    const state = await openState(server);
    await storeOf(state).saveWalk(THINGS, walkOf('w0', ['old'], { slices: 7 }), []);
    await storeOf(state).saveWalk(THINGS, walkOf('w1', ['a']), []);
    const cut = await loadUnfinished(storeOf(state));
    await saveSeenOnly(state, cut, 'b');

    const read = await loadUnfinished(storeOf(state));

    expect(['a', 'b', 'old'].map((key) => read?.seen.add(key))).toEqual([false, true, true]);
  });

  /** What a process leaves that dies between the seen keys' row and the position's. */
  async function saveSeenOnly(
    state: Awaited<ReturnType<typeof openState>>,
    walk: Walk | undefined,
    key: string,
  ) {
    if (walk === undefined) throw new Error('no walk');
    walk.seen.add(key);
    walk.slices += 1;
    const store = dyingStore(state);
    await expect(store.saveWalk(THINGS, walk, [])).rejects.toThrow('killed');
  }

  /** The store of a process that dies before its second write. */
  function dyingStore(state: Awaited<ReturnType<typeof openState>>): WalkStore {
    let writes = 0;
    const dies = {
      fence: 1,
      guard: () => {
        writes += 1;
        if (writes === 2) throw new Error('killed');
        return GUARD.guard();
      },
    };
    return createWalkStore({ state, lease: dies, clock: new ManualClock() });
  }

  test('whose end was cut off is ending, until its end is repeated', async () => {
    const state = await openState(server);
    await storeOf(state).saveWalk(THINGS, walkOf('w1', ['a']), []);
    await expect(dyingStore(state).endWalk(THINGS, endOf('w1'), [])).rejects.toThrow('killed');
    const seenBefore = await queryRows(state, { pk: 'walk#things', sk: 'seen#' });

    const cut = await storeOf(state).loadWalk(THINGS);
    await storeOf(state).endWalk(THINGS, cut as EndingWalk, []);

    expect(cut).toEqual(endOf('w1'));
    expect(seenBefore).toHaveLength(1);
    expect(await storeOf(state).loadWalk(THINGS)).toMatchObject({ phase: 'ended', runId: 'w1' });
    expect(await queryRows(state, { pk: 'walk#things', sk: 'seen#' })).toEqual([]);
  });

  test('that a version without phases saved is read, and an ended one is ending', async () => {
    const state = await openState(server);
    const save = async (record: object) => {
      await state.put({ pk: 'walk#things', sk: 'position', ...record, fence: 1 });
    };
    const { seen: _seen, followed: _followed, phase: _reading, ...unfinished } = walkOf('w1', []);
    const { phase: _ending, ...ended } = endOf('w2');

    await save(unfinished);
    const read = await storeOf(state).loadWalk(THINGS);
    await save({ ended });
    const readEnded = await storeOf(state).loadWalk(THINGS);

    expect(read).toMatchObject({ phase: 'reading', walkId: 'w1', position: { page: 4 } });
    expect(readEnded).toEqual(endOf('w2'));
  });

  test('is not set back by a pull that was thought dead', async () => {
    const state = await openState(server);
    await storeOf(state, 2).saveWalk(THINGS, walkOf('w1', ['a'], { slices: 5 }), []);

    await expect(storeOf(state, 1).saveWalk(THINGS, walkOf('w1', []), [])).rejects.toThrow();

    expect(await storeOf(state, 3).loadWalk(THINGS)).toMatchObject({ slices: 5 });
  });

  test('is not ended by a pull that was thought dead', async () => {
    const state = await openState(server);
    await storeOf(state, 2).saveWalk(THINGS, walkOf('w2', ['a']), [reject('300')]);

    await expect(storeOf(state, 1).endWalk(THINGS, endOf('w1'), [])).rejects.toMatchObject({
      code: 'RUN_ACTIVE',
    });

    expect(await storeOf(state, 3).loadWalk(THINGS)).toMatchObject({ walkId: 'w2' });
    expect(await listRejects(state, 'things')).toHaveLength(1);
  });

  test('of a page of 100,000 objects is kept in rows that fit', async () => {
    const state = await openState(server);
    const walk = walkOf(
      'w1',
      Array.from({ length: 100_000 }, (_, index) => `key-${index}`),
    );

    await storeOf(state).saveWalk(THINGS, walk, []);

    expect((await loadUnfinished(storeOf(state)))?.seen.count).toBe(100_000);
  });

  test('leaves nothing but how it ended, and what the key was made of', async () => {
    const state = await openState(server);
    const store = storeOf(state);
    const walk = walkOf('w1', ['a']);
    await store.saveWalk(THINGS, walk, []);

    await store.endWalk(THINGS, endOf('w1'), []);

    expect(await store.loadWalk(THINGS)).toEqual({ ...endOf('w1'), phase: 'ended' });
    expect(await readWalkUnderWay(state, 'things')).toBeUndefined();
    expect(await queryRows(state, { pk: 'walk#things', sk: 'seen#' })).toEqual([]);
    expect(await store.loadKeyTypes(THINGS)).toBe('integer');
    expect(await store.loadKeyTypes(streamOf({ key: ['other'] }))).toBeUndefined();
  });
});

/** The walk, for a stream whose walk has not ended. */
async function loadUnfinished(store: WalkStore): Promise<Walk | undefined> {
  const walk = await store.loadWalk(THINGS);
  if (walk !== undefined && walk.phase !== 'reading') throw new Error('it has ended');
  return walk;
}

function endOf(walkId: string, status: WalkStatus = 'complete'): EndingWalk {
  return {
    phase: 'ending',
    walkId,
    keyTypes: 'integer',
    runId: walkId,
    receipt: receiptOf(noCounts(), status),
  };
}

describeDynamoDbs('rejects', (server) => {
  const storeOf = (state: Awaited<ReturnType<typeof openState>>) =>
    createWalkStore({ state, lease: { ...GUARD, fence: 1 }, clock: new ManualClock() });

  test('are kept with their reason and id, also those without an id and with a very long one', async () => {
    const state = await openState(server);
    const long = 'x'.repeat(2000);

    await storeOf(state).saveWalk(THINGS, walkOf('w1', []), [
      reject('1'),
      reject(undefined, 5),
      reject(long),
    ]);

    const rejects = await listRejects(state, 'things');
    expect(rejects.map(({ id }) => id)).toEqual(['1', long, undefined]);
    expect(rejects[2]).toEqual({
      id: undefined,
      reason: 'EMPTY_NAME',
      field: 'a.b',
      page: 2,
      index: 5,
      message: 'has a field with an empty name',
      seenAt: '2026-11-24T03:00:00.000Z',
    });
  });

  test('that a complete walk no longer shows are forgotten, after an incomplete one they stay', async () => {
    const state = await openState(server);
    const store = storeOf(state);
    const many = Array.from({ length: 60 }, (_, index) => reject(`old-${index}`));
    await store.endWalk(THINGS, endOf('w1'), [...many, reject('still')]);

    await store.endWalk(THINGS, endOf('w2', 'incomplete'), []);
    const afterIncomplete = await listRejects(state, 'things');
    await store.endWalk(THINGS, endOf('w3'), [reject('still'), reject('new')]);
    const afterComplete = await listRejects(state, 'things');

    expect(afterIncomplete).toHaveLength(61);
    expect(afterComplete.map(({ id }) => id)).toEqual(['new', 'still']);
  });
});

describeDynamoDbs('receipts of runs', (server) => {
  test('are kept in the order of their start', async () => {
    const state = await openState(server);
    const receipt = (startedAt: string, runId: string) => ({
      runId,
      startedAt,
      finishedAt: '2026-11-24T05:00:00.000Z',
      status: 'complete' as const,
      streams: { things: { status: 'complete' as const, ...noCounts() } },
    });

    await saveRunReceipt(state, receipt('2026-11-24T04:00:00.000Z', 'r2'));
    await saveRunReceipt(state, receipt('2026-11-23T04:00:00.000Z', 'r1'));

    const rows = await queryRows(state, { pk: 'run', sk: '2026' });
    expect(rows.map(({ runId }) => runId)).toEqual(['r1', 'r2']);
    expect(rows[0]).toMatchObject({ status: 'complete', streams: { things: { fetched: 0 } } });
  });
});
