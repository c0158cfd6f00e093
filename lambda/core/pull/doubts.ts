/**
 * What a page may show that speaks against the completeness of its walk, as the predicates of a sentence about one page and about
 * several.
 */
const DOUBTS = {
  /** An empty page before one with objects. */
  hole: ['was empty, also when it was read again', 'were empty, also when they were read again'],
  /** A page that failed, before one with objects. */
  skipped: ['could not be read', 'could not be read'],
  /** A page that is, by its own link, another one than was requested. */
  otherPage: ['was answered with another page', 'were answered with other pages'],
  /** A page without a next link before the one that the listing named as its last. */
  cutShort: [
    'has no next link, but is not the last page',
    'have no next link, but none of them is the last page',
  ],
  /** A page whose objects were all on earlier ones, and are not how the page before ended: it may stand in the place of another one. */
  nothingNew: ['repeated earlier objects only', 'repeated earlier objects only'],
  /** A page on which two objects have the same cursor, so objects that share the page's last one would be left out. */
  sharedCursor: [
    'has objects that share the cursor, of which some may be left out where a page ends',
    'have objects that share the cursor, of which some may be left out where a page ends',
  ],
  /** A page that names a next one, in a listing that is read as one page. */
  nextPage: ['links to a next page, which onePage() does not read', 'link to next pages'],
} as const satisfies Record<string, readonly [one: string, several: string]>;

export type DoubtKind = keyof typeof DOUBTS;

export interface Doubt {
  readonly kind: DoubtKind;
  /** More about it, for messages. Holds no values of objects. */
  readonly detail?: string;
}

/** The pages of a walk that raised doubts, by kind. Plain JSON, because the state table keeps it between slices. */
export type Doubts = { [Kind in DoubtKind]?: DoubtfulPages };

interface DoubtfulPages {
  readonly count: number;
  /** The ordinals of the first {@link MOST_PAGES}. */
  readonly pages: readonly number[];
  /** About the first page. */
  readonly detail?: string;
}

const MOST_PAGES = 5;
const LONGEST_DETAIL = 150;

export function noteDoubt(doubts: Doubts, { kind, detail }: Doubt, page: number): void {
  const {
    count,
    pages,
    detail: firstDetail = detail?.slice(0, LONGEST_DETAIL),
  } = doubts[kind] ?? {
    count: 0,
    pages: [],
  };
  doubts[kind] = {
    count: count + 1,
    pages: count < MOST_PAGES ? [...pages, page] : pages,
    ...(firstDetail !== undefined && { detail: firstDetail }),
  };
}

/** The doubts in words: `page 3 was empty, also when it was read again; pages 5 and 6 could not be read`. Empty if no page raised a doubt. */
export function doubtsText(doubts: Doubts): string {
  return (Object.keys(DOUBTS) as DoubtKind[])
    .flatMap((kind) => {
      const found = doubts[kind];
      return found === undefined ? [] : [`${pagesText(found)} ${predicateOf(kind, found)}`];
    })
    .join('; ');
}

function predicateOf(kind: DoubtKind, { count, detail }: DoubtfulPages): string {
  const predicate = DOUBTS[kind][count === 1 ? 0 : 1];
  return detail === undefined ? predicate : `${predicate} (${detail})`;
}

function pagesText({ count, pages }: DoubtfulPages): string {
  if (count === 1) return `page ${pages[0]}`;
  const others = count - pages.length;
  const named = others > 0 ? [...pages, `${others.toLocaleString('en-US')} more`] : pages;
  return `pages ${named.slice(0, -1).join(', ')} and ${named.at(-1)}`;
}
