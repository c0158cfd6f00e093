import type { Page, Position } from '../../core/pull/page.ts';
import type { Stream } from '../../core/pull/stream.ts';
import { type DownPosition, isDescent, positionsBelow } from './descent.ts';
import { pageNumberIn, withPageNumber } from './page-addresses.ts';

/** Pages in flight at a time, for a listing that says how many pages it has. */
const MOST_IN_FLIGHT = 8;

/** How many pages beyond a suspicious one show whether the listing goes on. With the page itself, three empty ones are an end. */
export const PAGES_BEYOND = 2;
/** A walk's first pages, after which a short listing may end. */
const FIRST_PAGES = 2;

/** Pages in flight at the beginning of a reading, at most. A listing whose number of pages is not known begins with one. */
export function aheadAtFirst({ paging }: Stream, { down }: Position): number {
  return paging.kind === 'hal' || down !== undefined ? MOST_IN_FLIGHT : 1;
}

/** The pages beyond one, in the direction of the reading; empty if there are none, or if they cannot be requested by number. */
export function beyond(stream: Stream, position: Position): Position[] {
  if (position.down?.leg === 'down') return positionsBelow(stream, position, position.page, PAGES_BEYOND);
  return furtherPages(stream, position, PAGES_BEYOND);
}

/** The positions of up to `count` pages behind the one at a position, in order. */
function furtherPages(stream: Stream, position: Position, count: number): Position[] {
  return Array.from({ length: count }, (_, index) => furtherOn(stream, position, index + 1)).filter(
    (each) => each !== undefined,
  );
}

/**
 * The position `steps` pages further on; undefined if there is no such page, or if the listing's pages cannot be requested by
 * number.
 */
export function furtherOn({ paging }: Stream, position: Position, steps: number): Position | undefined {
  const page = position.page + steps;
  if (paging.kind === 'numberedPages') return { ...position, page };
  const { link, last } = position;
  if (link === undefined || last === undefined) return undefined;
  const number = (pageNumberIn(link) ?? last) + steps;
  return number > last ? undefined : { ...position, page, link: withPageNumber(link, number) };
}

/**
 * The positions of the pages to prefetch after a page, in order.
 *
 * The first is the next page. The others are presumed: they are right only if each page links to the one that follows.
 *
 * @param most - How many pages may be in flight. It doubles from page to page, so that a short list costs few requests beyond its
 * end. After the first pages it is at least as many as are requested anyway if the next page is the end.
 */
export function presumedAfter(stream: Stream, { number, next }: Page, most: number): Position[] {
  if (next === undefined) return [];
  const { paging } = stream;
  const least = number <= FIRST_PAGES ? 1 + PAGES_BEYOND : 1;
  const limit = paging.kind === 'numberedPages' ? paging.ahead : MOST_IN_FLIGHT;
  const others = Math.min(Math.max(most, least), limit) - 1;
  return [
    next,
    ...(isDescent(next) ? presumedDown(stream, next, others) : furtherPages(stream, next, others)),
  ];
}

/** The pages after one of a reading down. While it seeks the end, the next page is presumed to be the end. */
function presumedDown(stream: Stream, next: DownPosition, count: number): Position[] {
  const { leg, from = next.page } = next.down;
  if (leg === 'down') return positionsBelow(stream, next, next.page, count);
  const end = stream.paging.kind === 'numberedPages' ? furtherPages(stream, next, PAGES_BEYOND) : [];
  return [...end, ...positionsBelow(stream, next, from, count)].slice(0, count);
}
