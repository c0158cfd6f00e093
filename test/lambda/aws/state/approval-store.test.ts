import { expect, test } from '@jest/globals';
import { createAbsenceStore } from '../../../../lambda/aws/state/absence-store.ts';
import { listApprovals, saveApproval } from '../../../../lambda/aws/state/approval-store.ts';
import { queryRows } from '../../../../lambda/aws/state/rows.ts';
import { STATE_KEYS } from '../../../../lambda/aws/state/state-keys.ts';
import { createStateTable } from '../../../../lambda/aws/state/state-table.ts';
import type { Approval } from '../../../../lambda/core/deletes/approval.ts';
import { type Evidence, NOTHING_KNOWN } from '../../../../lambda/core/deletes/evidence.ts';
import { describeDynamoDbs } from '../../../support/dynamodb-servers.ts';
import { closeAfterTest } from '../../../support/embedded-aws.ts';
import { startFaultProxy } from '../../../support/fault-proxy.ts';
import { ManualClock } from '../../../support/memory-ports.ts';
import { GUARD, openState } from './setup.ts';

const BEGAN = '2026-11-01T03:00:00.000Z';
const EVIDENCE: Evidence = { ...NOTHING_KNOWN.evidence, firstBegan: BEGAN };
const NOW = '2026-11-24T09:00:00.000Z';

const approvalOf = (overrides: Partial<Approval> = {}): Approval => ({
  heldId: '0123456789ab',
  ids: ['17', 'a%2Fb/5'],
  shown: 300,
  sightBegan: BEGAN,
  at: '2026-11-24T08:00:00.000Z',
  by: 'operator@example.org',
  note: 'asked the office',
  ...overrides,
});
const clock = new ManualClock();
clock.time = Date.parse(NOW);

describeDynamoDbs('approvals', (server) => {
  test('a stream without approvals has none', async () => {
    const state = await openState(server);

    expect(await listApprovals(state, 'things', EVIDENCE, NOW)).toEqual([]);
  });

  test('approvals are listed as they were saved, also two of the same set, and only those of the stream', async () => {
    const state = await openState(server);
    const first = approvalOf();
    const second = approvalOf({ ids: ['18'], at: '2026-11-24T08:05:00.000Z' });
    const { note: _note, ...other } = approvalOf({ heldId: 'ba9876543210', ids: ['19'] });

    for (const each of [first, second, other]) await saveApproval(state, 'things', each, clock);
    await saveApproval(state, 'others', approvalOf({ ids: ['20'] }), clock);

    expect(await listApprovals(state, 'things', EVIDENCE, NOW)).toEqual([first, second, other]);
    const store = createAbsenceStore({ state, lease: { ...GUARD, fence: 1 }, clock });
    expect(await store.approvals('things', EVIDENCE)).toEqual([first, second, other]);
  });

  test('an approval that expired or that was given under another sight is not listed', async () => {
    const state = await openState(server);
    const expired = approvalOf({ heldId: 'aaaaaaaaaaaa', at: '2026-11-17T08:59:59.000Z' });
    const ofOtherSight = approvalOf({ heldId: 'bbbbbbbbbbbb', sightBegan: '2026-10-01T03:00:00.000Z' });

    for (const each of [expired, ofOtherSight]) await saveApproval(state, 'things', each, clock);

    expect(await listApprovals(state, 'things', EVIDENCE, NOW)).toEqual([]);
    expect(await listApprovals(state, 'things', EVIDENCE, '2026-11-24T08:59:58.000Z')).toEqual([expired]);
  });

  test.each<[string, object]>([
    ['no ids', { lines: undefined }],
    ['a text in place of the ids', { lines: '["17"]' }],
    ['no time', { at: undefined }],
    ['a time that cannot be read', { at: 'yesterday' }],
    ['no sight', { sightBegan: 7 }],
    ['a held id that is no text', { heldId: 5 }],
    ['a name that is no text', { by: { S: 'anna' } }],
    ['a count that is no number', { shown: '300' }],
    ['another number of rows', { parts: 2 }],
  ])('an approval whose row has %s is not listed, and others are', async (_what, damage) => {
    const state = await openState(server);
    const other = approvalOf({ heldId: 'ba9876543210', ids: ['19'] });
    for (const each of [approvalOf(), other]) await saveApproval(state, 'things', each, clock);
    const rows = await queryRows(state, STATE_KEYS.approvals('things'));
    const row = rows.find(({ heldId }) => heldId === '0123456789ab');
    if (row === undefined) throw new Error('no row was saved');

    await state.put({ ...row, ...damage });

    expect(await listApprovals(state, 'things', EVIDENCE, NOW)).toEqual([other]);
  });

  test('the rows of an approval expire 7 days after it was given', async () => {
    const state = await openState(server);

    await saveApproval(state, 'things', approvalOf(), clock);

    const rows = await queryRows(state, STATE_KEYS.approvals('things'));
    const expiry = Date.parse('2026-12-01T08:00:00.000Z') / 1000;
    expect(rows.map(({ _expiresAt }) => _expiresAt)).toEqual([expiry]);
  });

  test('an approval of very many ids is saved in several rows; one that was not saved whole is not listed', async () => {
    const proxy = await startFaultProxy(server.url);
    closeAfterTest(proxy);
    const { stateName } = await server.freshTables();
    const state = createStateTable(server.client(proxy.url), stateName);
    const ids = Array.from({ length: 60_000 }, (_, index) => `${index}-${'x'.repeat(40)}`);
    const large = approvalOf({ ids, shown: ids.length });

    proxy.onCall(({ ordinal }) => (ordinal === 1 ? { unprocessed: 1 } : 'drop'));
    await expect(saveApproval(state, 'things', large, clock)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    proxy.onCall(() => undefined);
    expect(await queryRows(state, STATE_KEYS.approvals('things'))).toHaveLength(1);
    expect(await listApprovals(state, 'things', EVIDENCE, NOW)).toEqual([]);

    await saveApproval(state, 'things', large, clock);
    const [read] = await listApprovals(state, 'things', EVIDENCE, NOW);
    expect({ ...read, ids: [] }).toEqual({ ...large, ids: [] });
    expect(new Set(read?.ids)).toEqual(new Set(ids));
  });
});
