import { differentObjects, FATES, isRare } from '../../lambda/core/pull/counts.ts';
import type { Receipt } from '../../lambda/core/pull/receipt.ts';
import { countOf, duration, grouped, shortened, wholeSeconds } from '../../operator/words.ts';
import { countWord } from './count-word.ts';

/** How far a stream's walk is. */
export interface WalkProgress {
  /** The page just read. */
  readonly page: number;
  /** Number of the last page; undefined if Procurios did not say. */
  readonly last: number | undefined;
  /** Objects in the pages so far. */
  readonly objects: number;
  readonly pagesPerSecond: number;
  readonly objectsPerSecond: number;
}

const WIDEST_NAME = 24;
const WIDEST_BAR = 24;
const NARROWEST_BAR = 6;

/** The width of the column with the streams' names. */
export function nameWidth(names: readonly string[]): number {
  return names.reduce((widest, { length }) => Math.min(WIDEST_NAME, Math.max(widest, length)), 0);
}

/** `members  ███░░░ 12/30 pages  1,200 objects  950/s  3 s left`, or as much of it as fits into `most` characters. */
export function walkLine(name: string, state: WalkProgress, most: number): string {
  const { page, last, objects, pagesPerSecond, objectsPerSecond } = state;
  const pages = last === undefined ? `page ${grouped(page)}` : `${grouped(page)}/${grouped(last)} pages`;
  const rate = `${grouped(Math.round(objectsPerSecond))}/s`;
  const left =
    last === undefined ? [] : [`${wholeSeconds((1000 * Math.max(0, last - page)) / pagesPerSecond)} left`];

  const facts = [
    [pages, countOf(objects, 'object'), rate, ...left],
    [pages, countOf(objects, 'object'), ...left],
    [pages, ...left],
  ]
    .map((parts) => parts.join('  '))
    .find((text) => name.length + 2 + text.length <= most);
  if (facts === undefined) return shortened(`${name}  ${pages}`, most);
  if (last === undefined) return `${name}  ${facts}`;
  const room = Math.min(WIDEST_BAR, most - name.length - 2 - facts.length - 1);
  return room < NARROWEST_BAR ? `${name}  ${facts}` : `${name}  ${bar(page / last, room)} ${facts}`;
}

function bar(share: number, width: number): string {
  const filled = Math.round(Math.min(1, share) * width);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}

/**
 * `members  3,000 objects: 12 written, 2,988 unchanged  1.6 s`, or `members  failed after 30 pages: UNAVAILABLE  1.6 s`.
 * The time is left out if the line would be longer than `most` characters.
 */
export function endingLine(
  name: string,
  receipt: Receipt,
  { isDryRun, elapsedMs, most }: { isDryRun: boolean; elapsedMs: number; most: number },
): string {
  const line = `${name}  ${ending(receipt, isDryRun)}`;
  const timed = `${line}  ${duration(elapsedMs)}`;
  return timed.length <= most ? timed : line;
}

function ending({ status, error, ...counts }: Receipt, isDryRun: boolean): string {
  if (status === 'complete') {
    const parts = FATES.filter((name) => counts[name] > 0 && !isRare(name)).map(
      (name) => `${grouped(counts[name])} ${countWord(name, isDryRun)}`,
    );
    return [countOf(differentObjects([counts]), 'object'), parts.join(', ')]
      .filter((text) => text !== '')
      .join(': ');
  }
  const after = counts.pages === 0 ? '' : ` after ${countOf(counts.pages, 'page')}`;
  return `${status}${after}${error === undefined ? '' : `: ${error.code}`}`;
}
