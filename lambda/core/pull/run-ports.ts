import type { Clock } from '../clock.ts';
import type { DeleteStores } from '../deletes/judge-walk.ts';
import type { Access } from '../deletes/sight.ts';
import type { ByteBudget } from './byte-budget.ts';
import type { Counts } from './counts.ts';
import type { Page, Pages, Position } from './page.ts';
import type { Failure, Receipt } from './receipt.ts';
import type { Stream } from './stream.ts';
import type { TablePort } from './table-writer.ts';
import type { WalkStore } from './walk.ts';

/** A run that has begun, as plain JSON. */
export interface Run {
  readonly runId: string;
  /** RFC 3339. */
  readonly startedAt: string;
  /** Names of the streams whose walk an earlier run left unfinished. They are pulled first. */
  readonly unfinished: readonly string[];
  /** When the run must end, in milliseconds since the epoch; absent if it has no deadline. */
  readonly deadlineMs?: number;
}

/** The stores that one slice writes to. Disposing of them ends the slice's right to write. */
export interface SliceStores extends AsyncDisposable {
  readonly walks: WalkStore;
  readonly table: TablePort;
  /** Absent in a dry run, whose walks are not judged. */
  readonly deletes?: DeleteStores;
  /** Aborts, with a `SyncError` as its reason, when the slice may no longer write. */
  readonly signal: AbortSignal;
}

/** What a run reads from and writes to, so that its decisions need no I/O. */
export interface RunPorts {
  readonly clock: Clock;
  /** Opens the stores that one slice of the stream writes to. */
  openStores(stream: Stream): Promise<SliceStores>;
  /** The stream's pages in order, starting at a position; undefined is the first page. */
  listPages(stream: Stream, from: Position | undefined, signal: AbortSignal, budget: ByteBudget): Pages;
  /** As whom pages are read; undefined before the first token was granted. */
  access(): Promise<Access | undefined>;
  /** HTTP requests sent to Procurios so far. */
  requestsSent(): number;
  /** Aborts when the run must stop. */
  readonly signal: AbortSignal;
  /** Milliseconds until the invocation ends; infinite outside Lambda. */
  timeLeftMs(): number;
  readonly progress: Progress;
  /** Receives, after each slice, the counts of that slice alone, also if it failed. */
  countSlice(stream: Stream, counts: Readonly<Counts>): void;
  /** Reports an unexpected error, and turns it into the failure that the stream's receipt records. */
  unexpected(error: unknown): Failure;
}

/** What a run reports while it is in progress. */
export interface Progress {
  streamBegins(stream: Stream): void;
  /** @param counts - Of the whole walk, this page included, but without objects whose write is still in flight. */
  pageTaken(stream: Stream, page: Page, counts: Readonly<Counts>): void;
  /** Procurios asked for a pause of that many milliseconds. */
  waits(stream: Stream, ms: number): void;
  streamEnds(stream: Stream, receipt: Receipt): void;
}
