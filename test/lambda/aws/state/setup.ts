import { createStateTable } from '../../../../lambda/aws/state/state-table.ts';
import { noCounts } from '../../../../lambda/core/pull/counts.ts';
import { receiptOf, type WalkStatus } from '../../../../lambda/core/pull/receipt.ts';
import type { Reject } from '../../../../lambda/core/pull/reject.ts';
import { beginWalk, type EndingWalk, type Walk } from '../../../../lambda/core/pull/walk.ts';
import type { DynamoDbServer } from '../../../support/dynamodb-servers.ts';
import { streamOf } from '../../../support/streams.ts';

export const THINGS = streamOf();
/** A slice is saved, and the next one of the same invocation goes on. */
export const STAYS = { isLastOfInvocation: false };
export const LAST = { isLastOfInvocation: true };
/** A lease that never ends. */
export const GUARD = { guard: () => new AbortController().signal };

export async function openState(server: DynamoDbServer) {
  const { stateName } = await server.freshTables();
  return createStateTable(server.client(), stateName);
}

export function walkOf(walkId: string, keys: readonly string[], overrides: Partial<Walk> = {}): Walk {
  const walk = beginWalk(THINGS, { walkId, startedAt: '2026-11-24T03:00:00.000Z' }, {});
  for (const key of keys) walk.table.see(key);
  return Object.assign(
    walk,
    { slices: 1, position: { page: 4, link: '/x?page=4', list: '/data' } },
    overrides,
  );
}

export const reject = (id: string | undefined, index = 0): Reject => ({
  id,
  reason: 'EMPTY_NAME',
  field: 'a.b',
  page: 2,
  index,
});

export function endOf(
  walkId: string,
  status: WalkStatus = 'complete',
  overrides: Partial<EndingWalk> = {},
): EndingWalk {
  return {
    phase: 'ending',
    walkId,
    startedAt: '2026-11-24T03:00:00.000Z',
    runId: walkId,
    receipt: receiptOf(noCounts(), status),
    ...overrides,
  };
}
