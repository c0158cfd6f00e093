import { describe, expect, test } from '@jest/globals';
import type { Paging } from '../../../../lambda/core/pull/stream.ts';
import { listPages } from '../../../../lambda/procurios/listing/listing.ts';
import type { TokenSource } from '../../../../lambda/procurios/token/client-token.ts';
import { answerJson, startHttpServer } from '../../../support/http-server.ts';
import { streamOf } from '../../../support/streams.ts';
import { LAST_PAGE, startThreadListing } from '../../../support/thread-listing.ts';
import { clientFor } from '../http/setup.ts';

const AFTER: Paging = { kind: 'after', field: 'id' };

/** The page whose request must have left when the consumer gets a page. */
type FurthestWith = (page: number) => number;
const next: FurthestWith = (page) => page + 1;

describe('listPages: the next request', () => {
  test.each<[string, Paging, FurthestWith]>([
    ['after', AFTER, next],
    ['linkedPages', { kind: 'linkedPages' }, next],
    ['numberedPages, one ahead', { kind: 'numberedPages', ahead: 1 }, next],
    [
      'numberedPages, eight ahead',
      { kind: 'numberedPages', ahead: 8 },
      (page) => page + Math.min(8, 2 ** (page - 1)),
    ],
    ['hal', { kind: 'hal' }, (page) => page + 8],
  ])(
    'the consumer gets a page after the requests behind it have left, so they arrive while it keeps the thread busy: %s',
    async (_name, paging, furthestWith) => {
      await using listing = await startThreadListing(paging.kind === 'hal' ? 'hal' : 'plain');
      // Without a limit, because a request that waits for its turn is not waited for.
      const client = clientFor(listing.origin, { requestsPerSecond: Number.POSITIVE_INFINITY });
      const arrived: boolean[] = [];

      for await (const page of listPages(client, streamOf({ paging, objects: '/things' }), undefined)) {
        const furthest = Math.min(furthestWith(page.number), LAST_PAGE);
        if (page.number < LAST_PAGE) arrived.push(listing.hasArrived(furthest));
        if (arrived.includes(false)) break;
      }

      expect(arrived).toEqual(new Array(LAST_PAGE - 1).fill(true));
    },
  );

  test('the consumer gets a page although the next request waits for the rate limiter', async () => {
    await using server = await startHttpServer((_request, response) => answerJson(response, [{ id: 1 }]));
    const aborting = new AbortController();
    const client = clientFor(server.origin, { requestsPerSecond: 1 / 3600 });

    const listing = listPages(client, streamOf({ paging: AFTER }), undefined, aborting.signal);

    expect(await listing.next()).toMatchObject({ value: { number: 1 } });
    expect(server.requests).toHaveLength(1);
    aborting.abort();
    await listing.return();
  });

  test('the consumer gets a page although the next request waits for a token', async () => {
    await using server = await startHttpServer((_request, response) => answerJson(response, [{ id: 1 }]));
    const never = Promise.withResolvers<string>();
    const token: TokenSource = {
      get: async () => (server.requests.length === 0 ? 'token-1' : never.promise),
      drop() {},
    };

    const listing = listPages(clientFor(server.origin, { token }), streamOf({ paging: AFTER }), undefined);

    expect(await listing.next()).toMatchObject({ value: { number: 1 } });
    expect(server.requests).toHaveLength(1);
    never.reject(new Error('the test has ended'));
    await listing.return();
  });

  test('the consumer gets a page although the next request could not be sent and waits for its retry', async () => {
    const server = await startHttpServer((_request, response) => {
      answerJson(response, [{ id: 1 }], 200, { connection: 'close' });
    });
    const client = clientFor(server.origin, {
      token: {
        // Called before each request, so the host is gone before the second one.
        get: async () => {
          if (server.requests.length > 0) await server[Symbol.asyncDispose]();
          return 'token-1';
        },
        drop() {},
      },
      limits: { backoffMs: 60_000, totalMs: 300_000 },
    });
    const aborting = new AbortController();

    const listing = listPages(client, streamOf({ paging: AFTER }), undefined, aborting.signal);

    expect(await listing.next()).toMatchObject({ value: { number: 1 } });
    aborting.abort();
    await listing.return();
  });
});
