import type { Direction } from '../../../lambda/core/pull/page.ts';
import type { ModelListing, ModelObject } from './listing.ts';

/** `irregularHal`: its links name no page numbers. */
export type Kind = 'hal' | 'irregularHal' | 'linkedPages' | 'numberedPages' | 'after' | 'onePage';

/** How the listing answers during one reading. */
export interface Answers {
  /** Objects per page, from a request on. */
  readonly pageSize: (request: number) => number;
  /** The page that looks empty; undefined if none does. */
  readonly emptyPage?: number;
  /** The whole list looks empty. */
  readonly isEmpty?: boolean;
  /** The list as it was at an earlier time. */
  readonly snapshot?: readonly ModelObject[];
}

export interface PageRead {
  readonly objects: readonly ModelObject[];
  /** Whether this is the second reading of page 1. */
  readonly isAgain: boolean;
}

/** What a reading found out about the list. Filled in while it goes on. */
export interface Findings {
  direction: Direction;
  holes: number;
  lastPage?: number;
}

/** Reads a listing page by page, as the paging kinds do. Between two pages the caller changes the list. */
export function* read(
  kind: Kind,
  listing: ModelListing,
  answers: Answers,
  findings: Findings,
  knownLast: number | undefined,
): Generator<PageRead> {
  const pages = new Pages(listing, answers);
  switch (kind) {
    case 'onePage':
      yield { objects: pages.all(), isAgain: false };
      return;
    case 'after':
      yield* readByKey(pages);
      return;
    case 'numberedPages':
      yield* readNumbered(pages, findings, knownLast);
      return;
    default:
      yield* readLinked(pages, findings);
  }
}

class Pages {
  readonly #listing: ModelListing;
  readonly #answers: Answers;
  #requests = 0;

  constructor(listing: ModelListing, answers: Answers) {
    this.#listing = listing;
    this.#answers = answers;
  }

  all(): readonly ModelObject[] {
    if (this.#answers.isEmpty === true) return [];
    return [...(this.#answers.snapshot ?? this.#listing.listed)];
  }

  get size(): number {
    return this.#answers.pageSize(this.#requests);
  }

  get last(): number {
    return Math.ceil(this.#count / this.size);
  }

  get(page: number): readonly ModelObject[] {
    this.#requests += 1;
    const from = (page - 1) * this.size;
    return page === this.#answers.emptyPage ? [] : this.#slice(from, from + this.size);
  }

  behind(id: number): readonly ModelObject[] {
    this.#requests += 1;
    const objects = this.#answers.snapshot ?? this.#listing.listed;
    const from = objects.findIndex((object) => object.id > id);
    return this.#answers.isEmpty === true || from < 0 ? [] : objects.slice(from, from + this.size);
  }

  get #count(): number {
    if (this.#answers.isEmpty === true) return 0;
    return this.#answers.snapshot?.length ?? this.#listing.count;
  }

  #slice(from: number, to: number): readonly ModelObject[] {
    if (this.#answers.isEmpty === true) return [];
    return this.#answers.snapshot?.slice(from, to) ?? this.#listing.slice(from, to);
  }
}

function* readByKey(pages: Pages): Generator<PageRead> {
  for (let last = 0; ; ) {
    const objects = pages.behind(last);
    if (objects.length === 0) return;
    yield { objects, isAgain: false };
    last = objects.at(-1)?.id ?? last;
  }
}

function* readLinked(pages: Pages, findings: Findings): Generator<PageRead> {
  const first = pages.get(1);
  const end = pages.last;
  yield { objects: first, isAgain: false };
  if (first.length === 0 && end > 1) findings.holes += 1;
  if (end <= 1) findings.direction = end === 0 ? 'up' : findings.direction;
  let page = findings.direction === 'up' ? 2 : Math.max(2, end);
  while (page <= pages.last) {
    const objects = pages.get(page);
    if (objects.length === 0 && page < pages.last) findings.holes += 1;
    yield { objects, isAgain: false };
    page += 1;
  }
  findings.lastPage = Math.max(1, page - 1);
  if (findings.direction === 'down') yield* readDown(pages, end - 1, findings);
}

/** Three empty pages in a row are the end. */
const END = 3;

function* readNumbered(pages: Pages, findings: Findings, knownLast: number | undefined): Generator<PageRead> {
  const first = pages.get(1);
  yield { objects: first, isAgain: false };
  if (first.length === 0 || knownLast === undefined) findings.direction = 'up';
  const start = findings.direction === 'up' ? 2 : Math.max(2, knownLast ?? 2);
  let empty = first.length === 0 ? 1 : 0;
  let last = 1;
  for (let page = start; empty < END; page += 1) {
    const objects = pages.get(page);
    yield { objects, isAgain: false };
    if (objects.length === 0) {
      empty += 1;
      continue;
    }
    findings.holes += empty;
    empty = 0;
    last = page;
  }
  findings.lastPage = last;
  if (findings.direction === 'down') yield* readDown(pages, start - 1, findings);
}

/** Reads from a page down to page 2, and then page 1 again. Pages above the end are no holes. */
function* readDown(pages: Pages, from: number, findings: Findings): Generator<PageRead> {
  let isFilled = (findings.lastPage ?? 1) > from;
  for (let page = from; page >= 2; page -= 1) {
    const objects = pages.get(page);
    if (objects.length > 0) {
      if (!isFilled) findings.lastPage = page;
      isFilled = true;
    } else if (isFilled) findings.holes += 1;
    yield { objects, isAgain: false };
  }
  yield { objects: pages.get(1), isAgain: true };
}
