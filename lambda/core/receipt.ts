import type { SyncErrorCode } from './errors.ts';

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
  /** `BUG`: an error that nobody foresaw. */
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
  return { status, ...counts, ...(error && { error: { code: error.code, message: error.message } }) };
}

export function worstStatus(receipts: readonly Receipt[]): WalkStatus {
  const statuses = new Set(receipts.map(({ status }) => status));
  if (statuses.has('failed')) return 'failed';
  return statuses.has('incomplete') ? 'incomplete' : 'complete';
}
