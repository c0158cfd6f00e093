import { expect, test } from '@jest/globals';
import { queryRows } from '../../../../lambda/aws/state/rows.ts';
import { saveRunReceipt } from '../../../../lambda/aws/state/run-store.ts';
import { noCounts } from '../../../../lambda/core/pull/counts.ts';
import { describeDynamoDbs } from '../../../support/dynamodb-servers.ts';
import { openState } from './setup.ts';

describeDynamoDbs('receipts of runs', (server) => {
  test('receipts are in the order in which their runs started', async () => {
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
