import { expect } from '@jest/globals';
import { queryRows } from '../../lambda/aws/state/rows.ts';
import type { StateTable } from '../../lambda/aws/state/state-table.ts';

const DAY_SECONDS = 24 * 60 * 60;

/** Expects the rows of a stream's walks, which are never deleted, to expire in two weeks. */
export async function expectKeysToExpire(state: StateTable, stream: string): Promise<void> {
  const rows = await queryRows(state, { pk: `walk#${stream}`, sk: 'seen#' });
  expect(rows.length).toBeGreaterThan(0);
  for (const { _expiresAt } of rows) {
    expect(Number(_expiresAt)).toBeGreaterThan(Date.now() / 1000 + 13 * DAY_SECONDS);
    expect(Number(_expiresAt)).toBeLessThan(Date.now() / 1000 + 15 * DAY_SECONDS);
  }
}
