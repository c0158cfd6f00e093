import { SyncError } from '../errors.ts';
import type { Page, Position } from './page.ts';
import type { Counts } from './receipt.ts';
import type { Reject } from './reject.ts';
import type { Stream } from './stream.ts';
import { createStoring, type TablePort } from './table-writer.ts';
import { type Standing, standingAfter, takeIn } from './take-page.ts';
import type { Walk } from './walk.ts';

/** Everything outside a slice. */
export interface SlicePorts {
  /** The stream's pages from there on, in order. */
  listPages(from: Position | undefined, signal: AbortSignal): AsyncGenerator<Page, void, undefined>;
  readonly table: TablePort;
  /** HTTP requests sent to Procurios so far, by anyone. */
  requestsSent(): number;
  /** False once the slice should end and leave the rest to the next one. */
  mayGoOn(): boolean;
  /** Aborts when the pull is to stop: the slice then ends after the page it is at. */
  readonly signal: AbortSignal;
  /** Told after each page that was taken in, with the walk's counts. */
  onPage(page: Page, counts: Readonly<Counts>): void;
}

/** How a slice ended. What was read before is stored in every case. */
export type SliceEnd =
  | Standing
  | { readonly kind: 'interrupted' }
  /** The API or the network gave out; the walk may be gone on with later, from where it is. */
  | { readonly kind: 'failed'; readonly error: SyncError };

/** What a slice leaves to be saved with the walk. */
export interface SliceResult {
  readonly end: SliceEnd;
  readonly rejects: readonly Reject[];
}

/** A slice ends with so many new keys, also where time is left: they are kept in memory until then, and saved at once. */
const MOST_KEYS_PER_SLICE = 120_000;

/**
 * Reads pages from the walk's position on and stores what changed, until the listing ends, time is up or something
 * gives out. The walk is then to be saved: its position is behind the last page of which everything is stored.
 *
 * @throws {SyncError} `STORE_*`, or `RUN_ACTIVE` when the lease was lost. The walk in memory is then ahead of what is
 * stored: it must be thrown away, and the saved one read again.
 */
export async function pullSlice(stream: Stream, walk: Walk, ports: SlicePorts): Promise<SliceResult> {
  const rejects: Reject[] = [];
  const storing = createStoring(ports.table, walk.counts, (reject) => rejects.push(reject));
  const requestsBefore = ports.requestsSent();

  const takePage = async (page: Page): Promise<Standing> => {
    const intake = takeIn(page, stream, walk);
    const standing = standingAfter(page, stream, walk, intake);
    rejects.push(...intake.rejects);
    await storing.add(intake.fresh);
    await storing.addRepeated(intake.repeated);
    walk.position = page.next;
    ports.onPage(page, walk.counts);
    return standing;
  };

  const readPages = async (): Promise<SliceEnd> => {
    const pages = ports.listPages(walk.position, ports.signal);
    try {
      for (;;) {
        if (ports.signal.aborted) return { kind: 'interrupted' };
        const page = await nextPage(pages, ports.signal);
        if ('kind' in page) return page;
        const standing = await takePage(page);
        if (standing.kind !== 'more') return standing;
        if (!ports.mayGoOn() || walk.seen.freshCount >= MOST_KEYS_PER_SLICE) return standing;
      }
    } finally {
      await pages.return();
    }
  };

  try {
    const end = await readPages();
    await storing.drain();
    walk.slices += 1;
    return { end, rejects };
  } finally {
    walk.counts.requests += ports.requestsSent() - requestsBefore;
  }
}

/** The next page, or how the slice ends because there is none to be had. */
async function nextPage(
  pages: AsyncGenerator<Page, void, undefined>,
  signal: AbortSignal,
): Promise<Page | Extract<SliceEnd, { kind: 'interrupted' | 'failed' }>> {
  try {
    const next = await pages.next();
    if (!next.done) return next.value;
  } catch (error) {
    if (signal.aborted) return { kind: 'interrupted' };
    if (error instanceof SyncError) return { kind: 'failed', error };
    throw error;
  }
  throw new Error('a listing ended without telling its end');
}
