import { expect, test } from '@jest/globals';
import { readStreamState } from '../../../../lambda/aws/state/stream-store.ts';
import { createWalkStore } from '../../../../lambda/aws/state/walk-store.ts';
import { noCounts } from '../../../../lambda/core/pull/counts.ts';
import { receiptOf, type WalkStatus } from '../../../../lambda/core/pull/receipt.ts';
import { describeDynamoDbs } from '../../../support/dynamodb-servers.ts';
import { ManualClock } from '../../../support/memory-ports.ts';
import { endOf, GUARD, openState, THINGS } from './setup.ts';

describeDynamoDbs("a stream's state", (server) => {
  type State = Awaited<ReturnType<typeof openState>>;

  /** Ends a walk that stored `written` objects, met `unchanged` others, and counted `inTable` items. */
  async function end(
    state: State,
    walkId: string,
    stored: { readonly written?: number; readonly unchanged?: number; readonly inTable?: number },
    { status = 'complete' as WalkStatus, fence = 1, startedAt = '2026-11-24T03:00:00.000Z' } = {},
  ): Promise<void> {
    const { written = 0, unchanged = 0, ...counted } = stored;
    const receipt = receiptOf({ ...noCounts(), fetched: written + unchanged, written, unchanged }, status);
    const store = createWalkStore({
      state,
      lease: { ...GUARD, fence },
      clock: new ManualClock(),
      runId: 'r1',
    });
    await store.endWalk(THINGS, endOf(walkId, status, { startedAt, receipt, ...counted }), []);
  }

  test('a stream that was never walked has no state', async () => {
    expect(await readStreamState(await openState(server), 'things')).toEqual({});
  });

  test('a complete walk says of when the table is whole, what was listed and what is in the table', async () => {
    const state = await openState(server);

    await end(state, 'w1', { written: 1000, inTable: 1000 });
    await end(
      state,
      'w2',
      { written: 5, unchanged: 985, inTable: 1002 },
      { startedAt: '2026-11-25T03:00:00.000Z' },
    );

    expect(await readStreamState(state, 'things')).toEqual({
      wholeAsOf: '2026-11-25T03:00:00.000Z',
      listed: 990,
      inTable: 1002,
      countedAt: '2026-11-25T03:00:00.000Z',
    });
  });

  test('a walk that was not complete changes only what is in the table', async () => {
    const state = await openState(server);
    await end(state, 'w1', { written: 10, inTable: 10 });

    await end(state, 'w2', { written: 3, unchanged: 4, inTable: 12 }, { status: 'failed' });

    expect(await readStreamState(state, 'things')).toMatchObject({ listed: 10, inTable: 12 });
  });

  test('a listing that is empty today leaves the items in the table', async () => {
    const state = await openState(server);
    await end(state, 'w1', { written: 1000, inTable: 1000 });

    await end(state, 'w2', { inTable: 1000 });

    expect(await readStreamState(state, 'things')).toMatchObject({ listed: 0, inTable: 1000 });
  });

  test('a walk that did not read the table leaves what an earlier one counted, unless it stored more', async () => {
    const state = await openState(server);
    await end(state, 'w1', { written: 10, inTable: 1000 });

    await end(state, 'w2', { written: 20 });
    const after20 = await readStreamState(state, 'things');
    await end(state, 'w3', { written: 1001 });

    expect(after20).toMatchObject({ listed: 20, inTable: 1000, countedAt: '2026-11-24T03:00:00.000Z' });
    expect(await readStreamState(state, 'things')).toMatchObject({ listed: 1001, inTable: 1001 });
  });

  test('a walk whose end is repeated is added once', async () => {
    const state = await openState(server);
    await end(state, 'w1', { written: 10, inTable: 10 });

    await end(state, 'w2', { written: 3, unchanged: 10, inTable: 13 });
    await end(state, 'w2', { written: 3, unchanged: 10, inTable: 14 });

    expect(await readStreamState(state, 'things')).toMatchObject({ inTable: 13 });
  });

  test('a row and an ending walk of an earlier version are read', async () => {
    const state = await openState(server);
    await state.put({ pk: 'stream#things', sk: 'state', key: 'id', keyTypes: 'integer' });
    const { startedAt: _startedAt, ...ended } = { ...endOf('w1'), added: 3 };
    await state.put({ pk: 'walk#things', sk: 'position', ended, fence: 1 });
    const store = createWalkStore({
      state,
      lease: { ...GUARD, fence: 2 },
      clock: new ManualClock(),
      runId: 'r1',
    });

    const cut = await store.loadWalk(THINGS);
    if (cut?.phase !== 'ending') throw new Error('it is not ending');
    const before = await readStreamState(state, 'things');
    await store.endWalk(THINGS, cut, []);

    expect(before).toEqual({});
    expect(await readStreamState(state, 'things')).toEqual({ inTable: 0 });
  });

  test('a pull that was thought dead does not change the state that a later pull wrote', async () => {
    const state = await openState(server);
    await state.put({ pk: 'stream#things', sk: 'state', inTable: 7, walkId: 'w2', fence: 2 });

    await expect(end(state, 'w1', { written: 1, inTable: 1 })).rejects.toMatchObject({ code: 'RUN_ACTIVE' });

    expect(await readStreamState(state, 'things')).toEqual({ inTable: 7 });
  });
});
