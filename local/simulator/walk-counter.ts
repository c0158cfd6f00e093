/** Where a request stands among those of a client that reads a listing from its first page to its last. */
export interface WalkPlace {
  /** The number of the walk, from 1. Each path has its own. */
  readonly walk: number;
  /** The number of the request in its walk, from 1. */
  readonly request: number;
  /** Requests of this walk before this one, as a share of the pages that the listing had when the walk began. 0 for the first. */
  readonly share: number;
}

/** A walk as far as it has come. */
export interface WalkState {
  readonly walk: number;
  readonly requests: number;
  /** Undefined until a page was served. */
  readonly pages: number | undefined;
}

interface Walk {
  walk: number;
  requests: number;
  pages: number | undefined;
  /** Whether another page than the first one was requested. */
  isUnderWay: boolean;
}

/**
 * Counts the walks of each path. The server does not know what a client does. A request for the first page begins a walk, unless
 * only the first of several pages was requested since the last one began. A client that reads the first page once more at the end
 * of a walk therefore has its walks announced with {@link begin}.
 */
export class WalkCounter {
  readonly #walks = new Map<string, Walk>();
  #isAnnounced = false;
  /** Paths without a request since the announcement. */
  #waiting = new Set<string>();

  /** Announces that the next request for each path begins a walk. From then on only announcements begin walks. */
  begin(): void {
    this.#isAnnounced = true;
    this.#waiting = new Set(this.#walks.keys());
  }

  /** Counts a request. @param isFirstPage - Whether it is for the first page. */
  count(path: string, isFirstPage: boolean): WalkPlace {
    const known = this.#walks.get(path);
    const walk =
      known === undefined || this.#begins(path, known, isFirstPage) ? this.#start(path, known) : known;
    walk.isUnderWay ||= !isFirstPage;
    walk.requests += 1;
    const share = walk.pages === undefined ? 0 : (walk.requests - 1) / walk.pages;
    return { walk: walk.walk, request: walk.requests, share };
  }

  /** Whether no page of the latest walk was served yet. */
  isBeginning(path: string): boolean {
    return this.#walks.get(path)?.pages === undefined;
  }

  /** Notes into how many pages the listing is divided, when the first page of a walk is served. */
  served(path: string, pages: number): void {
    const walk = this.#walks.get(path);
    if (walk !== undefined) walk.pages ??= pages;
  }

  /** Returns the latest walk of each path. */
  states(): Record<string, WalkState> {
    const states = [...this.#walks].map(([path, { walk, requests, pages }]) => [
      path,
      { walk, requests, pages },
    ]);
    return Object.fromEntries(states) as Record<string, WalkState>;
  }

  #begins(path: string, { isUnderWay, pages }: Walk, isFirstPage: boolean): boolean {
    return this.#isAnnounced ? this.#waiting.has(path) : isFirstPage && (isUnderWay || pages === 1);
  }

  #start(path: string, known: Walk | undefined): Walk {
    this.#waiting.delete(path);
    const started = { walk: (known?.walk ?? 0) + 1, requests: 0, pages: undefined, isUnderWay: false };
    this.#walks.set(path, started);
    return started;
  }
}
