import { expect, test } from '@jest/globals';
import type { SyncErrorCode } from '../../../lambda/core/errors.ts';
import type { RunReceipt } from '../../../lambda/core/pull/receipt.ts';
import { putRunMetrics } from '../../../lambda/runtime/metrics.ts';

test.each<[SyncErrorCode, number]>([
  ['CONSENT_NEEDED', 1],
  ['CREDENTIALS_REFUSED', 1],
  ['SECRET_INVALID', 1],
  ['ACCESS_DENIED', 1],
  ['UNAVAILABLE', 0],
])('a stream that failed with %s counts %i times as refused access', (code, count) => {
  const counted: object[] = [];
  const failed = { status: 'failed', rejected: 0, error: { code, message: 'what was wrong' } };
  const receipt = { status: 'failed', streams: { members: failed } } as unknown as RunReceipt;

  putRunMetrics({ count: (counts) => counted.push(counts), countStream: () => {} }, receipt);

  expect(counted).toEqual([expect.objectContaining({ runFailed: 1, accessRefused: count })]);
});
