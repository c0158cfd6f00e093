import { describe, expect, test } from '@jest/globals';
import { endingLine, type WalkProgress, walkLine } from '../../../cli/terminal/progress-line.ts';
import { tableOf } from '../../../cli/terminal/table.ts';
import { noCounts } from '../../../lambda/core/pull/counts.ts';
import type { Receipt } from '../../../lambda/core/pull/receipt.ts';
import { duration, printable, shortened, wholeSeconds } from '../../../operator/words.ts';

const STATE: WalkProgress = { page: 15, last: 30, objects: 1500, pagesPerSecond: 5, objectsPerSecond: 500.4 };
const RECEIPT: Receipt = {
  status: 'complete',
  ...noCounts(),
  pages: 30,
  fetched: 3000,
  written: 12,
  unchanged: 2988,
  requests: 31,
};

describe('the line of a stream in progress', () => {
  test('the line of a stream in progress shows a bar, pages, objects, rate and time left if the last page is known', () => {
    const line = walkLine('members', STATE, 74);

    expect(line).toBe('members  ███████████░░░░░░░░░░ 15/30 pages  1,500 objects  500/s  3 s left');
  });

  test('the line of a stream in progress shows pages and objects if the last page is unknown', () => {
    const line = walkLine('members', { ...STATE, last: undefined }, 74);

    expect(line).toBe('members  page 15  1,500 objects  500/s');
  });

  test('the line of a stream in progress is never wider than the terminal', () => {
    const huge = {
      page: 999_999,
      last: 1_000_000,
      objects: 100_000_000,
      pagesPerSecond: 0.001,
      objectsPerSecond: 9,
    };

    const lengths = Array.from({ length: 120 }, (_, most) => {
      return [STATE, huge].map(
        (state) => [...walkLine('a-stream-with-long-name', state, most)].length - most,
      );
    });

    expect(Math.max(...lengths.slice(1).flat())).toBeLessThanOrEqual(0);
  });
});

describe('the line of a stream that ended', () => {
  const layout = { isDryRun: false, elapsedMs: 1640, most: 80 };

  test('the line of a finished stream counts the objects by result and leaves out zeros', () => {
    expect(endingLine('members', RECEIPT, layout)).toBe(
      'members  3,000 objects: 12 written, 2,988 unchanged  1.6 s',
    );
    expect(endingLine('members', RECEIPT, { ...layout, isDryRun: true })).toContain('12 to write');
  });

  test('the line of a failed stream says how far it got and why it stopped', () => {
    const failed: Receipt = { ...RECEIPT, status: 'failed', error: { code: 'UNAVAILABLE', message: '…' } };

    expect(endingLine('members', failed, layout)).toBe('members  failed after 30 pages: UNAVAILABLE  1.6 s');
    expect(endingLine('members', { ...failed, pages: 0 }, layout)).toContain('members  failed: UNAVAILABLE');
  });

  test('the line of a finished stream leaves out the time if there is no room for it', () => {
    expect(endingLine('members', RECEIPT, { ...layout, most: 50 })).toMatch(/unchanged$/);
  });
});

describe('a table', () => {
  const columns = [
    { head: 'stream', cells: ['members', 'x'] },
    { head: 'pages', cells: ['1', '20,000'], isNumber: true, dispensable: 1 },
    { head: 'requests', cells: ['1', '20,001'], isNumber: true, dispensable: 2 },
  ];

  test('a table aligns numbers to the right and has no borders', () => {
    expect(tableOf(columns, undefined).split('\n')).toEqual([
      'stream    pages  requests',
      '───────  ──────  ────────',
      'members       1         1',
      'x        20,000    20,001',
    ]);
  });

  test('a table leaves out the most dispensable columns until it fits', () => {
    expect(tableOf(columns, 24).split('\n')[0]).toBe('stream    pages');
    expect(tableOf(columns, 5).split('\n')[0]).toBe('stream');
  });
});

test('a duration is shown in its largest fitting units', () => {
  expect([99, 59_999, 60_000, 7_205_000].map(duration)).toEqual(['0.0 s', '59.9 s', '1:00 min', '2:00:05 h']);
  expect([1, 59_001, 65_000].map(wholeSeconds)).toEqual(['1 s', '1:00 min', '1:05 min']);
});

test('text from a server cannot control the terminal, and no character is cut in two', () => {
  expect(printable('a\u001b[2Jb\u0007c\rd\u009be')).toBe('ab�c�d�e');
  expect(shortened('ab😀cd', 4)).toBe('ab😀…');
});
