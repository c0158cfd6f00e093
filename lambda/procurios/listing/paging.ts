import { failureAbout } from '../../core/errors.ts';
import { integerText, isObject, type Json } from '../../core/json.ts';
import type { Page, Position } from '../../core/pull/page.ts';
import type { Stream } from '../../core/pull/stream.ts';
import { resolveLink } from '../http/call.ts';
import { findList, listAt } from './object-list.ts';
import { addressOf, pageNumberIn, samenessOfListing, withPageNumber } from './page-addresses.ts';

/** Pages in flight at a time, for a listing that says how many pages it has. */
const MOST_IN_FLIGHT = 8;

/** How the listing continues after a page. */
type Continuation = Pick<Page, 'last' | 'broken'> & { readonly next?: Pick<Position, 'link' | 'after'> };

/**
 * Reads an answer as the page at a position: its objects, and where the listing continues.
 *
 * @param origin - The host's. Links to it are kept as path and query.
 * @param about - The page, for messages.
 * @throws {SyncError} `LIST_AMBIGUOUS` on the first page, `RESPONSE_INVALID`.
 */
export function readPage(
  stream: Stream,
  position: Position,
  answer: Json,
  origin: string,
  about: string,
): Page {
  const list = stream.objects ?? position.list ?? findList(answer, about);
  const objects = listAt(list, answer, about);
  const { next, ...rest } = continuationOf(stream, position, answer, objects, origin, about);
  const number = position.page;
  return { number, objects, next: next && { page: number + 1, ...next, list }, ...rest };
}

function continuationOf(
  stream: Stream,
  position: Position,
  answer: Json,
  objects: readonly Json[],
  origin: string,
  about: string,
): Continuation {
  const { paging } = stream;
  switch (paging.kind) {
    case 'onePage':
      return {};
    case 'numberedPages':
      return objects.length === 0 ? {} : { next: {} };
    case 'after':
      return objects.length === 0 ? {} : afterLast(objects.at(-1), paging.field, position.after);
    case 'linkedPages':
    case 'hal':
      return alongLinks(stream, position, answer, origin, about);
  }
}

/** Only an empty page is the end. A short page is not, because Procurios may cap its pages. */
function afterLast(object: Json | undefined, field: string, previous: string | undefined): Continuation {
  const after = cursorIn(isObject(object) && Object.hasOwn(object, field) ? object[field] : undefined);
  if (after === undefined) return { broken: `its last object has no usable ${field} to go on after` };
  if (after === previous)
    return { broken: `its last object has the same ${field} as that of the page before` };
  return { next: { after } };
}

/** @returns Undefined for anything but a non-empty string or an integer. */
function cursorIn(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return integerText(value);
}

function alongLinks(
  stream: Stream,
  position: Position,
  answer: Json,
  origin: string,
  about: string,
): Continuation {
  const links = isObject(answer) ? answer._links : undefined;
  if (links === undefined) return { broken: 'it has no _links, so whether it is the last page is unknown' };
  const address = addressOf(stream, position);
  const linkTo = (name: 'next' | 'last') => readLink(links, name, stream.paging.kind === 'hal', about);
  const next = linkTo('next');
  if (stream.paging.kind === 'linkedPages') {
    return next === undefined ? {} : { next: { link: onHost(next, address, origin, about) } };
  }
  const lastNumber = pageNumberIn(linkTo('last') ?? '');
  const last = lastNumber === undefined || lastNumber === 0 ? {} : { last: lastNumber };
  if (next !== undefined) return { next: { link: onHost(next, address, origin, about) }, ...last };
  const isCut = lastNumber !== undefined && lastNumber > (pageNumberIn(address) ?? position.page);
  return isCut
    ? { broken: `it has no next link, but its last link names page ${lastNumber}`, ...last }
    : last;
}

/** @returns Undefined if the link is absent, null or empty. */
function readLink(links: Json, name: string, isHal: boolean, about: string): string | undefined {
  const link = isObject(links) && Object.hasOwn(links, name) ? links[name] : undefined;
  const value = isHal && isObject(link) ? link.href : link;
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string' && isHal === isObject(link)) return value;
  const field = isHal ? `_links.${name}.href` : `_links.${name}`;
  throw failureAbout('RESPONSE_INVALID', about, `${field} is not as expected: a text`);
}

/** Resolves a link against its page. A link to another origin stays absolute, and the client refuses it. */
function onHost(link: string, address: string, origin: string, about: string): string {
  const url = resolveLink(link, new URL(address, origin).href, origin);
  if (url === null) throw failureAbout('RESPONSE_INVALID', about, '_links.next is not an address');
  return url.origin === origin && url.username === '' ? `${url.pathname}${url.search}` : url.href;
}

/**
 * The addresses to prefetch after a page, in order.
 *
 * The first is the next page. The others are presumed: they are right only if each page links to the one that follows.
 *
 * @param pagesRead - Pages read so far, this one included.
 */
export function presumedAfter(stream: Stream, position: Position, page: Page, pagesRead: number): string[] {
  const { next, last = 0 } = page;
  if (next === undefined) return [];
  const address = addressOf(stream, next);
  if (stream.paging.kind === 'numberedPages') {
    // Doubles from page to page, so that a short list costs few requests beyond its end.
    const count = Math.min(stream.paging.ahead, 2 ** Math.min(pagesRead - 1, 30));
    return range(next.page, count).map((number) => addressOf(stream, { page: number }));
  }
  const from = addressOf(stream, position);
  const number = (pageNumberIn(from) ?? position.page) + 1;
  const isRegular =
    stream.paging.kind === 'hal' &&
    pageNumberIn(address) === number &&
    samenessOfListing(address) === samenessOfListing(from);
  const known = isRegular ? Math.min(MOST_IN_FLIGHT, last - number + 1) : 1;
  return [address, ...range(number + 1, known - 1).map((each) => withPageNumber(address, each))];
}

function range(first: number, count: number): number[] {
  return Array.from({ length: Math.max(0, count) }, (_, index) => first + index);
}
