import type { Page, Position } from '../../core/pull/page.ts';
import type { Stream } from '../../core/pull/stream.ts';
import type { Client } from '../http/client.ts';
import { addressOf } from './page-addresses.ts';
import { presumedAfter, readPage } from './paging.ts';
import { createLookAhead } from './prefetch.ts';

/**
 * Yields a stream's pages in order, from a position on, until the end that its paging kind defines or a `broken` page.
 *
 * While a page is in the consumer's hands, the next ones are on their way. What is on its way when the consumer
 * stops, or when the signal aborts, is aborted. That links do not lead in a circle is for the consumer to see.
 *
 * @param from - Undefined: from the first page.
 * @throws {SyncError} What {@link Client.getJson} throws, `LIST_AMBIGUOUS`, `RESPONSE_INVALID`; the pages before the
 * failing one have been yielded then.
 * @throws The signal's reason, when it aborts.
 */
export async function* listPages(
  client: Client,
  stream: Stream,
  from: Position | undefined,
  signal?: AbortSignal,
): AsyncGenerator<Page, void, undefined> {
  const about = (page: number) => `stream ${stream.name}, page ${page}`;
  const { mediaType } = stream;
  const ahead = createLookAhead(
    (path, page, abort) => client.getJson({ path, mediaType, about: about(page), signal: abort }),
    signal,
  );
  let position: Position | undefined = from ?? { page: 1 };
  let pagesRead = 0;
  try {
    while (position !== undefined) {
      const answer = await ahead.take(addressOf(stream, position), position.page);
      const page = readPage(stream, position, answer, client.origin, about(position.page));
      pagesRead += 1;
      const following = presumedAfter(stream, position, page, pagesRead);
      ahead.expect(following, page.number + 1);
      yield page;
      position = page.next;
    }
  } finally {
    ahead.close();
  }
}
