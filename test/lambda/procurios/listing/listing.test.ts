import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../../../lambda/core/json.ts';
import { createByteBudget } from '../../../../lambda/core/pull/byte-budget.ts';
import type { Paging } from '../../../../lambda/core/pull/stream.ts';
import { listPages } from '../../../../lambda/procurios/listing/listing.ts';
import { answerJson, type Handler, type HttpServer, startHttpServer } from '../../../support/http-server.ts';
import { streamOf } from '../../../support/streams.ts';
import { clientFor, failureOf, readAll, until } from '../http/setup.ts';

const PATH = '/l/things_api/thing';

/** Answers by the `page` parameter, 1 where there is none. */
function pages(answerOf: (page: number, origin: string) => unknown): Handler {
  return ({ path, headers }, response) => {
    const page = Number(new URL(path, 'http://host').searchParams.get('page') ?? 1);
    const answer = answerOf(page, `http://${headers.host}`);
    if (typeof answer === 'number') return answerJson(response, {}, answer);
    answerJson(response, answer);
  };
}

/** A page of a HAL listing with one object. */
function halPage(page: number, last: number, prefix = PATH) {
  const link = (number: number) => ({ href: `${prefix}?page=${number}` });
  const next = page < last ? { next: link(page + 1) } : {};
  return { _links: { self: link(page), first: link(1), ...next, last: link(last) }, things: [{ id: page }] };
}

function read(server: HttpServer, paging: Paging, overrides: Parameters<typeof streamOf>[0] = {}) {
  return listPages(clientFor(server.origin), streamOf({ paging, ...overrides }), undefined);
}

const idsOf = (read: readonly { objects: readonly Json[] }[]) =>
  read.flatMap(({ objects }) => objects.map((object) => (object as { id: Json }).id));
const oneTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe('listPages: hal', () => {
  const hal: Paging = { kind: 'hal' };

  test('a HAL listing is read to the page without a next link, each page once', async () => {
    await using server = await startHttpServer(pages((page) => halPage(page, 20)));

    const { pages: read20 } = await readAll(read(server, hal));

    expect(idsOf(read20)).toEqual(oneTo(20));
    expect(read20.map(({ number, last }) => [number, last])).toEqual(oneTo(20).map((page) => [page, 20]));
    expect(read20[0]?.next).toEqual({ page: 2, link: `${PATH}?page=2`, list: '/things', last: 20 });
    expect(read20.at(-1)).toEqual({
      number: 20,
      objects: [{ id: 20 }],
      next: undefined,
      last: 20,
      isAhead: true,
    });
    expect(server.requests).toHaveLength(20);
  });

  test('a HAL listing has up to 8 pages in flight once the number of pages is known', async () => {
    let inFlight = 0;
    let most = 0;
    const eight = Promise.withResolvers<void>();
    await using server = await startHttpServer(async ({ path }, response) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      if (inFlight === 8) eight.resolve();
      // No page behind the first is answered before eight of them are in flight.
      if (path.includes('page=')) await eight.promise;
      await new Promise((resolve) => setTimeout(resolve, 10));
      inFlight -= 1;
      await pages((page) => halPage(page, 30))({ path, headers: {} } as Parameters<Handler>[0], response);
    });

    const { pages: read30 } = await readAll(read(server, hal));

    expect(idsOf(read30)).toEqual(oneTo(30));
    expect(most).toBe(8);
  });

  test('a HAL listing has only as many pages in flight as fit into the budget', async () => {
    let inFlight = 0;
    let most = 0;
    await using server = await startHttpServer(async ({ path }, response) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inFlight -= 1;
      const large = (page: number) => ({ ...halPage(page, 12), filling: 'x'.repeat(10_000) });
      await pages(large)({ path, headers: {} } as Parameters<Handler>[0], response);
    });
    const budget = createByteBudget(45_000);
    const things = streamOf({ paging: hal });

    const { pages: read12 } = await readAll(
      listPages(clientFor(server.origin), things, undefined, undefined, budget),
    );

    expect(idsOf(read12)).toEqual(oneTo(12));
    // The page that was taken last counts too.
    expect(most).toBeLessThanOrEqual(4);
    expect(budget.fits(45_000)).toBe(true);
  });

  test('a page of many small values counts in the budget with its values, not only with its text', async () => {
    let inFlight = 0;
    let most = 0;
    await using server = await startHttpServer(async ({ path }, response) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inFlight -= 1;
      const wide = (page: number) => ({ ...halPage(page, 12), filling: new Array(5_000).fill(0) });
      await pages(wide)({ path, headers: {} } as Parameters<Handler>[0], response);
    });
    const budget = createByteBudget(400_000);
    const things = streamOf({ paging: hal });

    const { pages: read12 } = await readAll(
      listPages(clientFor(server.origin), things, undefined, undefined, budget),
    );

    expect(idsOf(read12)).toEqual(oneTo(12));
    // 10 KB of text each, of which all eight would fit, and 80 KB for the values.
    expect(most).toBeLessThanOrEqual(4);
    expect(budget.fits(400_000)).toBe(true);
  });

  test('a HAL listing whose pages are larger than the budget is read to its end', async () => {
    await using server = await startHttpServer(pages((page) => halPage(page, 5)));
    const budget = createByteBudget(1);
    const things = streamOf({ paging: hal });

    const { pages: read5 } = await readAll(
      listPages(clientFor(server.origin), things, undefined, undefined, budget),
    );

    expect(idsOf(read5)).toEqual(oneTo(5));
    expect(budget.fits(1)).toBe(true);
  });

  test('a HAL listing sends the query with the first request, and then follows the links exactly', async () => {
    const link = (page: number) => ({ href: `${PATH}?since=2025-01-01T00:00:00&ids[]=1&page=${page}&x=%2f` });
    await using server = await startHttpServer(
      pages((page) => ({
        things: [{ id: page }],
        _links: { last: link(4), ...(page < 4 ? { next: link(page + 1) } : {}) },
      })),
    );

    await readAll(read(server, hal, { query: { since: '2025-01-01' } }));

    const [first, ...others] = server.paths;
    expect(first).toBe(`${PATH}?since=2025-01-01`);
    expect(others.sort()).toEqual([2, 3, 4].map((page) => link(page).href));
  });

  test.each([
    ['absolute', (origin: string) => `${origin}${PATH}?page=2`],
    ['a query alone', () => '?page=2'],
    ['relative', () => 'thing?page=2'],
  ])('a HAL listing follows a next link that is %s', async (_name, linkFor) => {
    await using server = await startHttpServer(
      pages((page, origin) =>
        page === 1
          ? { things: [{ id: 1 }], _links: { next: { href: linkFor(origin) } } }
          : { things: [{ id: 2 }], _links: {} },
      ),
    );

    const { pages: both } = await readAll(read(server, hal));

    expect(idsOf(both)).toEqual([1, 2]);
    expect(both[0]?.next?.link).toBe(`${PATH}?page=2`);
  });

  test.each(['https://evil.example.com/l/x?page=2', '//evil.example.com/l/x?page=2'])(
    'a HAL listing sends nothing to another origin, after yielding the page with the link: %s',
    async (href) => {
      await using server = await startHttpServer(
        pages(() => ({ things: [{ id: 1 }], _links: { next: { href }, last: { href: '/x?page=9' } } })),
      );

      const { pages: first, failure } = await readAll(read(server, hal));

      expect(idsOf(first)).toEqual([1]);
      expect(failure).toMatchObject({ code: 'NOT_PROCURIOS' });
      expect(failure?.message).toMatch(
        /stream things, page 2: the link leads to https?:\/\/evil\.example\.com;/,
      );
      expect(server.requests).toHaveLength(1);
    },
  );

  test('a HAL listing is read on if pages are added during the walk', async () => {
    const last = (page: number) => (page < 4 ? 4 : 6);
    await using server = await startHttpServer(pages((page) => halPage(page, last(page))));

    const { pages: read6 } = await readAll(read(server, hal));

    expect(idsOf(read6)).toEqual(oneTo(6));
    expect(read6.map((page) => page.last)).toEqual([4, 4, 4, 6, 6, 6]);
  });

  test('a HAL listing that shrinks ends at its last page, and drops prefetched pages, failed ones too', async () => {
    await using server = await startHttpServer(
      pages((page) => (page > 3 ? 404 : halPage(page, page < 3 ? 9 : 3))),
    );

    const { pages: read3, failure } = await readAll(read(server, hal));

    expect(idsOf(read3)).toEqual([1, 2, 3]);
    expect(read3.at(-1)).toEqual({
      number: 3,
      objects: [{ id: 3 }],
      next: undefined,
      last: 3,
      isAhead: true,
    });
    expect(failure).toBeUndefined();
  });

  test.each<[string, (page: number) => unknown]>([
    [
      'names that page itself',
      (page) => ({ things: [{ id: page }], _links: { last: halPage(1, 9)._links.last } }),
    ],
    ['has no links, but earlier pages named that one', (page) => ({ things: [{ id: page }], _links: [] })],
  ])(
    'a HAL listing is broken at a page without a next link before the last one, if no page follows: it %s',
    async (_name, odd) => {
      await using server = await startHttpServer(
        pages((page) => (page > 3 ? 404 : page === 3 ? odd(page) : halPage(page, 9))),
      );

      const { pages: read3, failure } = await readAll(read(server, hal));

      expect(idsOf(read3)).toEqual([1, 2, 3]);
      expect(read3.at(-1)).toMatchObject({ next: undefined, broken: expect.stringContaining('page 9') });
      expect(failure).toBeUndefined();
    },
  );

  test('a HAL listing without any links is broken, because its end is unknown', async () => {
    await using server = await startHttpServer(pages(() => [{ id: 1 }]));

    const { pages: only } = await readAll(read(server, hal));

    expect(only).toMatchObject([
      { objects: [{ id: 1 }], next: undefined, broken: expect.stringContaining('_links') },
    ]);
  });

  test('a HAL listing follows the link if it is not the presumed page', async () => {
    await using server = await startHttpServer(({ path }, response) => {
      const page = Number(/page=(\d+)/.exec(path)?.[1] ?? 1);
      const link = (href: string) => ({ href: `${PATH}?${href}` });
      const next =
        page === 3 ? { next: link('cursor=abc&page=7') } : page < 8 ? { next: link(`page=${page + 1}`) } : {};
      const id = path.includes('cursor') ? 'through the link' : page;
      answerJson(response, { things: [{ id }], _links: { ...next, last: link('page=8') } });
    });

    const { pages: all } = await readAll(read(server, hal));

    expect(idsOf(all)).toEqual([1, 2, 3, 'through the link', 8]);
    expect(all.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
  });

  test('a HAL listing is prefetched in any order of the parameters', async () => {
    await using server = await startHttpServer(({ path }, response) => {
      const page = Number(/page=(\d+)/.exec(path)?.[1] ?? 1);
      const query = page % 2 === 0 ? `page=${page + 1}&b=x%20y` : `b=x+y&page=${page + 1}`;
      const next = page < 12 ? { next: { href: `${PATH}?${query}` } } : {};
      answerJson(response, { things: [{ id: page }], _links: { ...next, last: { href: '?page=12' } } });
    });

    const { pages: all } = await readAll(read(server, hal, { query: { b: 'x y' } }));

    expect(idsOf(all)).toEqual(oneTo(12));
    expect(server.requests).toHaveLength(12);
  });

  test('a HAL listing continues past an empty page with a next link', async () => {
    await using server = await startHttpServer(
      pages((page) => ({ ...halPage(page, 3), things: page === 2 ? [] : [{ id: page }] })),
    );

    const { pages: read3 } = await readAll(read(server, hal));

    expect(read3.map(({ objects }) => objects.length)).toEqual([1, 0, 1]);
    expect(server.paths.filter((path) => path.endsWith('page=2'))).toHaveLength(2);
  });

  test.each([undefined, null, '', false, [], {}, { href: null }, { href: '' }, { href: false }])(
    'a HAL listing ends at a page whose next link is %j',
    async (next) => {
      await using server = await startHttpServer(pages(() => ({ things: [{ id: 1 }], _links: { next } })));

      const { pages: only, failure } = await readAll(read(server, hal));

      expect(failure).toBeUndefined();
      expect(only).toEqual([{ number: 1, objects: [{ id: 1 }], next: undefined }]);
    },
  );

  test('a HAL listing refuses a link that is too long to be saved', async () => {
    const next = { href: `${PATH}?page=2&x=${'a'.repeat(500_000)}` };
    await using server = await startHttpServer(pages(() => ({ things: [{ id: 1 }], _links: { next } })));

    const { failure } = await readAll(read(server, hal));

    expect(failure).toMatchObject({
      code: 'RESPONSE_INVALID',
      message: expect.stringMatching(/_links\.next\.href has 500\d{3} characters; expected at most 8000$/),
    });
  });

  test.each([7, '/l/x?page=2', { href: 5 }, true])(
    'a HAL listing refuses a next link of another shape: %j',
    async (next) => {
      await using server = await startHttpServer(pages(() => ({ things: [], _links: { next } })));

      const { failure } = await readAll(read(server, hal));

      expect(failure).toMatchObject({
        code: 'RESPONSE_INVALID',
        message: expect.stringContaining('_links.next.href'),
      });
    },
  );

  test('a HAL listing continues from a position with the same list and prefetch', async () => {
    await using server = await startHttpServer(pages((page) => halPage(page, 12)));
    const from = { page: 5, link: `${PATH}?page=5`, list: '/things' };

    const { pages: rest } = await readAll(
      listPages(clientFor(server.origin), streamOf({ paging: hal }), from),
    );

    expect(idsOf(rest)).toEqual([5, 6, 7, 8, 9, 10, 11, 12]);
    expect(rest[0]).toMatchObject({ number: 5, next: { page: 6, link: `${PATH}?page=6`, list: '/things' } });
    expect(server.requests).toHaveLength(8);
  });
});

