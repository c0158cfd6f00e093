import type { SyncErrorCode } from '../errors.ts';

/** What happened to the objects of a walk. `fetched = written + unchanged + repeated + rejected`. */
export interface Counts {
  /** Pages read. */
  pages: number;
  /** Objects in those pages. */
  fetched: number;
  /** Stored because they are new or differ from what was stored. */
  written: number;
  /** Equal to what was stored. */
  unchanged: number;
  /** Shown with a key that the walk had seen already. */
  repeated: number;
  /** Could not be stored; the state table has the reasons. */
  rejected: number;
  /** HTTP requests to Procurios' API, repeated ones included, those for tokens not. */
  requests: number;
}

/**
 * - `complete`: the walk reached the end of the listing.
 * - `incomplete`: it did not, though nothing failed: interrupted, or the listing cannot be walked to its end.
 * - `failed`: an error ended it.
 */
export type WalkStatus = 'complete' | 'incomplete' | 'failed';

/** What went wrong, for people: no values, no secrets. */
export interface Failure {
  /** `BUG`: an unexpected error. */
  readonly code: SyncErrorCode | 'BUG';
  readonly message: string;
}

/** The balanced account of a stream's walk, over all the slices and runs it took. */
export interface Receipt extends Readonly<Counts> {
  readonly status: WalkStatus;
  readonly error?: Failure;
}

/** What one run did, by the names of its streams, in their order. */
export interface RunReceipt {
  readonly runId: string;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** The worst of the streams' statuses. */
  readonly status: WalkStatus;
  readonly streams: Readonly<Record<string, Receipt>>;
  /** What ended the run as a whole, where something did. */
  readonly error?: Failure;
}

export function noCounts(): Counts {
  return { pages: 0, fetched: 0, written: 0, unchanged: 0, repeated: 0, rejected: 0, requests: 0 };
}

/** What was counted in between. */
export function countsSince(before: Readonly<Counts>, now: Readonly<Counts>): Counts {
  const counts = noCounts();
  for (const name of Object.keys(counts) as (keyof Counts)[]) counts[name] = now[name] - before[name];
  return counts;
}

/**
 * Characters of a message, at most: a run's receipt is one item, which has room for 400 KB, and a run may have
 * hundreds of streams that all fail.
 */
const LONGEST_MESSAGE = 500;

/**
 * Closes a walk's account.
 *
 * An account that does not balance is a failure whatever else happened: objects were lost or counted twice.
 */
export function receiptOf(counts: Readonly<Counts>, status: WalkStatus, error?: Failure): Receipt {
  const accounted = counts.written + counts.unchanged + counts.repeated + counts.rejected;
  if (status !== 'failed' && counts.fetched !== accounted) {
    const message = `${counts.fetched} objects were fetched, but ${accounted} are accounted for`;
    return { status: 'failed', ...counts, error: { code: 'UNBALANCED', message } };
  }
  if (error === undefined) return { status, ...counts };
  const { code, message } = error;
  const isLong = message.length > LONGEST_MESSAGE;
  const shown = isLong ? `${message.slice(0, LONGEST_MESSAGE - 1)}…` : message;
  return { status, ...counts, error: { code, message: shown } };
}

export function worstStatus(receipts: readonly Receipt[]): WalkStatus {
  const statuses = new Set(receipts.map(({ status }) => status));
  if (statuses.has('failed')) return 'failed';
  return statuses.has('incomplete') ? 'incomplete' : 'complete';
}
