import { describe, expect, test } from '@jest/globals';
import type { SyncErrorCode } from '../../../lambda/core/errors.ts';
import type { RunReceipt } from '../../../lambda/core/pull/receipt.ts';
import type { LedgerEntry } from '../../../lambda/core/push/ledger-entry.ts';
import { rejectMessage } from '../../../lambda/core/push/transitions.ts';
import { countOutcomes, createMetrics, putRunMetrics } from '../../../lambda/runtime/metrics.ts';

function capture() {
  const lines: string[] = [];
  return { metrics: createMetrics('acme', (line) => lines.push(line)), lines };
}

/** Dimensions and values of a line, as CloudWatch reads them. */
function read(line: string | undefined) {
  const { _aws, ...fields } = JSON.parse(line ?? '{}');
  const [directive] = _aws.CloudWatchMetrics;
  expect(_aws.CloudWatchMetrics).toHaveLength(1);
  expect(directive.Namespace).toBe('ProcuriosSync');
  expect(Math.abs(_aws.Timestamp - Date.now())).toBeLessThan(60_000);
  return { dimensions: directive.Dimensions, metrics: directive.Metrics, fields };
}

describe('createMetrics()', () => {
  test('a line of metrics has the environment as its only dimension', () => {
    const { metrics, lines } = capture();

    metrics.count({ runComplete: 1, rejects: 0 });

    expect(lines).toHaveLength(1);
    expect(read(lines[0])).toEqual({
      dimensions: [['Environment']],
      metrics: [
        { Name: 'RunComplete', Unit: 'Count' },
        { Name: 'Rejects', Unit: 'Count' },
      ],
      fields: { Environment: 'acme', RunComplete: 1, Rejects: 0 },
    });
  });

  test("a stream's line of metrics also has the stream as a dimension, which the next line has not", () => {
    const { metrics, lines } = capture();

    metrics.countStream('members', { fetched: 250, written: 3 });
    metrics.countStream('orders', { fetched: 1 });
    metrics.count({ throttled: 2 });

    expect(lines.map((line) => read(line).fields)).toEqual([
      { Environment: 'acme', Stream: 'members', ObjectsFetched: 250, ObjectsWritten: 3 },
      { Environment: 'acme', Stream: 'orders', ObjectsFetched: 1 },
      { Environment: 'acme', Throttled: 2 },
    ]);
    expect(lines.map((line) => read(line).dimensions)).toEqual([
      [['Environment', 'Stream']],
      [['Environment', 'Stream']],
      [['Environment']],
    ]);
  });

  test('without counts no line of metrics is written', () => {
    const { metrics, lines } = capture();

    metrics.count({});

    expect(lines).toEqual([]);
  });
});

test.each<[SyncErrorCode, number]>([
  ['CONSENT_NEEDED', 1],
  ['CREDENTIALS_REFUSED', 1],
  ['SECRET_INVALID', 1],
  ['ACCESS_DENIED', 1],
  ['UNAVAILABLE', 0],
])('putRunMetrics() counts a stream that failed with %s %i times as refused access', (code, count) => {
  const counted: object[] = [];
  const failed = { status: 'failed', rejected: 0, error: { code, message: 'what was wrong' } };
  const receipt = { status: 'failed', streams: { members: failed } } as unknown as RunReceipt;

  putRunMetrics({ count: (counts) => counted.push(counts), countStream: () => {} }, receipt);

  expect(counted).toEqual([expect.objectContaining({ runFailed: 1, accessRefused: count })]);
});

test('putRunMetrics() counts for each judged walk what is gone and what returned', () => {
  const counted: object[] = [];
  const receipt = {
    status: 'complete',
    streams: {
      members: { status: 'complete', rejected: 0, gone: 3, returned: 1, held: 12 },
      orders: { status: 'complete', rejected: 0 },
    },
  } as unknown as RunReceipt;

  putRunMetrics(
    { count() {}, countStream: (stream, counts) => counted.push({ stream, ...counts }) },
    receipt,
  );

  expect(counted).toEqual([{ stream: 'members', gone: 3, returned: 1 }]);
});

describe('countOutcomes()', () => {
  const noChange = rejectMessage(
    { messageId: 'm', text: '', changeId: undefined, subject: 's', errors: [] },
    0,
    {
      retentionDays: 30,
    },
  );

  test.each<[string, Partial<LedgerEntry>, object]>([
    ['accepted', { outcome: 'accepted' }, { changesAccepted: 1, accessRefused: 0 }],
    ['rejected', { outcome: 'rejected' }, { changesRejected: 1, accessRefused: 0 }],
    ['unknown', { outcome: 'unknown' }, { changesUnknown: 1, accessRefused: 0 }],
    ['held for waiting too long, which is a level', { outcome: 'waiting' }, { accessRefused: 0 }],
    [
      'throttled',
      { outcome: 'waiting', notBefore: 1, code: 'THROTTLED' },
      { changesWaiting: 1, throttled: 1, accessRefused: 0 },
    ],
    [
      'waiting because the credentials are refused',
      { outcome: 'waiting', notBefore: 1, code: 'CREDENTIALS_REFUSED' },
      { changesWaiting: 1, accessRefused: 1 },
    ],
    [
      'waiting because a user has to log in',
      { outcome: 'waiting', notBefore: 1, code: 'CONSENT_NEEDED' },
      { changesWaiting: 1, accessRefused: 1 },
    ],
  ])('countOutcomes() counts a change that is %s', (_what, entry, counts) => {
    expect(countOutcomes([{ ...noChange, operation: 'register', ...entry }])).toEqual(counts);
  });

  test('countOutcomes() counts a message that is not a change as a rejected message', () => {
    expect(countOutcomes([noChange, noChange])).toEqual({ messagesRejected: 2, accessRefused: 0 });
  });

  test('countOutcomes() counts nothing for a batch without outcomes', () => {
    expect(countOutcomes([])).toEqual({});
  });
});
