import { describe, expect, test } from '@jest/globals';
import { listRejects } from '../../../../lambda/aws/state/reject-store.ts';
import { STATE_KEYS } from '../../../../lambda/aws/state/state-keys.ts';
import { createStateTable, type StateTable } from '../../../../lambda/aws/state/state-table.ts';
import { createWalkStore, readUnfinishedWalk } from '../../../../lambda/aws/state/walk-store.ts';
import type { WalkFacts } from '../../../../lambda/core/deletes/walk-facts.ts';
import { noCounts } from '../../../../lambda/core/pull/counts.ts';
import { readTable } from '../../../../lambda/core/pull/read-table.ts';
import {
  beginLook,
  type EndingWalk,
  isUnfinished,
  type Walk,
  type WalkStore,
} from '../../../../lambda/core/pull/walk.ts';
import { describeDynamoDbs } from '../../../support/dynamodb-servers.ts';
import { closeAfterTest } from '../../../support/embedded-aws.ts';
import { type Fault, type ProxiedCall, startFaultProxy } from '../../../support/fault-proxy.ts';
import { ManualClock, MemoryTable } from '../../../support/memory-ports.ts';
import { endOf, GUARD, LAST, openState, reject, STAYS, THINGS, walkOf } from './setup.ts';

describeDynamoDbs('a walk', (server) => {
  const storeOf = (state: Awaited<ReturnType<typeof openState>>, fence = 1) =>
    createWalkStore({ state, lease: { ...GUARD, fence }, clock: new ManualClock(), runId: 'r1' });

  test('a walk is loaded as it was saved, with the keys of all its slices', async () => {
    const state = await openState(server);
    const store = storeOf(state);
    const counts = { ...noCounts(), pages: 3, fetched: 30, written: 30, requests: 3 };
    const walk = walkOf('w1', ['a', 'b'], { counts, barrenPages: 2, keyless: 1 });
    walk.followed.add('/x?page=4');
    await store.saveWalk(THINGS, walk, [], STAYS);
    walk.table.see('c');
    walk.slices = 2;
    await store.saveWalk(THINGS, walk, [], STAYS);

    const read = await loadUnfinished(storeOf(state));

    expect(read).toMatchObject({
      walkId: 'w1',
      startedAt: '2026-11-24T03:00:00.000Z',
      fingerprint: walk.fingerprint,
      slices: 2,
      position: { page: 4, link: '/x?page=4', list: '/data' },
      counts,
      barrenPages: 2,
      keyless: 1,
    });
    expect(['a', 'b', 'c', 'd'].map((key) => read?.table.see(key))).toEqual([
      'repeated',
      'repeated',
      'repeated',
      'new',
    ]);
    expect(read?.followed.add('/x?page=4')).toBe(false);
  });

  test('a walk down is loaded as it was saved, with its direction and its place', async () => {
    const state = await openState(server);
    const position = {
      page: 7,
      link: '/x?page=7',
      list: '/data',
      last: 9,
      down: { leg: 'down', top: 9 },
    } as const;
    const facts = { direction: 'down', lastPage: 9, isCached: true, shownAgain: 3 } as const;
    await storeOf(state).saveWalk(THINGS, walkOf('w1', ['a'], { position, ...facts }), [], STAYS);

    const read = await loadUnfinished(storeOf(state));

    expect(read?.position).toEqual(position);
    expect(read).toMatchObject(facts);
  });

  test('the keys of a walk over millions of objects are saved in rows that fit', async () => {
    const state = await openState(server);
    const store = storeOf(state);
    const keys = Array.from({ length: 45_000 }, (_, index) => `key-${index}`);

    await store.saveWalk(THINGS, walkOf('w1', keys), [], STAYS);

    const read = await loadUnfinished(storeOf(state));
    expect(read?.table.seenCount).toBe(45_000);
  });

  test('a walk is loaded without the keys of a slice that was cut off, or of an earlier walk', async () => {
    const state = await openState(server);
    await storeOf(state).saveWalk(THINGS, walkOf('w0', ['old'], { slices: 7 }), [], STAYS);
    await storeOf(state).saveWalk(THINGS, walkOf('w1', ['a']), [], STAYS);
    const cut = await loadUnfinished(storeOf(state));
    await saveSeenOnly(state, cut, 'b');

    const read = await loadUnfinished(storeOf(state));

    expect(['a', 'b', 'old'].map((key) => read?.table.see(key))).toEqual(['repeated', 'new', 'new']);
  });

  /** Saves the rows that a process leaves if it dies between the row of the keys and that of the position. */
  async function saveSeenOnly(
    state: Awaited<ReturnType<typeof openState>>,
    walk: Walk | undefined,
    key: string,
  ) {
    if (walk === undefined) throw new Error('no walk');
    walk.table.see(key);
    walk.slices += 1;
    const store = dyingStore(state);
    await expect(store.saveWalk(THINGS, walk, [], STAYS)).rejects.toThrow('killed');
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
    return createWalkStore({ state, lease: dies, clock: new ManualClock(), runId: 'r1' });
  }

  test('a walk whose end was cut off is ending until its end is repeated', async () => {
    const state = await openState(server);
    await storeOf(state).saveWalk(THINGS, walkOf('w1', ['a']), [], STAYS);
    await expect(dyingStore(state).endWalk(THINGS, endOf('w1'), [])).rejects.toThrow('killed');
    const cut = await storeOf(state).loadWalk(THINGS);
    await storeOf(state).endWalk(THINGS, cut as EndingWalk, []);

    expect(cut).toEqual(endOf('w1'));
    expect(await storeOf(state).loadWalk(THINGS)).toMatchObject({ phase: 'ended', runId: 'w1' });
  });

  test('a walk that a version without phases and directions saved is loaded, and its finished one has ended', async () => {
    const state = await openState(server);
    const save = async (record: object) => {
      await state.put({ pk: 'walk#things', sk: 'position', ...record, fence: 1 });
    };
    const {
      table: _table,
      followed: _followed,
      phase: _reading,
      direction: _up,
      ...unfinished
    } = walkOf('w1', []);
    const { phase: _ending, ...ended } = endOf('w2');

    await save(unfinished);
    const read = await storeOf(state).loadWalk(THINGS);
    await save({ ended });
    const readEnded = await storeOf(state).loadWalk(THINGS);

    expect(read).toMatchObject({ phase: 'reading', walkId: 'w1', direction: 'up', position: { page: 4 } });
    expect(readEnded).toEqual({ ...endOf('w2'), phase: 'ended' });
  });

  test('a pull that was thought dead does not save over a newer walk', async () => {
    const state = await openState(server);
    await storeOf(state, 2).saveWalk(THINGS, walkOf('w1', ['a'], { slices: 5 }), [], STAYS);

    await expect(storeOf(state, 1).saveWalk(THINGS, walkOf('w1', []), [], STAYS)).rejects.toThrow();

    expect(await storeOf(state, 3).loadWalk(THINGS)).toMatchObject({ slices: 5 });
  });

  test('a pull that was thought dead does not end a newer walk', async () => {
    const state = await openState(server);
    await storeOf(state, 2).saveWalk(THINGS, walkOf('w2', ['a']), [reject('300')], STAYS);

    await expect(storeOf(state, 1).endWalk(THINGS, endOf('w1'), [])).rejects.toMatchObject({
      code: 'RUN_ACTIVE',
    });

    expect(await storeOf(state, 3).loadWalk(THINGS)).toMatchObject({ walkId: 'w2' });
    expect(await listRejects(state, 'things')).toHaveLength(1);
  });

  test('the keys of a page of 100,000 objects are saved in rows that fit', async () => {
    const state = await openState(server);
    const walk = walkOf(
      'w1',
      Array.from({ length: 100_000 }, (_, index) => `key-${index}`),
    );

    await storeOf(state).saveWalk(THINGS, walk, [], STAYS);

    expect((await loadUnfinished(storeOf(state)))?.table.seenCount).toBe(100_000);
  });

  test('the keys of a long walk are saved, and its end succeeds, in a partition that takes 1,000 units a second', async () => {
    const { stateName } = await server.freshTables();
    const proxy = closeAfterTest(await startFaultProxy(server.url));
    const clock = new ManualClock();
    proxy.onCall(throttle(clock));
    const state = createStateTable(server.client(proxy.url), stateName);
    const store = createWalkStore({ state, lease: { ...GUARD, fence: 1 }, runId: 'r1', clock });
    const walk = walkOf('w1', [], { slices: 0 });

    for (let slice = 0; slice < 3; slice += 1) {
      for (let key = 0; key < 115_200; key += 1) walk.table.see(`${slice}-${key}`);
      walk.slices += 1;
      await store.saveWalk(THINGS, walk, [], STAYS);
    }
    const read = await loadUnfinished(
      createWalkStore({ state, lease: { ...GUARD, fence: 1 }, runId: 'r1', clock }),
    );
    await store.endWalk(THINGS, endOf('w1'), []);

    expect(read?.table.seenCount).toBe(345_600);
    expect(await store.loadWalk(THINGS)).toMatchObject({ phase: 'ended' });
    // 5.5 MB take more than a second beyond the first. Nothing is written a second time, and nothing is deleted.
    expect(clock.now() - START_MS).toBeGreaterThan(1_000);
    expect(clock.now() - START_MS).toBeLessThan(15_000);
  });

  describe('the map of the table', () => {
    const HASH = 'a'.repeat(32);
    const atFence = (state: StateTable, fence: number, runId = 'r1') =>
      createWalkStore({ state, lease: { ...GUARD, fence }, runId, clock: new ManualClock() });

    /** Saves two slices of a walk over a table of 45,000 items, the second as the last of its invocation. */
    async function saveWhole(state: StateTable): Promise<void> {
      const walk = walkOf('w1', ['item-1', 'new']);
      for (let index = 0; index < 45_000; index += 1) {
        walk.table.add({ id: `item-${index}`, hash: HASH, isTombstone: false });
      }
      walk.table.isWhole = true;
      walk.scannedAfter = 0;
      await atFence(state, 4).saveWalk(THINGS, walk, [], STAYS);
      walk.slices = 2;
      walk.table.see('item-2');
      walk.table.wrote('item-2', 'b'.repeat(32));
      await atFence(state, 5).saveWalk(THINGS, walk, [], LAST);
    }

    test('it is restored by the next slice of the same run', async () => {
      const state = await openState(server);
      await saveWhole(state);

      const walk = await loadUnfinished(atFence(state, 6));

      expect(walk?.table).toMatchObject({ isWhole: true, seenCount: 3 });
      expect(walk?.table.countLive()).toBe(45_000);
      expect(walk?.table.differs('item-44999', HASH)).toBe(false);
      expect([walk?.table.differs('item-2', HASH), walk?.table.hasItem('new')]).toEqual([true, false]);
    });

    test('it is restored once more after further slices, with what they stored', async () => {
      const state = await openState(server);
      await saveWhole(state);
      const third = atFence(state, 6);
      const walk = await loadUnfinished(third);
      if (walk === undefined) throw new Error('no walk');
      walk.slices = 3;
      walk.table.wroteAgain('item-1', 'c'.repeat(32));
      await third.saveWalk(THINGS, walk, [], LAST);

      const later = await loadUnfinished(atFence(state, 7));

      expect(later?.keptAfter).toBe(2);
      expect(later?.table).toMatchObject({ isWhole: true, seenCount: 3 });
      expect(later?.table.differs('item-1', 'c'.repeat(32))).toBe(false);
      expect(later?.table.differs('item-44999', HASH)).toBe(false);
    });

    test.each<[string, number, string]>([
      ['another attempt at the slice', 7, 'r1'],
      ['another run', 6, 'r2'],
      ['the same slice', 5, 'r1'],
    ])('it is not restored by %s, which scans the table', async (_reader, fence, runId) => {
      const state = await openState(server);
      await saveWhole(state);

      const walk = await loadUnfinished(atFence(state, fence, runId));

      expect(walk?.table).toMatchObject({ isWhole: false, seenCount: 3, size: 3 });
      expect(walk?.keptAfter).toBeUndefined();
      expect([walk?.table.hasSeen('item-2'), walk?.table.hasItem('item-2')]).toEqual([true, false]);
    });

    test('it is not saved if the table was scanned again, because earlier slices saved older hashes', async () => {
      const state = await openState(server);
      const first = walkOf('w1', ['item-1']);
      first.table.wrote('item-1', HASH);
      await atFence(state, 4).saveWalk(THINGS, first, [], STAYS);
      // The next slice stored another version of the object, and was cut off. It is repeated.
      const repeated = await loadUnfinished(atFence(state, 6));
      if (repeated === undefined) throw new Error('no walk');
      const table = new MemoryTable();
      await readTable(repeated, table, new AbortController().signal);
      repeated.slices += 1;
      await atFence(state, 6).saveWalk(THINGS, repeated, [], LAST);

      const walk = await loadUnfinished(atFence(state, 7));

      expect(repeated).toMatchObject({ scannedAfter: 1, table: { isWhole: true } });
      expect(walk?.table).toMatchObject({ isWhole: false, seenCount: 1 });
      expect(walk?.table.hasItem('item-1')).toBe(false);
    });

    test('it is not saved in the midst of an invocation', async () => {
      const state = await openState(server);
      const walk = walkOf('w1', ['item-1']);
      walk.table.isWhole = true;
      await atFence(state, 5).saveWalk(THINGS, walk, [], STAYS);

      expect((await loadUnfinished(atFence(state, 6)))?.table.isWhole).toBe(false);
    });
  });

  test('a walk that is judged is loaded with its keys, and one whose list is read again with those of its look alone', async () => {
    const state = await openState(server);
    const store = storeOf(state);
    const judging = { facts: FACTS, readBy: 'r1' };
    const walk = walkOf('w1', ['a', 'b'], { phase: 'judging', judging });
    await store.saveWalk(THINGS, walk, [], STAYS);
    const judged = await loadUnfinished(storeOf(state));

    const looking = beginLook(THINGS, walk, { startedAt: '2026-11-24T04:00:00.000Z' }, {});
    looking.look?.table.see('a');
    looking.look?.followed.add('/x?page=2');
    Object.assign(looking.look ?? {}, { slices: 1, position: { page: 2, link: '/x?page=2' } });
    await store.saveWalk(THINGS, looking, [], STAYS);
    const read = await loadUnfinished(storeOf(state));
    const look = read?.look;

    expect(judged).toMatchObject({ phase: 'judging', judging });
    expect(['a', 'b'].map((key) => judged?.table.hasSeen(key))).toEqual([true, true]);
    expect(read).toMatchObject({ phase: 'looking', walkId: 'w1', judging });
    expect(read?.table.seenCount).toBe(0);
    expect(look).toMatchObject({
      walkId: 'w1-look',
      startedAt: '2026-11-24T04:00:00.000Z',
      position: { page: 2, link: '/x?page=2' },
    });
    expect(['a', 'b'].map((key) => look?.table.hasSeen(key))).toEqual([true, false]);
    expect(look?.followed.add('/x?page=2')).toBe(false);
    expect((await readUnfinishedWalk(state, 'things'))?.phase).toBe('looking');
  });

  test('a walk that an older version left is loaded without what deletes need', async () => {
    const state = await openState(server);
    await storeOf(state).saveWalk(THINGS, walkOf('w1', ['a']), [], STAYS);
    await state.update(STATE_KEYS.walk('things'), { update: 'REMOVE #returned, #phase, #doubts' });

    expect(await loadUnfinished(storeOf(state))).toMatchObject({ phase: 'reading', returned: 0, doubts: {} });
  });

  test('a walk that ended leaves its record', async () => {
    const state = await openState(server);
    const store = storeOf(state);
    const walk = walkOf('w1', ['a']);
    await store.saveWalk(THINGS, walk, [], STAYS);

    await store.endWalk(THINGS, endOf('w1'), []);

    expect(await store.loadWalk(THINGS)).toEqual({ ...endOf('w1'), phase: 'ended' });
    expect(await readUnfinishedWalk(state, 'things')).toBeUndefined();
  });
});

