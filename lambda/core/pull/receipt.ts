import type { UnseenFates } from '../deletes/balance.ts';
import type { LookFailure, NotCounted } from '../deletes/evidence.ts';
import type { SyncErrorCode } from '../errors.ts';
import { type Counts, FATES, noCounts } from './counts.ts';
import type { Direction } from './page.ts';
import type { ReadBackReason } from './read-back.ts';

/**
 * - `complete`: the walk reached the end of the listing, and nothing that it saw speaks against having been shown all of it.
 * - `incomplete`: it did not reach the end, because it was interrupted or the listing has no recognizable end; or the listing
 *   contradicts that it showed all objects.
 * - `failed`: an error ended it.
 */
export type WalkStatus = 'complete' | 'incomplete' | 'failed';

/** What went wrong. Holds no values of objects and no secrets. */
export interface Failure {
  /** `BUG`: an unexpected error. */
  readonly code: SyncErrorCode | 'BUG';
  readonly message: string;
}

/** What a walk that ended told about objects that are gone. Each field is absent if absences are not counted, or if it says so. */
export interface DeletesAccount extends Partial<UnseenFates> {
  /** `counted`: the walk is evidence for the absence of what it did not show. Else why it is none. */
  readonly evidence?: 'counted' | NotCounted;
  readonly direction?: Direction;
  /** Empty pages in front of filled ones; absent if there were none. */
  readonly holes?: number;
  /** Live items in the table when the listing's end was reached; absent if the walk did not read its table. */
  readonly live?: number;
  /** Tombstones that objects replaced. */
  readonly returned?: number;
  /** Whether the second reading of the list proves what it did not show, or why it does not; absent if none was needed. */
  readonly look?: 'proved' | LookFailure;
}

/** The balanced account of a stream's walk, over all its slices and runs. */
export interface Receipt extends Readonly<Counts>, DeletesAccount {
  readonly status: WalkStatus;
  readonly error?: Failure;
  /** Why the items of the listing's objects were read back by key; absent if the table was scanned. */
  readonly readBack?: ReadBackReason;
}

/** The account of one run. */
export interface RunReceipt {
  readonly runId: string;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** The worst of the streams' statuses. */
  readonly status: WalkStatus;
  /** By the names of the streams, in the order of the config. */
  readonly streams: Readonly<Record<string, Receipt>>;
  /** What ended the run as a whole; absent if nothing did. */
  readonly error?: Failure;
}

/** A stored receipt, with 0 for the counts that it lacks because an earlier version wrote it. */
export function withAllCounts(run: RunReceipt): RunReceipt {
  const streams = Object.entries(run.streams).map(([name, each]) => [name, { ...noCounts(), ...each }]);
  return { ...run, streams: Object.fromEntries(streams) };
}

/** The most bytes of a message. A run's receipt is one item of at most 400 KB, and all of its hundreds of streams may fail. */
const LONGEST_MESSAGE_BYTES = 500;
const ELLIPSIS = '…';

/**
 * Closes a walk's account. If `fetched` is not the sum of the {@link FATES}, objects were lost or counted twice, and the walk
 * fails.
 */
export function receiptOf(counts: Readonly<Counts>, status: WalkStatus, error?: Failure): Receipt {
  const accounted = FATES.reduce((sum, name) => sum + counts[name], 0);
  if (status !== 'failed' && counts.fetched !== accounted) {
    const message = `${counts.fetched} objects were fetched, but ${accounted} are accounted for`;
    return { status: 'failed', ...counts, error: { code: 'UNBALANCED', message } };
  }
  if (error === undefined) return { status, ...counts };
  return { status, ...counts, error: { code: error.code, message: shortened(error.message) } };
}

/** Cuts between characters. */
function shortened(message: string): string {
  if (Buffer.byteLength(message) <= LONGEST_MESSAGE_BYTES) return message;
  const room = new Uint8Array(LONGEST_MESSAGE_BYTES - Buffer.byteLength(ELLIPSIS));
  const { read } = new TextEncoder().encodeInto(message, room);
  return message.slice(0, read) + ELLIPSIS;
}
