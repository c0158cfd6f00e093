import { describe, expect, test } from '@jest/globals';
import { nextStart } from '../../config/next-start.ts';

/** The next starts in order, RFC 3339 without seconds. */
function nextStarts(expression: string, timeZone: string, after: string, count = 3): string[] {
  const starts: string[] = [];
  let from = Date.parse(after);
  while (starts.length < count) {
    const next = nextStart(expression, timeZone, from);
    if (next === undefined) break;
    starts.push(new Date(next).toISOString().replace(':00.000Z', 'Z'));
    from = next;
  }
  return starts;
}

describe('nextStart()', () => {
  // The examples of the EventBridge user guide, and what differs from other cron dialects.
  test.each([
    ['0 4 * * ? *', 'Europe/Amsterdam', ['2026-11-25T03:00Z', '2026-11-26T03:00Z', '2026-11-27T03:00Z']],
    ['0 18 ? * MON-FRI *', 'UTC', ['2026-11-24T18:00Z', '2026-11-25T18:00Z', '2026-11-26T18:00Z']],
    ['0 18 ? * 2-6 *', 'UTC', ['2026-11-24T18:00Z', '2026-11-25T18:00Z', '2026-11-26T18:00Z']],
    ['0 8 1 * ? *', 'UTC', ['2026-12-01T08:00Z', '2027-01-01T08:00Z', '2027-02-01T08:00Z']],
    ['0/15 8-10 * * ? *', 'UTC', ['2026-11-25T08:00Z', '2026-11-25T08:15Z', '2026-11-25T08:30Z']],
    ['15 10 ? * 6L 2026-2027', 'UTC', ['2026-11-27T10:15Z', '2026-12-25T10:15Z', '2027-01-29T10:15Z']],
    ['15 10 ? * 6#3 *', 'UTC', ['2026-12-18T10:15Z', '2027-01-15T10:15Z', '2027-02-19T10:15Z']],
    ['0 4 ? * L *', 'UTC', ['2026-11-28T04:00Z', '2026-12-05T04:00Z', '2026-12-12T04:00Z']],
    ['0 4 ? * 1 *', 'UTC', ['2026-11-29T04:00Z', '2026-12-06T04:00Z', '2026-12-13T04:00Z']],
    ['0 4 L * ? *', 'UTC', ['2026-11-30T04:00Z', '2026-12-31T04:00Z', '2027-01-31T04:00Z']],
    ['0 4 15W * ? *', 'UTC', ['2026-12-15T04:00Z', '2027-01-15T04:00Z', '2027-02-15T04:00Z']],
  ])('nextStart() follows cron(%s) in %s', (fields, timeZone, expected) => {
    expect(nextStarts(`cron(${fields})`, timeZone, '2026-11-24T12:00:00Z')).toEqual(expected);
  });

  test('a schedule does not start at a time that the clocks skip', () => {
    expect(nextStarts('cron(30 2 * * ? *)', 'Europe/Amsterdam', '2027-03-27T00:00:00Z')).toEqual([
      '2027-03-27T01:30Z',
      '2027-03-29T00:30Z',
      '2027-03-30T00:30Z',
    ]);
  });

  test('a schedule starts once at a time that the clocks show twice', () => {
    expect(nextStarts('cron(30 2 * * ? *)', 'Europe/Amsterdam', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30Z',
      '2026-10-26T01:30Z',
    ]);
  });

  test('a schedule keeps its local time when the clocks change', () => {
    expect(nextStarts('cron(0 4 * * ? *)', 'Europe/Amsterdam', '2027-03-26T12:00:00Z')).toEqual([
      '2027-03-27T03:00Z',
      '2027-03-28T02:00Z',
      '2027-03-29T02:00Z',
    ]);
  });

  test.each([
    ['rate(1 day)', 'UTC'],
    ['at(2026-12-24T20:00:00)', 'UTC'],
    ['cron(0 4 * * ? 2020)', 'UTC'],
    ['cron(0 4 * * ?)', 'UTC'],
    ['cron(61 4 * * ? *)', 'UTC'],
    ['cron(0 4 * * ? *)', 'Europe/Nowhere'],
    ['', 'UTC'],
  ])('nextStart() is undefined for %s in %s', (expression, timeZone) => {
    expect(nextStart(expression, timeZone, Date.parse('2026-11-24T12:00:00Z'))).toBeUndefined();
  });
});