const FACTS: WalkFacts = {
  ...{
    walkId: 'w1',
    paging: 'onePage',
    began: '2026-11-24T03:00:00.000Z',
    ended: '2026-11-24T03:01:00.000Z',
  },
  ...{ direction: 'up', isOneWay: false, firstSight: { digest: '0', scopes: ['a'] } },
  ...{ sight: { digest: '0', scopes: ['a'] }, isComplete: true, isFull: true, isCached: false },
  ...{ pages: 1, shown: 2, repeated: 0, holes: 0, live: 3 },
};
const START_MS = new ManualClock().now();

/** A partition that takes 1,000 units a second: the writes of a batch that do not fit are not processed. */
function throttle(clock: ManualClock): (call: ProxiedCall) => Fault | undefined {
  let units = 1_000;
  let atMs = clock.now();
  return ({ action, items }) => {
    // The SDK itself repeats a put, in real time.
    if (action !== 'BatchWriteItem') return undefined;
    units = Math.min(1_000, units + (clock.now() - atMs));
    atMs = clock.now();
    let taken = 0;
    for (const item of items) {
      if (units <= 0) break;
      units -= Math.ceil(JSON.stringify(item).length / 1_400);
      taken += 1;
    }
    if (taken === items.length) return undefined;
    return taken === 0
      ? { refuse: 'ProvisionedThroughputExceededException' }
      : { unprocessed: items.length - taken };
  };
}

/** Loads the walk of a stream whose walk has not ended. */
async function loadUnfinished(store: WalkStore): Promise<Walk | undefined> {
  const walk = await store.loadWalk(THINGS);
  if (walk !== undefined && !isUnfinished(walk)) throw new Error('it has ended');
  return walk;
}
