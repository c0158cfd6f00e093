import type { Json } from '../json.ts';

/** Where a walk goes on. Plain JSON: it is kept in the state table between slices. */
export interface Position {
  /** Ordinal of the page to read next, from 1. */
  readonly page: number;
  /** Path and query of the page to read next, for listings that are followed by their links. */
  readonly link?: string;
  /** The cursor to send, for listings with an `after` parameter. */
  readonly after?: string;
  /** RFC 6901 pointer to the array of objects, as resolved on the first page. */
  readonly list?: string;
}

/** One response of a listing, parsed whole. */
export interface Page {
  /** Ordinal of this page in the walk, from 1. */
  readonly number: number;
  /** The objects, in the order of the answer. */
  readonly objects: readonly Json[];
  /** Where to go on; undefined: this page is the end that the paging kind defines. */
  readonly next: Position | undefined;
  /** How many pages the listing has, where it says so. */
  readonly last?: number;
  /** Why the walk cannot be complete although it cannot go on either; undefined: no such reason. */
  readonly broken?: string;
}
