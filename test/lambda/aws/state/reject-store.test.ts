import { expect, test } from '@jest/globals';
import { listRejects, readReject } from '../../../../lambda/aws/state/reject-store.ts';
import { createWalkStore } from '../../../../lambda/aws/state/walk-store.ts';
import { describeDynamoDbs } from '../../../support/dynamodb-servers.ts';
import { ManualClock } from '../../../support/memory-ports.ts';
import { endOf, GUARD, openState, reject, STAYS, THINGS, walkOf } from './setup.ts';

describeDynamoDbs('rejects', (server) => {
  const storeOf = (state: Awaited<ReturnType<typeof openState>>) =>
    createWalkStore({ state, lease: { ...GUARD, fence: 1 }, clock: new ManualClock(), runId: 'r1' });

  test('rejects are saved with their reason and id, also those without an id or with a very long one', async () => {
    const state = await openState(server);
    const long = 'x'.repeat(2000);

    await storeOf(state).saveWalk(
      THINGS,
      walkOf('w1', []),
      [reject('1'), reject(undefined, 5), reject(long)],
      STAYS,
    );

    const rejects = await listRejects(state, 'things');
    expect(rejects.map(({ id }) => id)).toEqual(['1', long, undefined]);
    expect(await readReject(state, 'things', '1')).toEqual(rejects[0]);
    expect(await readReject(state, 'things', long)).toEqual(rejects[1]);
    expect(await readReject(state, 'things', '2')).toBeUndefined();
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

  test('rejects that a walk no longer meets are deleted if it is complete, and stay if it is not', async () => {
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
