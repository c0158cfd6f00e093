import { type ByteBudget, createByteBudget } from '../../core/pull/byte-budget.ts';
import type { Pages, Position } from '../../core/pull/page.ts';
import type { Stream } from '../../core/pull/stream.ts';
import type { Client } from '../http/client.ts';
import { aheadAtFirst, presumedAfter } from './ahead.ts';
import { addressOf } from './page-addresses.ts';
import { createPrefetch } from './prefetch.ts';
import { readDown } from './read-down.ts';
import { aboutPage, readSurely } from './read-surely.ts';

/** An answer that is older than this came from a cache that did not ask Procurios. 300 seconds. */
const OLDEST_ANSWER_SECONDS = 300;

/**
 * Yields a stream's pages in order, from a position to the end that its paging kind defines, or to a `broken` page. The position
 * also says whether pages are read upwards or down.
 *
 * The next pages are prefetched while the consumer handles a page. It gets the page once their requests have left. After a page that
 * repeated keys of the walk, pages that were requested before it came are requested again, one after the other at first. So is the
 * page itself if the consumer asks for that. If the consumer stops or the signal aborts, the requests in flight are aborted. The
 * consumer must detect links that lead in a circle.
 *
 * @param from - Undefined for the first page.
 * @param budget - Limits the pages in flight. @default - One of its own.
 * @throws {SyncError} As {@link Client.getJson}, `LIST_AMBIGUOUS`, `RESPONSE_INVALID`. The pages before the failing one
 * were yielded.
 * @throws The signal's reason, if it aborts.
 */
export async function* listPages(
  client: Client,
  stream: Stream,
  from: Position | undefined,
  signal?: AbortSignal,
  budget: ByteBudget = createByteBudget(),
): Pages {
  const { mediaType } = stream;
  let oldestSeconds = 0;
  const prefetch = createPrefetch({
    addressOf: (position) => addressOf(stream, position),
    request: (position, options) =>
      client.getJson({
        path: addressOf(stream, position),
        mediaType,
        about: aboutPage(stream, position),
        onAge: (seconds) => {
          oldestSeconds = Math.max(oldestSeconds, seconds);
        },
        ...options,
      }),
    signal,
    budget,
  });
  const reader = { client, stream, prefetch, signal };
  let position: Position | undefined = from ?? { page: 1 };
  let ahead = aheadAtFirst(stream, position);
  try {
    while (position !== undefined) {
      const isAhead = prefetch.isEarlier(position);
      const page = await (position.down === undefined ? readSurely : readDown)(reader, position);
      await prefetch.expect(presumedAfter(stream, page, ahead));
      const isCached = oldestSeconds > OLDEST_ANSWER_SECONDS;
      const after = yield { ...page, ...(isAhead && { isAhead }), ...(isCached && { isCached }) };
      ahead = after === undefined ? 2 * ahead : 1;
      if (after === 'moved') prefetch.dropEarlier();
      if (after === 'stale') await prefetch.expect([position]);
      else position = page.next;
    }
  } finally {
    prefetch.close();
  }
}
