import { describe, expect, test } from '@jest/globals';
import { createMetrics } from '../../../lambda/runtime/metrics.ts';

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

describe('a line of metrics', () => {
  test('has the environment as its only dimension', () => {
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

  test('of a stream has its name as well, and leaves neither it nor its counts to the next line', () => {
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

  test('is not written for nothing', () => {
    const { metrics, lines } = capture();

    metrics.count({});

    expect(lines).toEqual([]);
  });
});
