import type { Page, Position } from '../../core/pull/page.ts';
import type { Stream } from '../../core/pull/stream.ts';
import type { Client } from '../http/client.ts';
import { addressOf } from './page-addresses.ts';
import { presumedAfter, readPage } from './paging.ts';
import { createPrefetch } from './prefetch.ts';

/**
 * Yields a stream's pages in order, from a position to the end that its paging kind defines, or to a `broken` page.
 *
 * The next pages are prefetched while the consumer handles a page. If the consumer stops or the signal aborts, the requests
 * in flight are aborted. The consumer must detect links that lead in a circle.
 *
 * @param from - Undefined for the first page.
 * @throws {SyncError} As {@link Client.getJson}, `LIST_AMBIGUOUS`, `RESPONSE_INVALID`. The pages before the failing one
 * were yielded.
 * @throws The signal's reason, if it aborts.
 */
export async function* listPages(
  client: Client,
  stream: Stream,
  from: Position | undefined,
  signal?: AbortSignal,
): AsyncGenerator<Page, void, undefined> {
  const about = (page: number) => `stream ${stream.name}, page ${page}`;
  const { mediaType } = stream;
  const prefetch = createPrefetch(
    (path, page, abort) => client.getJson({ path, mediaType, about: about(page), signal: abort }),
    signal,
  );
  let position: Position | undefined = from ?? { page: 1 };
  let pagesRead = 0;
  try {
    while (position !== undefined) {
      const answer = await prefetch.take(addressOf(stream, position), position.page);
      const page = readPage(stream, position, answer, client.origin, about(position.page));
      pagesRead += 1;
      const following = presumedAfter(stream, position, page, pagesRead);
      prefetch.expect(following, page.number + 1);
      yield page;
      position = page.next;
    }
  } finally {
    prefetch.close();
  }
}
