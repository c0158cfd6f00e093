import { expect, test } from '@jest/globals';
import {
  type AbsenceStoreOptions,
  createAbsenceStore,
  readKnown,
} from '../../../../lambda/aws/state/absence-store.ts';
import { deleteRows, queryRows } from '../../../../lambda/aws/state/rows.ts';
import { STATE_KEYS } from '../../../../lambda/aws/state/state-keys.ts';
import { createStateTable, type Row, type StateTable } from '../../../../lambda/aws/state/state-table.ts';
import type { Absence } from '../../../../lambda/core/deletes/absences.ts';
import { type Evidence, type Known, NOTHING_KNOWN } from '../../../../lambda/core/deletes/evidence.ts';
import { describeDynamoDbs } from '../../../support/dynamodb-servers.ts';
import { closeAfterTest } from '../../../support/embedded-aws.ts';
import { startFaultProxy } from '../../../support/fault-proxy.ts';
import { ManualClock } from '../../../support/memory-ports.ts';
import { GUARD, openState } from './setup.ts';

const SINCE = '2026-11-22T03:00:00.000Z';
const NINETY_DAYS = 90 * 24 * 60 * 60;

const EVIDENCE: Evidence = {
  ...NOTHING_KNOWN.evidence,
  sight: { digest: '0123456789abcdef', scopes: ['a', 'b'] },
  firstBegan: '2026-11-20T03:00:00.000Z',
  walks: [
    {
      walkId: 'w1',
      began: SINCE,
      ended: '2026-11-22T03:10:00.000Z',
      direction: 'down',
      shown: 997,
      repeated: 2,
      holes: 0,
      live: 1000,
      after: '2026-11-21T03:00:00.000Z',
    },
  ],
  ended: { walkId: 'w1', began: SINCE, isCutDown: false },
  lastPage: 40,
  carried: [{ walkId: 'w0', at: '2026-11-21T03:00:00.000Z', count: 3 }],
  held: { id: '0123456789ab', count: 1, limit: 0, reason: 'too many', since: SINCE, sample: ['17'] },
};

function known(...absences: readonly (readonly [string, Absence])[]): Known {
  return { evidence: EVIDENCE, absences: new Map(absences) };
}

const THREE = known(
  ['17', { missed: 3, since: SINCE, mark: 'held' }],
  ['a%2Fb/5', { missed: 1, since: SINCE }],
  ['18', { missed: 0, since: SINCE, mark: 'kept', note: 'is on leave,\n"back" \ud800 soon' }],
);

const storeOf = (state: StateTable, fence = 1, options: Partial<AbsenceStoreOptions> = {}) =>
  createAbsenceStore({ state, lease: { ...GUARD, fence }, clock: new ManualClock(), ...options });

const setsIn = (state: StateTable): Promise<Row[]> => queryRows(state, { pk: 'absence#things', sk: 'set#' });
const bytesOf = ({ lines }: Row): Uint8Array => lines as Uint8Array;

