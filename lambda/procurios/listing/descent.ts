import type { Descent, Page, Position } from '../../core/pull/page.ts';
import type { Stream } from '../../core/pull/stream.ts';
import { pageNumberIn, withPageNumber } from './page-addresses.ts';

/** A position of a reading down behind its first page. */
export type DownPosition = Position & { readonly down: Descent };

/** Whether the position belongs to a reading down, which knows by now where the listing ends. */
export function isDescent(position: Position): position is DownPosition {
  return position.down !== undefined && position.down.leg !== 'first';
}

/** A reading down asks for at most so many pages more than twice those of the last complete walk, because `last` may be wrong. */
const MOST_NEW_PAGES = 100;

/**
 * Page 1 with the page that a reading down reads next: the one that is taken for the last.
 *
 * Without objects, and without the number of its last page, the listing is read upwards. So it is if that number cannot be believed.
 */
export function turnToEnd(stream: Stream, { down }: Position, page: Page): Page {
  if (page.next === undefined) return page;
  const { down: _down, ...upwards } = page.next;
  const last = stream.paging.kind === 'hal' ? lastIn(upwards) : down?.from;
  if (page.objects.length === 0 || last === undefined) return { ...page, next: upwards };
  if (last > 2 * (down?.from ?? last) + MOST_NEW_PAGES) {
    const { last: _last, ...oneWay } = upwards;
    return { ...page, next: oneWay };
  }
  const from = Math.max(2, last);
  return { ...page, next: positionAt(stream, upwards, from, { leg: 'end', from }) };
}

/** The ordinal of the last page; undefined if the listing did not name it, or its pages cannot be requested by number. */
function lastIn({ page, link, last }: Position): number | undefined {
  const number = link === undefined ? undefined : pageNumberIn(link);
  return number === undefined || last === undefined ? undefined : page + last - number;
}

/**
 * A page with the one that a reading down reads next.
 *
 * A page that fails to end the listing as its links promised is no obstacle, because the other pages are requested by number.
 *
 * @param goesOn - Whether the page above this one is read next, because the listing may not end here.
 */
export function descend(stream: Stream, position: DownPosition, page: Page, goesOn: boolean): Page {
  const { broken, ...whole } = page;
  const { number, objects } = page;
  const { leg, from = number, top = 0 } = position.down;
  const isListed = objects.length > 0 || page.doubt?.kind === 'skipped';
  const reached = isListed ? Math.max(number, top) : top;
  const withTop = reached === 0 ? {} : { top: reached };
  const start = leg === 'end' ? from : number;
  const next = goesOn
    ? positionAt(stream, position, number + 1, { leg: 'end', from: Math.max(2, start), ...withTop })
    : below(stream, position, start, { leg: 'down', ...withTop });
  const doubt = broken === undefined ? page.doubt : (page.doubt ?? { kind: 'cutShort' });
  return { ...whole, next, ...(doubt !== undefined && { doubt }) };
}

/** Whether the listing may go on above the page: the reading seeks the end, or came down to the first page with objects. */
export function isAtTop({ down }: DownPosition, { objects }: Page): boolean {
  return down.leg === 'end' || (down.top === undefined && objects.length > 0);
}

/** Whether a reading that goes down has found no page with objects yet, so that an empty one is behind the listing's end. */
export function isAboveTop({ down }: Position): boolean {
  return down?.leg === 'down' && down.top === undefined;
}

function below(stream: Stream, position: Position, page: number, down: Descent): Position | undefined {
  return page === 1 ? undefined : positionAt(stream, position, page - 1, down);
}

/** The positions of up to `count` pages below a page, in the order in which a reading down reads them. */
export function positionsBelow(stream: Stream, position: Position, page: number, count: number): Position[] {
  const pages = Array.from({ length: Math.min(count, page - 1) }, (_, index) => page - 1 - index);
  return pages.map((each) => positionAt(stream, position, each, { leg: 'down' }));
}

/** The position of a page, by its number. */
export function positionAt(stream: Stream, from: Position, page: number, down: Descent): Position {
  const { link, list } = from;
  const place = { page, ...(list !== undefined && { list }), down };
  if (stream.paging.kind === 'numberedPages' || link === undefined) return place;
  const number = (pageNumberIn(link) ?? from.page) + page - from.page;
  // A page below one with objects must have a next page.
  const last = number + Math.max(0, (down.top ?? page) - page);
  return { ...place, link: withPageNumber(link, number), last };
}
