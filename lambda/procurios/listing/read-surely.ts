import { setTimeout } from 'node:timers/promises';
import { SyncError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { Page, Position } from '../../core/pull/page.ts';
import type { Stream } from '../../core/pull/stream.ts';
import type { Client } from '../http/client.ts';
import { beyond, furtherOn } from './ahead.ts';
import { isAboveTop } from './descent.ts';
import { readPage } from './paging.ts';
import type { Prefetch } from './prefetch.ts';
import { isRefusal, type Outcome, settle, suspicionOf } from './second-look.ts';

/** What a listing's pages are read with. */
export interface PageReader {
  readonly client: Client;
  readonly stream: Stream;
  readonly prefetch: Prefetch;
  readonly signal: AbortSignal | undefined;
}

/**
 * Reads the page at a position. If it may be the listing's end, or may be wrong, it is read again after a pause, and the pages
 * beyond it are looked at.
 *
 * @throws {SyncError} As {@link Client.getJson}, `LIST_AMBIGUOUS`, `RESPONSE_INVALID`.
 * @throws The signal's reason, if it aborts.
 */
export async function readSurely(reader: PageReader, position: Position): Promise<Page> {
  const { client, stream, prefetch, signal } = reader;
  const first = await outcomeOf(reader, position, prefetch.take(position));
  const suspicion = suspicionOf(stream, position, first);
  if (suspicion === undefined) return pageOf(first);

  const others = await lookAt(reader, beyond(stream, position));
  // A failure was retried already.
  if (suspicion === 'failed') return settle(stream, position, first, others);
  await pause(client.limits.secondLookMs, signal);
  const second = await outcomeOf(reader, position, prefetch.take(position));
  const page = settle(stream, position, second, others);
  // A reading down reads page 1 again at its end.
  const endsHere = page.next === undefined && position.down === undefined;
  if (second instanceof SyncError && endsHere) await readBefore(reader, position);
  return page;
}

/**
 * Reads the page before a refused one again. The listing ends there only if that page is not refused by now as well.
 *
 * @throws {SyncError} The failure of that page.
 */
async function readBefore(reader: PageReader, position: Position): Promise<void> {
  const before = furtherOn(reader.stream, position, -1);
  if (before !== undefined) pageOf(await outcomeOf(reader, before, reader.prefetch.take(before)));
}

/** The pages at positions, which stay in flight for a later reading. */
export async function lookAt(reader: PageReader, positions: readonly Position[]): Promise<Outcome[]> {
  return await Promise.all(positions.map((each) => outcomeOf(reader, each, reader.prefetch.peek(each))));
}

/** @throws What is no {@link SyncError}, such as the signal's reason. */
async function outcomeOf(
  { client, stream }: PageReader,
  position: Position,
  answer: Promise<Json>,
): Promise<Outcome> {
  try {
    const about = aboutPage(stream, position);
    return readPage({ stream, position, answer: await answer, origin: client.origin, about });
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    // Not read again as a page that may be the end, because a list may have shrunk by many pages.
    const isBehindEnd = isAboveTop(position) && isRefusal(stream, position, error);
    return isBehindEnd ? { number: position.page, objects: [], next: undefined } : error;
  }
}

export function pageOf(outcome: Outcome): Page {
  if (outcome instanceof SyncError) throw outcome;
  return outcome;
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw error;
  });
}

/** A page, for messages: `stream members, page 3`. */
export function aboutPage({ name }: Stream, { page }: Position): string {
  return `stream ${name}, page ${page}`;
}