describeDynamoDbs('what is known of absent objects', (server) => {
  test('a stream that was never judged has nothing known, and nothing lost', async () => {
    const state = await openState(server);

    expect(await readKnown(state, 'things')).toEqual({ known: NOTHING_KNOWN, areAbsencesLost: false });
  });

  test('what is known is loaded as it was saved, and the latest of several', async () => {
    const state = await openState(server);
    const store = storeOf(state);

    await store.save('things', known(['1', { missed: 2, since: SINCE }]));
    await store.save('things', THREE);

    const expected = { known: THREE, areAbsencesLost: false };
    expect(await store.load('things')).toEqual(expected);
    expect(await readKnown(state, 'things')).toEqual(expected);
    expect(await readKnown(state, 'others')).toEqual({ known: NOTHING_KNOWN, areAbsencesLost: false });
  });

  test('a stream of which nothing is absent is saved in one row', async () => {
    const state = await openState(server);

    await storeOf(state).save('things', known());

    expect(await setsIn(state)).toEqual([]);
    expect(await readKnown(state, 'things')).toEqual({ known: known(), areAbsencesLost: false });
  });

  test('every row expires 90 days after it was saved', async () => {
    const state = await openState(server);
    const clock = new ManualClock();

    await storeOf(state, 1, { clock }).save('things', THREE);

    const expiry = Math.floor(clock.now() / 1000) + NINETY_DAYS;
    expect((await state.get(STATE_KEYS.evidence('things')))?._expiresAt).toBe(expiry);
    expect((await setsIn(state)).map(({ _expiresAt }) => _expiresAt)).toEqual([expiry]);
  });

  test('many absences are saved in several rows that fit', async () => {
    const state = await openState(server);
    const story: Absence = { missed: 1, since: SINCE };
    const ids = Array.from({ length: 20_000 }, (_, index) => noise(index));
    const many = known(...ids.map((id) => [id, story] as const));

    await storeOf(state).save('things', many);

    const rows = await setsIn(state);
    expect(rows.length).toBeGreaterThan(2);
    for (const row of rows) expect(bytesOf(row).length).toBeLessThanOrEqual(320_000);
    const { known: read, areAbsencesLost } = await readKnown(state, 'things');
    expect(areAbsencesLost).toBe(false);
    expect(read.absences.size).toBe(20_000);
    expect(ids.every((id) => read.absences.get(id)?.missed === 1)).toBe(true);
    expect(new Set(read.absences.values()).size).toBeLessThanOrEqual(rows.length);
  });

  test('a save that is cut off before the evidence leaves what was saved before', async () => {
    const { proxy, state } = await behindProxy();
    const store = storeOf(state);
    await store.save('things', THREE);

    proxy.onCall(({ action }) => (action === 'PutItem' ? 'drop' : undefined));
    const cutOff = store.save('things', known(['9', { missed: 1, since: SINCE }]));

    await expect(cutOff).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await readKnown(state, 'things')).toEqual({ known: THREE, areAbsencesLost: false });
    proxy.onCall(() => undefined);
    const repeated = storeOf(state);
    await repeated.save('things', known(['9', { missed: 1, since: SINCE }]));
    expect([...(await repeated.load('things')).known.absences.keys()]).toEqual(['9']);
  });

  test('rows that are throttled are written until they are stored', async () => {
    const { proxy, state } = await behindProxy();
    proxy.onCall(({ action, ordinal }) => throttled(action, ordinal));

    await storeOf(state).save('things', THREE);

    expect(proxy.calls()).toMatchObject({ BatchWriteItem: 4, PutItem: 1 });
    expect(await readKnown(state, 'things')).toEqual({ known: THREE, areAbsencesLost: false });
  });

  test('a pull that another one has taken over cannot save', async () => {
    const state = await openState(server);
    await storeOf(state, 8).save('things', THREE);

    const save = storeOf(state, 7).save('things', known());

    await expect(save).rejects.toMatchObject({ code: 'RUN_ACTIVE' });
    expect(await readKnown(state, 'things')).toEqual({ known: THREE, areAbsencesLost: false });
  });

  test('a lease that has run out stops a save before its first row', async () => {
    const { proxy, state } = await behindProxy();
    const over = new Error('the lease is over');
    const lease = {
      fence: 1,
      guard: () => {
        throw over;
      },
    };

    await expect(storeOf(state, 1, { lease }).save('things', THREE)).rejects.toBe(over);
    expect(proxy.calls()).toEqual({});
  });

  test.each([
    ['is missing', (state: StateTable, row: Row) => deleteRows(state, [row], new ManualClock())],
    ['is cut short', (state: StateTable, row: Row) => rewrite(state, row, bytesOf(row).slice(0, -20))],
    ['has a changed byte', (state: StateTable, row: Row) => rewrite(state, row, changed(bytesOf(row)))],
    ['has a text in place of bytes', (state: StateTable, row: Row) => rewrite(state, row, 'x')],
    ['has no lines', (state: StateTable, row: Row) => rewrite(state, row, undefined)],
  ] as const)(
    'absences of which a row %s are lost: the walks stay known, but no sight',
    async (_what, damage) => {
      const state = await openState(server);
      await storeOf(state).save('things', THREE);
      const [row] = await setsIn(state);
      if (row === undefined) throw new Error('no row was saved');

      await damage(state, row);

      const { known: read, areAbsencesLost } = await readKnown(state, 'things');
      const { sight: _sight, firstBegan: _first, held: _held, ...rest } = EVIDENCE;
      expect(areAbsencesLost).toBe(true);
      expect(read).toEqual({ evidence: rest, absences: new Map() });
    },
  );

  test.each<[string, object]>([
    ['has no evidence', { evidence: undefined }],
    ['has a text in its place', { evidence: 'x' }],
    ['has walks that are no list', { evidence: { ...EVIDENCE, walks: { w1: true } } }],
    ['has a walk of another form', { evidence: { ...EVIDENCE, walks: [{ walkId: 'w1', began: SINCE }] } }],
    ['has a direction that this version does not know', { evidence: walking({ direction: 'sideways' }) }],
    ['has a walk without a time', { evidence: walking({ began: 'yesterday' }) }],
    ['has a number as text', { evidence: { ...EVIDENCE, overflow: '0' } }],
    ['has a negative number', { evidence: { ...EVIDENCE, failedDowns: -1 } }],
    ['has a sight of another form', { evidence: { ...EVIDENCE, sight: { digest: 7, scopes: null } } }],
    ['has a held set of another form', { evidence: { ...EVIDENCE, held: { id: 'x' } } }],
  ])('evidence whose row %s is lost as a whole', async (_what, damage) => {
    const state = await openState(server);
    await storeOf(state).save('things', THREE);
    const row = await state.get(STATE_KEYS.evidence('things'));

    await state.put({ ...row, ...STATE_KEYS.evidence('things'), ...damage });

    expect(await readKnown(state, 'things')).toEqual({ known: NOTHING_KNOWN, areAbsencesLost: true });
  });

  test.each([[undefined], ['x'], [{ id: 'x' }], [{ id: 5, parts: 1 }], [{ id: 'x', parts: -1 }]])(
    'absences are lost if the evidence says %j of where they are',
    async (set) => {
      const state = await openState(server);
      await storeOf(state).save('things', THREE);
      const row = await state.get(STATE_KEYS.evidence('things'));

      await state.put({ ...row, ...STATE_KEYS.evidence('things'), set });

      const { known: read, areAbsencesLost } = await readKnown(state, 'things');
      expect([areAbsencesLost, read.absences.size, read.evidence.walks.length]).toEqual([true, 0, 1]);
    },
  );

  test('fields that a later version added to the evidence are passed over', async () => {
    const state = await openState(server);
    await storeOf(state).save('things', THREE);
    const row = await state.get(STATE_KEYS.evidence('things'));

    const evidence = { ...EVIDENCE, later: { x: 1 } };
    await state.put({ ...row, ...STATE_KEYS.evidence('things'), evidence });

    expect(await readKnown(state, 'things')).toEqual({
      known: { ...THREE, evidence },
      areAbsencesLost: false,
    });
  });

  test('the caller learns once that the counts start over, when they do', async () => {
    const state = await openState(server);
    const lost: string[] = [];
    const store = storeOf(state, 1, { onLost: (stream) => lost.push(stream) });
    await store.save('things', THREE);
    const [row] = await setsIn(state);
    await state.put({ ...STATE_KEYS.evidence('things'), ...row, lines: 'x' });

    const { known: read } = await store.load('things');
    await store.load('others');
    expect(lost).toEqual([]);
    await store.save('others', read);
    await store.save('things', read);
    await store.load('things');
    await store.save('things', read);

    expect(lost).toEqual(['things']);
  });

  async function behindProxy() {
    const proxy = await startFaultProxy(server.url);
    closeAfterTest(proxy);
    const { stateName } = await server.freshTables();
    return { proxy, state: createStateTable(server.client(proxy.url), stateName) };
  }
});

function walking(more: object): object {
  return { ...EVIDENCE, walks: EVIDENCE.walks.map((walk) => ({ ...walk, ...more })) };
}

async function rewrite(state: StateTable, row: Row, lines: unknown): Promise<void> {
  await state.put({ ...row, lines });
}

function changed(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const middle = Math.floor(copy.length / 2);
  copy[middle] = (copy[middle] ?? 0) ^ 0x55;
  return copy;
}

function throttled(action: string, ordinal: number) {
  if (action !== 'BatchWriteItem' || ordinal > 3) return undefined;
  return ordinal === 2 ? { unprocessed: 1 } : { refuse: 'ProvisionedThroughputExceededException' };
}

/** A text of 60 characters without a pattern, the same for the same number, so that it does not compress well. */
function noise(seed: number): string {
  let state = seed + 1;
  return Array.from({ length: 60 }, () => {
    state = (state * 48271) % 2147483647;
    return (state % 36).toString(36);
  }).join('');
}
