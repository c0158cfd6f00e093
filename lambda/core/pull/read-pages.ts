import { SyncError } from '../errors.ts';
import { type ByteBudget, createByteBudget } from './byte-budget.ts';
import type { Counts } from './counts.ts';
import { keyOf } from './key.ts';
import { type AfterPage, isSecondReading, type Page, type Pages, type Position } from './page.ts';
import { readTable } from './read-table.ts';
import type { ReadingEnd } from './reading-end.ts';
import type { Reject } from './reject.ts';
import type { Stream } from './stream.ts';
import { createTableWriter, type TablePort } from './table-writer.ts';
import { type Taking, takePage } from './take-page.ts';
import type { Walk } from './walk.ts';

/** What a slice reads from and writes to, with its limits. */
export interface ReadingPorts {
  /** The stream's pages in order, starting at a position; undefined is the first page. */
  listPages(from: Position | undefined, signal: AbortSignal, budget: ByteBudget): Pages;
  readonly table: TablePort;
  /** HTTP requests sent to Procurios so far, those of other slices included. */
  requestsSent(): number;
  /** Whether the slice may take another page. */
  hasTime(): boolean;
  /** Aborts when the pull must stop: the slice then ends after the page that it is storing. */
  readonly signal: AbortSignal;
  /** Called after each page that was taken in, with the walk's counts. */
  onPage(page: Page, counts: Readonly<Counts>): void;
}

/** A slice ends at this many new keys, also with time left, because they are held in memory and saved together. */
const MOST_KEYS_PER_SLICE = 120_000;

/** A slice also ends at this many rejects. They are held in memory, and each takes a write of one partition when they are saved. */
const MOST_REJECTS_PER_SLICE = 20_000;
/** Rejects of a slice beyond these are counted only, so that one page of a million values that are no objects cannot stop the pull. */
const MOST_REJECTS_KEPT = 2 * MOST_REJECTS_PER_SLICE;

/**
 * Reads pages from the walk's position on and stores what changed, until the listing ends, the time is up or something
 * fails. All that was read is stored when it returns, so the walk can be saved.
 *
 * @throws {SyncError} `STORE_*`, or `RUN_ACTIVE` if the lease was lost. The walk in memory is then ahead of what is
 * stored, so the caller must discard it and load the saved one.
 */
export async function readPages(
  stream: Stream,
  walk: Walk,
  ports: ReadingPorts,
): Promise<{ readonly end: ReadingEnd; readonly rejects: readonly Reject[] }> {
  const rejects: Reject[] = [];
  const onReject = (reject: Reject): void => {
    if (rejects.length < MOST_REJECTS_KEPT) rejects.push(reject);
  };
  const budget = createByteBudget();
  const writer = createTableWriter(ports.table, walk, budget, onReject);
  const requestsBefore = ports.requestsSent();
  try {
    const isFull = () =>
      walk.table.newlySeenCount >= MOST_KEYS_PER_SLICE || rejects.length >= MOST_REJECTS_PER_SLICE;
    const end = await takePages({ stream, walk, writer, budget, onReject, isFull }, ports);
    await writer.drain();
    walk.slices += 1;
    return { end, rejects };
  } finally {
    walk.counts.requests += ports.requestsSent() - requestsBefore;
  }
}

/** Where a slice puts what its pages hold. */
interface SliceTaking extends Taking {
  readonly budget: ByteBudget;
  /** Whether the slice must be saved before it takes another page. */
  isFull(): boolean;
}

async function takePages(taking: SliceTaking, ports: ReadingPorts): Promise<ReadingEnd> {
  const { stream, walk, writer, budget, isFull } = taking;
  const pages = ports.listPages(walk.position, ports.signal, budget);
  const ended = new AbortController();
  // The scan runs beside the request for the first page. No page is taken in before it has ended.
  const reading = readTable(walk, ports.table, AbortSignal.any([ports.signal, ended.signal]));
  reading.catch(() => {}); // thrown where it is awaited, unless the slice ends before
  let after: AfterPage | undefined;
  let before: readonly string[] = [];
  try {
    for (;;) {
      if (ports.signal.aborted) return { kind: 'interrupted' };
      const page = await nextPage(pages, after, ports.signal);
      if ('kind' in page) return page;
      if (!(await isDone(reading, ports.signal))) return { kind: 'interrupted' };
      if (isStale(page, stream, walk)) {
        after = 'stale';
        continue;
      }
      const { standing, ids, hasRepeated } = await takePage(page, before, taking);
      before = ids;
      after = hasRepeated ? 'moved' : undefined;
      ports.onPage(page, walk.counts);
      if (standing.kind !== 'more') return standing;
      if (!ports.hasTime() || isFull()) return standing;
      if (!budget.fits(budget.pageBytes)) await writer.drain();
    }
  } finally {
    ended.abort();
    await pages.return();
  }
}

/** Waits for an action. @returns False if the signal interrupted it. */
async function isDone(action: Promise<void>, signal: AbortSignal): Promise<boolean> {
  try {
    await action;
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

/**
 * Whether the page was requested before the page before it came, and the list moved in between. Its object next to that page was then
 * on that page too: its first one, or reading down its last one. An object that should be here may have moved to a page that was
 * read, so the page is read again in order.
 */
function isStale(page: Page, stream: Stream, walk: Walk): boolean {
  const { position } = walk;
  // All of page 1 was seen at its first reading. If page 2 shows some of it, it repeats keys, and page 1 is requested again anyway.
  if (page.isAhead !== true || isSecondReading(position)) return false;
  const object = page.objects.at(position?.down?.leg === 'down' ? -1 : 0);
  const key = object === undefined ? undefined : keyOf(object, stream.key);
  return key !== undefined && 'id' in key && walk.table.hasSeen(key.id);
}

/** The next page, or the end of the reading if it cannot be fetched. */
async function nextPage(
  pages: Pages,
  after: AfterPage | undefined,
  signal: AbortSignal,
): Promise<Page | Extract<ReadingEnd, { kind: 'interrupted' | 'failed' }>> {
  try {
    const next = await pages.next(after);
    if (!next.done) return next.value;
  } catch (error) {
    if (signal.aborted) return { kind: 'interrupted' };
    if (error instanceof SyncError) return { kind: 'failed', error };
    throw error;
  }
  throw new Error('a listing ended after a page that has a next one');
}
