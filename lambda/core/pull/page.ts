import type { Json } from '../json.ts';
import type { Doubt } from './doubts.ts';

/** Where a walk continues. Plain JSON, because the state table keeps it between slices. */
export interface Position {
  /** Ordinal of the page to read next, from 1. */
  readonly page: number;
  /** Path and query of the page to read next, for listings with links. */
  readonly link?: string;
  /** The cursor to send, for listings with an `after` parameter. */
  readonly after?: string;
  /** RFC 6901 pointer to the array of objects, as found on an earlier page. */
  readonly list?: string;
  /** The last page's number, for listings with links whose pages can be requested by number too. */
  readonly last?: number;
}

/** One response of a listing, completely parsed. */
export interface Page {
  /** Ordinal of this page in the walk, from 1. */
  readonly number: number;
  /** In the order of the response. */
  readonly objects: readonly Json[];
  /** The next page; undefined if this page is the listing's end, as its kind of paging defines it. */
  readonly next: Position | undefined;
  /** The listing's number of pages; absent if the response does not give it. */
  readonly last?: number;
  /** The listing's number of objects; absent if the response does not give it. */
  readonly total?: number;
  /** What about the response speaks against the walk's completeness, although the walk goes on; absent if nothing does. */
  readonly doubt?: Doubt;
  /** Why the walk stops here without being complete; absent if nothing is wrong. */
  readonly broken?: string;
}

/**
 * A listing's pages in order. `next` takes whether the page before repeated keys of the walk. If it did, the list has moved, so
 * pages that were requested before that page came may leave objects out.
 */
export type Pages = AsyncGenerator<Page, void, boolean | undefined>;
