import { expect, test } from '@jest/globals';
import { listRejects } from '../../../../lambda/aws/state/reject-store.ts';
import { queryRows } from '../../../../lambda/aws/state/rows.ts';
import { createWalkStore, readUnfinishedWalk } from '../../../../lambda/aws/state/walk-store.ts';
import { noCounts } from '../../../../lambda/core/pull/counts.ts';
import type { EndingWalk, Walk, WalkStore } from '../../../../lambda/core/pull/walk.ts';
import { describeDynamoDbs } from '../../../support/dynamodb-servers.ts';
import { ManualClock } from '../../../support/memory-ports.ts';
import { endOf, GUARD, openState, reject, THINGS, walkOf } from './setup.ts';

describeDynamoDbs('a walk', (server) => {
  const storeOf = (state: Awaited<ReturnType<typeof openState>>, fence = 1) =>
    createWalkStore({ state, lease: { ...GUARD, fence }, clock: new ManualClock() });

  test('a walk is loaded as it was saved, with the keys of all its slices', async () => {
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
      counts,
      barrenPages: 2,
      keyless: 1,
    });
    expect(['a', 'b', 'c', 'd'].map((key) => read?.seen.add(key))).toEqual([
      'repeated',
      'repeated',
      'repeated',
      'new',
    ]);
    expect(read?.followed.add('/x?page=4')).toBe('repeated');
  });

  test('the keys of a walk over millions of objects are saved in rows that fit', async () => {
    const state = await openState(server);
    const store = storeOf(state);
    const keys = Array.from({ length: 45_000 }, (_, index) => `key-${index}`);

    await store.saveWalk(THINGS, walkOf('w1', keys), []);

    const read = await loadUnfinished(storeOf(state));
    expect(read?.seen.count).toBe(45_000);
  });

  test('a walk is loaded without the keys of a slice that was cut off, or of an earlier walk', async () => {
    const state = await openState(server);
    await storeOf(state).saveWalk(THINGS, walkOf('w0', ['old'], { slices: 7 }), []);
    await storeOf(state).saveWalk(THINGS, walkOf('w1', ['a']), []);
    const cut = await loadUnfinished(storeOf(state));
    await saveSeenOnly(state, cut, 'b');

    const read = await loadUnfinished(storeOf(state));

    expect(['a', 'b', 'old'].map((key) => read?.seen.add(key))).toEqual(['repeated', 'new', 'new']);
  });

  /** Saves the rows that a process leaves if it dies between the row of the keys and that of the position. */
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

  test('a walk whose end was cut off is ending until its end is repeated', async () => {
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

  test('a walk that a version without phases saved is loaded, and its finished one has ended', async () => {
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
    expect(readEnded).toEqual({ ...endOf('w2'), phase: 'ended' });
  });

  test('a pull that was thought dead does not save over a newer walk', async () => {
    const state = await openState(server);
    await storeOf(state, 2).saveWalk(THINGS, walkOf('w1', ['a'], { slices: 5 }), []);

    await expect(storeOf(state, 1).saveWalk(THINGS, walkOf('w1', []), [])).rejects.toThrow();

    expect(await storeOf(state, 3).loadWalk(THINGS)).toMatchObject({ slices: 5 });
  });

  test('a pull that was thought dead does not end a newer walk', async () => {
    const state = await openState(server);
    await storeOf(state, 2).saveWalk(THINGS, walkOf('w2', ['a']), [reject('300')]);

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

    await storeOf(state).saveWalk(THINGS, walk, []);

    expect((await loadUnfinished(storeOf(state)))?.seen.count).toBe(100_000);
  });

  test('a walk that ended leaves its record', async () => {
    const state = await openState(server);
    const store = storeOf(state);
    const walk = walkOf('w1', ['a']);
    await store.saveWalk(THINGS, walk, []);

    await store.endWalk(THINGS, endOf('w1'), []);

    expect(await store.loadWalk(THINGS)).toEqual({ ...endOf('w1'), phase: 'ended' });
    expect(await readUnfinishedWalk(state, 'things')).toBeUndefined();
    expect(await queryRows(state, { pk: 'walk#things', sk: 'seen#' })).toEqual([]);
  });
});

/** Loads the walk of a stream whose walk has not ended. */
async function loadUnfinished(store: WalkStore): Promise<Walk | undefined> {
  const walk = await store.loadWalk(THINGS);
  if (walk !== undefined && walk.phase !== 'reading') throw new Error('it has ended');
  return walk;
}
