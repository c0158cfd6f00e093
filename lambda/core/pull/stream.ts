/** How a listing leads from one page to the next. Plain JSON, as in a checked config. */
export type Paging =
  /** By `_links.next.href`. If `_links.last.href` has a page number, several pages are fetched at a time. */
  | { readonly kind: 'hal' }
  /** By `_links.next`, a plain string. `amount` is the requested page size. */
  | { readonly kind: 'linkedPages'; readonly amount?: number }
  /**
   * By `page=1, 2, …`, without links. Only empty pages are the end. `ahead` pages are prefetched. `first` is the number of the first
   * page, 1 if it is absent.
   */
  | { readonly kind: 'numberedPages'; readonly ahead: number; readonly first?: number }
  /** By `after=<the last object's field>`. Only an empty page is the end. */
  | { readonly kind: 'after'; readonly field: string }
  /** The whole list in one response. */
  | { readonly kind: 'onePage' };

/** A configured list of objects that is pulled into one table. Plain JSON, checked by `config/`. */
export interface Stream {
  /** Part of the table's name: lower case letters, digits and hyphens. */
  readonly name: string;
  /** Path on the configured host, beginning with `/`, without a query. */
  readonly path: string;
  /** Query parameters of every request. */
  readonly query: Readonly<Record<string, string>>;
  /** The module's `Accept` header, e.g. `application/vnd.procurios.relation+json; version=1`. */
  readonly mediaType: string;
  /**
   * RFC 6901 pointer to the array of objects; `''` is the root.
   *
   * @default - The only array in the response or under `_embedded`, as found on the first page of a walk.
   */
  readonly objects?: string;
  /** The top-level fields that identify an object, in order. */
  readonly key: readonly string[];
  readonly paging: Paging;
  /** Top-level fields whose difference alone causes no write. Their new values are stored with the object's next other change. */
  readonly ignoreChangesIn: readonly string[];
  /**
   * What happens to the item of an object that the listing no longer shows. `fromWalk`: it is marked as deleted once walks prove that
   * the object is gone. `report`: absences are counted and shown, and no item is marked. `never`: absences are not counted.
   */
  readonly deletes: 'fromWalk' | 'report' | 'never';
  /** So many counted walks in a row must miss an object before it is gone. */
  readonly goneAfter: number;
  readonly guard: DeleteGuard;
  /** Deletes after a walk with empty pages in front of filled ones: `wait` for clean walks, or `count` such pages as normal. */
  readonly holes: 'wait' | 'count';
  /** Days for which a deleted object's item stays, marked as deleted; 0 if it is deleted at once. */
  readonly retainTombstonesFor: number;
  /** The stream that names archived objects; absent if none does. */
  readonly archive?: ArchiveLink;
}

/** How many deletes of one walk need no operator. */
export interface DeleteGuard {
  /** Of the live items, from 0 to 1. */
  readonly share: number;
  readonly most: number;
}

/** Where a stream's archived objects are named. */
export interface ArchiveLink {
  /** Name of the archive's stream, whose key is one field. */
  readonly stream: string;
  /** The field of the objects whose value is the archive's key; absent if it is the objects' own key. */
  readonly by?: string;
}
