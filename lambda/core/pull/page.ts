import type { Json } from '../json.ts';

/** Where a walk continues. Plain JSON, because the state table keeps it between slices. */
export interface Position {
  /** Ordinal of the page to read next, from 1. */
  readonly page: number;
  /** Path and query of the page to read next, for listings with links. */
  readonly link?: string;
  /** The cursor to send, for listings with an `after` parameter. */
  readonly after?: string;
  /** RFC 6901 pointer to the array of objects, as found on the first page. */
  readonly list?: string;
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
  /** Why the walk stops here without being complete; absent if nothing is wrong. */
  readonly broken?: string;
}