describe('listPages: linkedPages', () => {
  const linked: Paging = { kind: 'linkedPages', amount: 500 };

  test.each([null, '', undefined])(
    'a listing with plain links asks for the amount once and ends at a next link of %j',
    async (end) => {
      await using server = await startHttpServer(
        pages((page) => ({
          relations: [{ id: page }],
          _links: { prev: null, next: page < 3 ? `${PATH}?since=2025&amount=500&page=${page + 1}` : end },
        })),
      );

      const { pages: read3 } = await readAll(read(server, linked, { query: { since: '2025' } }));

      expect(idsOf(read3)).toEqual([1, 2, 3]);
      expect(server.paths).toEqual([
        `${PATH}?since=2025&amount=500`,
        `${PATH}?since=2025&amount=500&page=2`,
        `${PATH}?since=2025&amount=500&page=3`,
      ]);
    },
  );

  test('a listing with plain links refuses a next link that is an object', async () => {
    await using server = await startHttpServer(
      pages(() => ({ relations: [], _links: { next: { href: '/x' } } })),
    );

    const { failure } = await readAll(read(server, linked));

    expect(failure).toMatchObject({
      code: 'RESPONSE_INVALID',
      message: expect.stringContaining('_links.next '),
    });
  });
});

describe('listPages: numberedPages', () => {
  const numbered: Paging = { kind: 'numberedPages', ahead: 8 };

  test('a listing of numbered pages is read to the first empty page, with few requests beyond it', async () => {
    await using server = await startHttpServer(pages((page) => (page < 4 ? [{ id: page }] : [])));

    const { pages: read4 } = await readAll(read(server, numbered));

    expect(idsOf(read4)).toEqual([1, 2, 3]);
    expect(read4.map(({ next }) => next)).toEqual([
      { page: 2, list: '' },
      { page: 3, list: '' },
      { page: 4, list: '' },
      undefined,
    ]);
    expect(server.paths[0]).toBe(`${PATH}?page=1`);
    expect(server.requests.length).toBeLessThanOrEqual(8);
  });

  test('a listing of numbered pages has three pages in flight after the first one, which the look at an end requests anyway', async () => {
    const fourth = Promise.withResolvers<void>();
    await using server = await startHttpServer(async ({ path }, response) => {
      const page = Number(path.split('page=')[1]);
      if (page === 4) fourth.resolve();
      if (page === 2) await fourth.promise;
      answerJson(response, page === 1 ? [{ id: 1 }] : []);
    });

    const { pages: both } = await readAll(read(server, numbered));

    expect(idsOf(both)).toEqual([1]);
    expect(server.requests).toHaveLength(5);
  });

  test('a listing of numbered pages costs three requests beyond an empty list, and four beyond a single page', async () => {
    await using empty = await startHttpServer(pages(() => []));
    await using single = await startHttpServer(pages((page) => (page === 1 ? [{ id: 1 }] : [])));

    await readAll(read(empty, numbered));
    await readAll(read(single, numbered));

    expect(empty.paths.toSorted()).toEqual([1, 1, 2, 3].map((page) => `${PATH}?page=${page}`));
    expect(single.paths.toSorted()).toEqual([1, 2, 2, 3, 4].map((page) => `${PATH}?page=${page}`));
  });

  test.each([400, 404])(
    'a listing of numbered pages ends where pages are refused with %i',
    async (status) => {
      await using server = await startHttpServer(pages((page) => (page > 8 ? status : [{ id: page }])));

      const { pages: read9, failure } = await readAll(read(server, numbered));

      expect(idsOf(read9)).toEqual(oneTo(8));
      expect(read9.at(-1)).toEqual({ number: 9, objects: [], next: undefined, isAhead: true });
      expect(failure).toBeUndefined();
      // Page 8 is read again, because it is refused too if the whole listing is gone.
      expect(server.paths.filter((path) => path.endsWith('page=8'))).toHaveLength(2);
    },
  );

  test('a listing of numbered pages that is refused as a whole by now fails', async () => {
    let isGone = false;
    await using server = await startHttpServer(
      pages((page) => {
        if (page === 3) isGone = true;
        return isGone ? 404 : [{ id: page }];
      }),
    );

    const { pages: read2, failure } = await readAll(read(server, { kind: 'numberedPages', ahead: 1 }));

    expect(idsOf(read2)).toEqual([1, 2]);
    expect(failure?.message).toBe(`GET ${PATH} (stream things, page 2): answered 404; expected 200`);
  });

  test('a listing of numbered pages fails at its first page if that is refused', async () => {
    await using server = await startHttpServer(pages(() => 404));

    const { pages: none, failure } = await readAll(read(server, numbered));

    expect(none).toEqual([]);
    expect(failure?.message).toBe(`GET ${PATH} (stream things, page 1): answered 404; expected 200`);
    expect(server.requests).toHaveLength(1);
  });

  test('a listing of numbered pages yields the pages before the failed one if none beyond it has objects', async () => {
    await using server = await startHttpServer(
      pages((page) => (page < 6 ? [{ id: page }] : page === 6 ? 410 : [])),
    );

    const { pages: read5, failure } = await readAll(read(server, numbered));

    expect(idsOf(read5)).toEqual(oneTo(5));
    expect(failure?.message).toBe(`GET ${PATH} (stream things, page 6): answered 410; expected 200`);
  });

  test('a listing of numbered pages does not end at an empty page if one beyond it fails', async () => {
    await using server = await startHttpServer(
      pages((page) => (page < 6 ? [{ id: page }] : page === 7 ? 410 : [])),
    );

    const { pages: read5, failure } = await readAll(read(server, numbered));

    expect(idsOf(read5)).toEqual(oneTo(5));
    expect(failure?.message).toBe(`GET ${PATH} (stream things, page 7): answered 410; expected 200`);
  });

  test('a listing of numbered pages takes null in the place of the list for an empty page', async () => {
    await using server = await startHttpServer(
      pages((page) => (page < 3 ? { registrations: [{ id: page }] } : { registrations: null })),
    );

    const { pages: read3, failure } = await readAll(read(server, numbered));

    expect(failure).toBeUndefined();
    expect(idsOf(read3)).toEqual([1, 2]);
  });

  test('a listing of numbered pages may count from 0', async () => {
    await using server = await startHttpServer(pages((page) => (page < 3 ? [{ id: page }] : [])));

    const { pages: read4 } = await readAll(read(server, { ...numbered, first: 0 }));

    expect(idsOf(read4)).toEqual([0, 1, 2]);
    expect(read4.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    expect(server.paths[0]).toBe(`${PATH}?page=0`);
  });

  test('a listing of numbered pages finds its list on the first page with objects', async () => {
    await using server = await startHttpServer(
      pages((page) => ({ warnings: [], things: page === 2 ? [{ id: 2 }] : [] })),
    );

    const { pages: read3, failure } = await readAll(read(server, numbered));

    expect(failure).toBeUndefined();
    expect(idsOf(read3)).toEqual([2]);
  });

  test('a listing of numbered pages continues from a position', async () => {
    await using server = await startHttpServer(pages((page) => (page < 9 ? [{ id: page }] : [])));

    const from = { page: 7, list: '' };
    const { pages: rest } = await readAll(
      listPages(clientFor(server.origin), streamOf({ paging: numbered }), from),
    );

    expect(rest.map(({ number }) => number)).toEqual([7, 8, 9]);
    expect(server.paths[0]).toBe(`${PATH}?page=7`);
  });
});

describe('listPages: after', () => {
  const after: Paging = { kind: 'after', field: 'trackingId' };
  const idAfter = (path: string) => new URL(path, 'http://host').searchParams.get('after');

  test('a listing with a cursor continues after the last object until a page is empty, past a short page too', async () => {
    const answers: Record<string, unknown[]> = {
      '': [{ trackingId: 1 }, { trackingId: 2 }],
      2: [{ trackingId: 3 }],
      3: [{ trackingId: 4 }, { trackingId: 'a b&c' }],
      'a b&c': [],
    };
    await using server = await startHttpServer(({ path }, response) =>
      answerJson(response, { emails: answers[idAfter(path) ?? ''] }),
    );

    const { pages: read4 } = await readAll(read(server, after, { query: { x: 'y' } }));

    expect(read4.map(({ objects }) => objects.length)).toEqual([2, 1, 2, 0]);
    expect(read4.map(({ next }) => next)).toEqual([
      { page: 2, after: '2', list: '/emails' },
      { page: 3, after: '3', list: '/emails' },
      { page: 4, after: 'a b&c', list: '/emails' },
      undefined,
    ]);
    expect(server.paths[0]).toBe(`${PATH}?x=y`);
    // The empty page is asked for twice.
    expect(server.requests).toHaveLength(5);
  });

  test('a listing with a cursor keeps every digit of a cursor', async () => {
    await using server = await startHttpServer(({ path }, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(idAfter(path) === null ? '[{"trackingId": 9007199254740993}]' : '[]');
    });

    await readAll(read(server, after));

    expect(new Set(server.paths)).toEqual(new Set([PATH, `${PATH}?after=9007199254740993`]));
  });

  test.each([
    {},
    { trackingId: null },
    { trackingId: '' },
    { trackingId: 1.5 },
    { trackingId: {} },
    { trackingId: 'a'.repeat(500_000) },
    'text',
  ])('a listing with a cursor is broken where the last object gives no cursor: %#', async (object) => {
    await using server = await startHttpServer(pages(() => [{ trackingId: 1 }, object]));

    const { pages: only } = await readAll(read(server, after));

    expect(only).toMatchObject([{ next: undefined, broken: expect.stringContaining('trackingId') }]);
    expect(only[0]?.objects).toHaveLength(2);
  });

  test('a listing with a cursor is broken if the cursor does not change', async () => {
    await using server = await startHttpServer(pages(() => [{ trackingId: 5 }]));

    const { pages: both } = await readAll(read(server, after));

    expect(both).toHaveLength(2);
    expect(both[1]).toMatchObject({ next: undefined, broken: expect.stringContaining('same trackingId') });
  });
});

describe('listPages: onePage', () => {
  test('a listing on one page is read with one request, with the list at the configured pointer', async () => {
    await using server = await startHttpServer(pages(() => ({ a: [{ id: 1 }], b: { 'x/y': [{ id: 2 }] } })));

    const { pages: only } = await readAll(
      read(server, { kind: 'onePage' }, { objects: '/b/x~1y', query: { q: '1' } }),
    );

    expect(only).toEqual([{ number: 1, objects: [{ id: 2 }], next: undefined }]);
    expect(server.paths).toEqual([`${PATH}?q=1`]);
  });

  test('a listing on one page with several lists names the candidates', async () => {
    await using server = await startHttpServer(pages(() => ({ a: ['x'], b: ['y'] })));

    const { failure } = await readAll(read(server, { kind: 'onePage' }));

    expect(failure).toMatchObject({ code: 'LIST_AMBIGUOUS' });
    expect(failure?.message).toContain('stream things, page 1: the answer holds several lists: "/a", "/b"');
  });
});

describe('createPrefetch', () => {
  test.each<[string, Paging, number, unknown]>([
    ['hal', { kind: 'hal' }, 1, { things: [{ id: 1 }], _links: { next: { href: '?page=2' } } }],
    ['linkedPages', { kind: 'linkedPages' }, 1, { things: [{ id: 1 }], _links: { next: '?page=2' } }],
    ['numberedPages', { kind: 'numberedPages', ahead: 8 }, 3, [{ id: 1 }]],
    ['after', { kind: 'after', field: 'id' }, 1, [{ id: 1 }]],
  ])(
    'the prefetch asks for the next page while the consumer has this one: %s',
    async (_name, paging, ahead, answer) => {
      await using server = await startHttpServer(pages(() => answer));
      const listing = read(server, paging);

      await listing.next();
      await until(() => server.requests.length === 1 + ahead);

      expect(server.requests).toHaveLength(1 + ahead);
      await listing.return();
    },
  );

  test('the prefetch is aborted if a page leads elsewhere than presumed', async () => {
    await using server = await startHttpServer(({ path }, response) => {
      if (!path.includes('page=')) return answerJson(response, halPage(1, 20));
      if (!path.endsWith('page=2')) return;
      answerJson(response, { ...halPage(2, 20), _links: { next: { href: `${PATH}?page=elsewhere` } } });
    });
    const listing = read(server, { kind: 'hal' });

    await listing.next();
    await until(() => server.requests.length === 9);
    await listing.next();
    await until(() => server.abandoned === 7 && server.requests.length === 10);

    expect(server.paths.at(-1)).toBe(`${PATH}?page=elsewhere`);
    await listing.return();
  });

  test('the prefetch is aborted when the consumer stops, without a trace', async () => {
    await using server = await startHttpServer(({ path }, response) => {
      if (!path.includes('page=')) return answerJson(response, halPage(1, 20));
    });
    const listing = read(server, { kind: 'hal' });

    await listing.next();
    await until(() => server.requests.length === 9);
    await listing.return();
    await until(() => server.abandoned === 8);

    expect(await listing.next()).toEqual({ done: true, value: undefined });
    expect(server.requests).toHaveLength(9);
  });

  test('the prefetch is aborted with the signal, whose reason the consumer gets', async () => {
    await using server = await startHttpServer(({ path }, response) => {
      if (!path.includes('page=')) return answerJson(response, halPage(1, 20));
    });
    const controller = new AbortController();
    const listing = listPages(clientFor(server.origin), streamOf(), undefined, controller.signal);

    await listing.next();
    await until(() => server.requests.length === 9);
    const second = listing.next();
    controller.abort(new Error('Ctrl-C'));

    await expect(second).rejects.toThrow('Ctrl-C');
    await until(() => server.abandoned === 8);
  });

  test('the prefetch does not begin when the signal has aborted already', async () => {
    await using server = await startHttpServer(pages((page) => halPage(page, 2)));
    const signal = AbortSignal.abort(new Error('Ctrl-C'));

    const listing = listPages(clientFor(server.origin), streamOf(), undefined, signal);

    await expect(listing.next()).rejects.toThrow('Ctrl-C');
    expect(server.requests).toEqual([]);
  });

  test('the prefetch leaves no unhandled failure if its page is never taken', async () => {
    await using server = await startHttpServer(pages((page) => (page === 1 ? halPage(1, 9) : 404)));
    const listing = read(server, { kind: 'hal' });
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);

    await listing.next();
    await until(() => server.requests.length === 9);
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', note);
    const failure = await failureOf(listing.next());

    expect(unhandled).toEqual([]);
    expect(failure.message).toContain('page 2');
  });
});
