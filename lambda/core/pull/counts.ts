/** The properties of a receipt's count. */
interface CountTraits {
  /** The CloudWatch metric of the count, by stream; absent if it has none. */
  readonly metric?: string;
  /** Whether the count is of objects with one fate, such as `written`. `fetched` is the sum of these counts. */
  readonly isFate?: true;
  /** Whether the count is 0 in most walks, so that overviews show it only if it is not. */
  readonly isRare?: true;
}

/**
 * The counts of a receipt, in the order in which they are shown. Receipts, metrics, log lines, progress and tables all follow
 * this list.
 */
export const COUNTS = {
  /** Pages read. */
  pages: {},
  /** Objects in those pages. */
  fetched: { metric: 'ObjectsFetched' },
  /** Objects stored because they are new or differ from what was stored. */
  written: { metric: 'ObjectsWritten', isFate: true },
  /** Objects that equal what was stored. */
  unchanged: { metric: 'ObjectsUnchanged', isFate: true },
  /** Objects whose key was on an earlier page of the walk, or earlier on the same page. */
  repeated: { metric: 'ObjectsRepeated', isFate: true, isRare: true },
  /** Objects that could not be stored. The state table has the reasons. */
  rejected: { metric: 'ObjectsRejected', isFate: true },
  /** HTTP requests to Procurios' API, including retries but not those for tokens. */
  requests: { metric: 'Requests' },
} as const satisfies Readonly<Record<string, CountTraits>>;

export type CountName = keyof typeof COUNTS;

/** The counts of a walk, or of a part of it. */
export type Counts = { -readonly [Name in CountName]: number };

const TRAITS: Readonly<Record<CountName, CountTraits>> = COUNTS;

/** All counts, in the order in which they are shown. */
export const COUNT_NAMES = Object.keys(COUNTS) as readonly CountName[];

/** The counts that add up to `fetched`. */
export const FATES = COUNT_NAMES.filter((name) => TRAITS[name].isFate === true);

/** Whether an overview shows the count only where it is not 0. */
export function isRare(name: CountName): boolean {
  return TRAITS[name].isRare === true;
}

export function noCounts(): Counts {
  return Object.fromEntries(COUNT_NAMES.map((name) => [name, 0])) as Counts;
}

/** What a walk counted between two moments. */
export function countsSince(before: Readonly<Counts>, now: Readonly<Counts>): Counts {
  return Object.fromEntries(COUNT_NAMES.map((name) => [name, now[name] - before[name]])) as Counts;
}

/** The sum of one count over several receipts. */
export function totalOf(receipts: readonly Readonly<Counts>[], name: CountName): number {
  return receipts.reduce((total, counts) => total + counts[name], 0);
}

/** How many objects the walks met, each once. A walk that reads down reads page 1 twice. */
export function differentObjects(receipts: readonly Readonly<Counts>[]): number {
  return totalOf(receipts, 'fetched') - totalOf(receipts, 'repeated');
}
