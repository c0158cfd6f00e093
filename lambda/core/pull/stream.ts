/** How a listing goes from one page to the next. Plain JSON, as it stands in a checked config. */
export type Paging =
  /** `_links.next.href`; once `_links.last.href` names a page, several pages are fetched at a time. */
  | { readonly kind: 'hal' }
  /** `_links.next` is a plain string; `amount` is the page size asked for. */
  | { readonly kind: 'linkedPages'; readonly amount?: number }
  /** `page=1, 2, …` without links: only an empty page is the end. `ahead` pages are fetched at a time. */
  | { readonly kind: 'numberedPages'; readonly ahead: number }
  /** `after=<the last object's field>`: only an empty page is the end. */
  | { readonly kind: 'after'; readonly field: string }
  /** The whole list in one answer. */
  | { readonly kind: 'onePage' };

/** A configured list of objects that is pulled into one table. Plain JSON, checked by `config/`. */
export interface Stream {
  /** Names the table: lower case letters, digits and hyphens. */
  readonly name: string;
  /** Path on the configured host, beginning with `/`, without a query. */
  readonly path: string;
  /** Query parameters sent with every page. */
  readonly query: Readonly<Record<string, string>>;
  /** The module's `Accept` header, e.g. `application/vnd.procurios.relation+json; version=1`. */
  readonly mediaType: string;
  /**
   * RFC 6901 pointer to the array of objects; `''` is the root.
   *
   * Absent: the only array in the answer or under `_embedded`, resolved on the first page of a walk.
   */
  readonly objects?: string;
  /** The top-level fields that identify an object, in order. */
  readonly key: readonly string[];
  readonly paging: Paging;
  /** Top-level fields that are stored, but whose difference alone is not a change. */
  readonly ignoreChangesIn: readonly string[];
  /** What happens to the item of an object that is gone. Deletes are not carried yet. */
  readonly deletes: 'never';
}
