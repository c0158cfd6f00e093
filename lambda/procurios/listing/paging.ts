import { isObject, type Json } from '../../core/json.ts';
import type { Page, Position } from '../../core/pull/page.ts';
import type { Stream } from '../../core/pull/stream.ts';
import { furtherOn } from './ahead.ts';
import { cursorIn, sharesCursor } from './cursor.ts';
import { linksOf, namesNextPage, onHost, readLink } from './links.ts';
import { findList, listAt } from './object-list.ts';
import { addressOf, pageNumberIn, samenessOfListing } from './page-addresses.ts';

/** How the listing continues after a page. */
type Continuation = Pick<Page, 'last' | 'doubt' | 'broken'> & {
  readonly next?: Pick<Position, 'link' | 'after' | 'last'>;
};

/** An answer, and where it comes from. */
interface Answered {
  readonly stream: Stream;
  readonly position: Position;
  readonly answer: Json;
  /** The host's. Links to it are kept as path and query. */
  readonly origin: string;
  /** The page, for messages. */
  readonly about: string;
}

/**
 * Reads an answer as the page at a position: its objects, and where the listing continues.
 *
 * @throws {SyncError} `LIST_AMBIGUOUS` on the first page, `RESPONSE_INVALID`.
 */
export function readPage(answered: Answered): Page {
  const { stream, position, answer, about } = answered;
  const list = stream.objects ?? position.list ?? findList(answer, stream.key, about);
  const objects = list === undefined ? [] : listAt(list, answer, about);
  const { next, ...rest } = continuationOf(answered, objects);
  const number = position.page;
  const total = totalIn(answer);
  return {
    number,
    objects,
    next: next && { ...next, page: number + 1, ...(list !== undefined && { list }) },
    ...(total !== undefined && { total }),
    ...rest,
  };
}

/** The names under which PHP's HAL libraries give the number of a listing's objects. */
const TOTALS = ['total', 'total_items', 'totalItems'];

/** @returns Undefined if the answer does not give the listing's number of objects. */
function totalIn(answer: Json): number | undefined {
  const values = isObject(answer)
    ? TOTALS.filter((name) => Object.hasOwn(answer, name)).map((name) => answer[name])
    : [];
  return values.find((value) => typeof value === 'number' && Number.isSafeInteger(value)) as
    | number
    | undefined;
}

function continuationOf(answered: Answered, objects: readonly Json[]): Continuation {
  const { stream, position, answer } = answered;
  const { paging, key } = stream;
  switch (paging.kind) {
    case 'onePage':
      return namesNextPage(answer) ? { doubt: { kind: 'nextPage' } } : {};
    case 'numberedPages':
      return objects.length === 0 ? {} : { next: {} };
    case 'after':
      if (objects.length === 0) return {};
      return {
        ...afterLast(objects.at(-1), paging.field, position.after),
        ...(sharesCursor(objects, paging.field, key) && {
          doubt: { kind: 'sharedCursor', detail: paging.field },
        }),
      };
    case 'linkedPages':
      return alongLinks(answered);
    case 'hal':
      return alongHalLinks(answered);
  }
}

/** Only an empty page is the end. A short page is not, because Procurios may cap its pages. */
function afterLast(object: Json | undefined, field: string, previous: string | undefined): Continuation {
  const after = cursorIn(object, field);
  if (after === undefined) return { broken: `its last object has no usable ${field} to go on after` };
  if (after === previous)
    return { broken: `its last object has the same ${field} as that of the page before` };
  return { next: { after } };
}

const NO_LINKS = 'it has no _links, so whether it is the last page is unknown';

function alongLinks({ stream, position, answer, origin, about }: Answered): Continuation {
  const links = linksOf(answer);
  if (links === undefined) return { broken: NO_LINKS };
  const next = readLink(links, 'next', false, about);
  return next === undefined
    ? {}
    : { next: { link: onHost(next, addressOf(stream, position), origin, about) } };
}

function alongHalLinks({ stream, position, answer, origin, about }: Answered): Continuation {
  const links = linksOf(answer);
  if (links === undefined) return { broken: NO_LINKS };
  const address = addressOf(stream, position);
  const numberOf = (name: string) => pageNumberIn(readLink(links, name, true, about) ?? '');
  const asked = pageNumberIn(address);
  const self = numberOf('self');
  if (asked !== undefined && self !== undefined && asked !== self) {
    const detail = `page ${self} instead of ${asked}`;
    return { ...besideOther(stream, position), doubt: { kind: 'otherPage', detail } };
  }
  const number = asked ?? position.page;
  const named = numberOf('last') || undefined;
  const last = named ?? position.last;
  const facts = named === undefined ? {} : { last: named };
  const next = readLink(links, 'next', true, about);
  if (next === undefined) {
    return last !== undefined && last > number
      ? { broken: `it has no next link, but page ${last} was named as the last`, ...facts }
      : facts;
  }
  const link = onHost(next, address, origin, about);
  const isRegular =
    pageNumberIn(link) === number + 1 && samenessOfListing(link) === samenessOfListing(address);
  return { next: { link, ...(isRegular && last !== undefined && { last }) }, ...facts };
}

/** Where a listing continues after a page in whose place another one came: by number, because its links are those of the other. */
function besideOther(stream: Stream, position: Position): Continuation {
  const beside = furtherOn(stream, position, 1);
  if (beside !== undefined) return { next: beside };
  return position.last === undefined
    ? { broken: 'another page came in its place, and its next page cannot be requested by number' }
    : {};
}
