import type { ApiCall } from './api-call.ts';
import { type ApiReply, errorReply, jsonReply } from './api-reply.ts';
import type { Fields, ObjectSet } from './data/object-set.ts';
import { type Sequence, sequenceOf } from './data/sequence.ts';

/** How a listing is divided into pages. */
export type Cut =
  /** `page=N` from 1. */
  | { readonly by: 'page'; readonly size: number }
  /** `after=…`. `start` is the position of the first object to serve, from 0. */
  | { readonly by: 'cursor'; readonly size: number; readonly start: number }
  | { readonly by: 'nothing' };

/** A module's list of objects, before it is divided into pages. */
export interface Listing {
  readonly kind: 'listing';
  readonly ids: Sequence;
  readonly cut: Cut;
  /** The set of the objects; undefined if they come from several sets. */
  readonly set?: ObjectSet;
  readonly object: (id: number) => Fields;
  /** Builds the body of a page. */
  readonly wrap: (objects: readonly Fields[], links: PageLinks) => unknown;
}

/** The part of a listing to serve. */
export interface Window {
  readonly offset: number;
  readonly size: number;
  /** From 1. Always 1 for a listing that has no page numbers. */
  readonly page: number;
}

/** Path and query of a page and its neighbours. */
export interface PageLinks {
  readonly self: string;
  readonly first: string;
  readonly prev?: string;
  readonly next?: string;
  readonly last: string;
}

export interface ServedPage {
  readonly objects: readonly Fields[];
  readonly links: PageLinks;
}

/** Changes that faults make to a page. */
export interface PageChanges {
  /** @param pages - The number of pages, at least 1. */
  readonly aim: (window: Window, pages: number) => Window;
  readonly alter: (page: ServedPage, linkTo: (page: number) => string) => ServedPage;
}

/** Creates a listing. */
export function listing(parts: Omit<Listing, 'kind'>): Listing {
  return { kind: 'listing', ...parts };
}

/**
 * Answers with a page of a listing.
 *
 * @param cap - The largest page size, by a fault. Applies before everything else, so that page numbers and links agree with it.
 */
export function servePage(asked: Listing, call: ApiCall, changes: PageChanges, cap: number): ApiReply {
  const size = sizeOf(asked, cap);
  const number = pageNumber(call);
  if (number === undefined) {
    return errorReply(400, 'Invalid page');
  }
  const pages = pagesOf(asked, cap);
  const window = windowOf(asked.cut, number, size, pages, call);
  if (window === undefined) {
    return errorReply(404, 'Unknown page');
  }
  const { offset, page, size: served } = changes.aim(window, pages);
  const objects = asked.ids.slice(offset, served).map((id) => visible(asked.object(id), call));
  const linkTo = (to: number) => linkFor(call, to);
  const links = linksOf(page, pages, linkTo);
  const altered = changes.alter({ objects, links }, linkTo);
  return jsonReply(asked.wrap(altered.objects, altered.links));
}

/** Returns the number of pages of a listing, at least 1. */
export function pagesOf(asked: Listing, cap: number): number {
  return Math.max(1, Math.ceil(asked.ids.length / Math.max(1, sizeOf(asked, cap))));
}

/** Returns a listing without these objects. A cursor stays behind the same object. */
export function without(asked: Listing, hidden: ReadonlySet<number>): Listing {
  if (hidden.size === 0) {
    return asked;
  }
  const { ids, cut } = asked;
  const kept = (count: number) => ids.slice(0, count).filter((id) => !hidden.has(id));
  return {
    ...asked,
    ids: sequenceOf(kept(ids.length)),
    cut: cut.by === 'cursor' ? { ...cut, start: kept(cut.start).length } : cut,
  };
}

function sizeOf({ cut, ids }: Listing, cap: number): number {
  return cut.by === 'nothing' ? ids.length : Math.min(cut.size, cap);
}

function windowOf(cut: Cut, number: number, size: number, pages: number, call: ApiCall): Window | undefined {
  if (cut.by !== 'page') {
    return { offset: cut.by === 'cursor' ? cut.start : 0, size, page: 1 };
  }
  if (number > pages && call.switches.beyondLastPage === 'notFound') {
    return undefined;
  }
  const page = call.switches.beyondLastPage === 'lastPage' ? Math.min(number, pages) : number;
  return { offset: (page - 1) * size, size, page };
}

/** The page asked for, counted from 1; undefined if the parameter is invalid. */
function pageNumber({ query, switches }: ApiCall): number | undefined {
  const text = query.get('page') ?? String(switches.firstPage);
  const number = /^(?:0|[1-9]\d{0,8})$/.test(text) ? Number(text) : -1;
  return number < switches.firstPage ? undefined : number + 1 - switches.firstPage;
}

function linksOf(page: number, pages: number, linkTo: (page: number) => string): PageLinks {
  return {
    self: linkTo(page),
    first: linkTo(1),
    ...(page > 1 ? { prev: linkTo(Math.min(page - 1, pages)) } : {}),
    ...(page < pages ? { next: linkTo(page + 1) } : {}),
    last: linkTo(pages),
  };
}

/** Returns the link to a page. Keeps the other query parameters, as the archive's links do. */
function linkFor({ path, query, switches }: ApiCall, page: number): string {
  const others = [...query].filter(([name]) => name !== 'page');
  return `${path}?${new URLSearchParams([...others, ['page', String(page - 1 + switches.firstPage)]])}`;
}

function visible(object: Fields, { switches }: ApiCall): Fields {
  return switches.hiddenFields.length === 0
    ? object
    : Object.fromEntries(Object.entries(object).filter(([name]) => !switches.hiddenFields.includes(name)));
}
