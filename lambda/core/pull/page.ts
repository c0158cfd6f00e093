import type { Json } from '../json.ts';
import type { Doubt } from './doubts.ts';

/** `up` reads pages 1, 2, 3 …; `down` the last page first. */
export type Direction = 'up' | 'down';

/**
 * Where a reading down stands. It reads page 1, then the listing's end, then down to page 2, and then page 1 again, because objects
 * that moved to page 1 in the meantime were on no other page.
 */
export interface Descent {
  /**
   * - `first`: page 1 is read, which may say where the end is.
   * - `end`: pages are read upwards until the listing ends.
   * - `down`: pages are read downwards, up to and including page 1.
   */
  readonly leg: 'first' | 'end' | 'down';
  /** The page at which `end` begins, for `first` as far as it is known. The leg `down` begins below it. */
  readonly from?: number;
  /**
   * The highest page since page 1 that showed objects, or was passed over because it failed; absent if there was none. Pages above it
   * are behind the listing's end.
   */
  readonly top?: number;
}

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
  /** Absent if the pages are read upwards. */
  readonly down?: Descent;
}

/**
 * The position of a walk's first page.
 *
 * @param lastPage - The last page of the last complete walk. Without it, only a listing that names its last page is read down.
 * @returns Undefined if the walk reads upwards.
 */
export function firstPosition(direction: Direction, lastPage?: number): Position | undefined {
  if (direction === 'up') return undefined;
  return { page: 1, down: { leg: 'first', ...(lastPage !== undefined && { from: lastPage }) } };
}

/** Whether a page is read for the second time, at the end of a reading down. */
export function isSecondReading(position: Position | undefined): boolean {
  return position?.page === 1 && position.down?.leg === 'down';
}

/** One response of a listing, completely parsed. */
export interface Page {
  /** Ordinal of this page in the listing, from 1. */
  readonly number: number;
  /** In the order of the response. */
  readonly objects: readonly Json[];
  /** The next page; undefined if this page is the listing's end, as its kind of paging defines it. */
  readonly next: Position | undefined;
  /** The listing's number of pages; absent if the response does not give it. */
  readonly last?: number;
  /** The listing's number of objects; absent if the response does not give it. */
  readonly total?: number;
  /** Whether it was requested before the page before it came. */
  readonly isAhead?: boolean;
  /** Whether an answer was so old that a cache gave it; absent if none was up to this page. */
  readonly isCached?: true;
  /** What about the response speaks against the walk's completeness, although the walk goes on; absent if nothing does. */
  readonly doubt?: Doubt;
  /** Why the walk stops here without being complete; absent if nothing is wrong. */
  readonly broken?: string;
}

/**
 * What a page showed about those after it. The list has moved if the page repeats keys of the walk, so pages that were requested
 * before it came may leave objects out.
 */
export type AfterPage =
  /** The page was taken. Later pages are requested again. */
  | 'moved'
  /** The page itself was requested ahead and not taken. It is requested again, and later pages too. */
  | 'stale';

/** A listing's pages in order. `next` takes what the page before showed; undefined if it is as expected. */
export type Pages = AsyncGenerator<Page, void, AfterPage | undefined>;
