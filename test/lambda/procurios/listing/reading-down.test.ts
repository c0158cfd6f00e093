import { describe, expect, test } from '@jest/globals';
import type { Position } from '../../../../lambda/core/pull/page.ts';
import { readPages } from '../../../../lambda/core/pull/read-pages.ts';
import { type ReadingEnd, receiptAfter } from '../../../../lambda/core/pull/reading-end.ts';
import type { Receipt } from '../../../../lambda/core/pull/receipt.ts';
import { beginWalk, type Walk } from '../../../../lambda/core/pull/walk.ts';
import { listPages } from '../../../../lambda/procurios/listing/listing.ts';
import { Draws } from '../../../../local/simulator/data/draws.ts';
import { startHttpServer } from '../../../support/http-server.ts';
import { MemoryTable } from '../../../support/memory-ports.ts';
import { MovingList, PATH, type Thing, things } from '../../../support/moving-list.ts';
import { streamOf } from '../../../support/streams.ts';
import { clientFor } from '../http/setup.ts';

const KINDS = ['hal', 'numberedPages'] as const;

interface Options {
  /** Pages per slice. */
  readonly slicePages?: number;
  /** That of the last complete walk; by default that of the list as it is when the walk begins. */
  readonly lastPage?: number | undefined;
  /** Slices that may fail before the walk is given up. */
  readonly failures?: number;
}

interface Read {
  readonly walk: Walk;
  readonly end: ReadingEnd;
  readonly receipt: Receipt;
  readonly stored: readonly number[];
  /** The pages that the walk took, in order. */
  readonly taken: readonly number[];
  /** The positions at which slices began. */
  readonly resumedAt: readonly Position[];
}

/** Reads a list down into a table in memory, slice by slice. */
async function readDown(list: MovingList, options: Options = {}): Promise<Read> {
  const { slicePages = Number.POSITIVE_INFINITY, failures = 0 } = options;
  const lastPage = 'lastPage' in options ? options.lastPage : list.pages;
  await using server = await startHttpServer(list.handler);
  const client = clientFor(server.origin, { limits: { retries: 1 } });
  const stream = streamOf({ paging: list.paging });
  const table = new MemoryTable();
  const walk = beginWalk(
    stream,
    {
      walkId: 'w1',
      startedAt: '2026-11-24T03:00:00.000Z',
      direction: 'down',
      ...(lastPage !== undefined && { lastPage }),
    },
    {},
  );
  const taken: number[] = [];
  const resumedAt: Position[] = [];
  for (let failed = 0; ; ) {
    let pages = 0;
    // As the state table keeps it.
    if (walk.position !== undefined) walk.position = JSON.parse(JSON.stringify(walk.position)) as Position;
    const { end } = await readPages(stream, walk, {
      listPages: (from, signal, budget) => listPages(client, stream, from, signal, budget),
      table,
      requestsSent: () => client.requests,
      hasTime: () => pages < slicePages,
      signal: new AbortController().signal,
      onPage({ number }) {
        pages += 1;
        taken.push(number);
      },
    });
    if (end.kind === 'failed') failed += 1;
    if (end.kind === 'more' || (end.kind === 'failed' && failed <= failures)) {
      if (walk.position !== undefined) resumedAt.push(walk.position);
      continue;
    }
    const stored = [...table.items.keys()].map(Number).sort((a, b) => a - b);
    return { walk, end, receipt: receiptAfter(end, walk), stored, taken, resumedAt };
  }
}

const idsOf = (list: readonly Thing[]) => list.map(({ id }) => id);
const downFrom = (page: number) => Array.from({ length: page }, (_, index) => page - index);

/** The receipt of a walk that read to the end and missed something. */
const incomplete = (says: RegExp) => ({
  status: 'incomplete',
  error: { code: 'LISTING_INCOMPLETE', message: expect.stringMatching(says) },
});

describe('a list that stands still', () => {
  test('pages with links are read from page 1 to the last one, down to page 2 and page 1 again, each with one request', async () => {
    const list = new MovingList('hal', 20);

    const { walk, receipt, stored, taken } = await readDown(list);

    expect(taken).toEqual([1, ...downFrom(20)]);
    expect(list.asked).toHaveLength(21);
    expect(stored).toEqual(idsOf(list.things));
    expect(receipt).toMatchObject({
      status: 'complete',
      pages: 21,
      fetched: 210,
      written: 200,
      repeated: 10,
    });
    expect(walk).toMatchObject({ direction: 'down', lastPage: 20 });
    // Page 1's second reading says nothing about the list, and no page came from a cache.
    expect(walk).not.toHaveProperty('shownAgain');
    expect(walk).not.toHaveProperty('isCached');
    expect(walk).not.toHaveProperty('isOneWay');
  });

  test('a last page that is far beyond that of the last complete walk is not believed, so the list is read upwards', async () => {
    const list = new MovingList('hal', 20);

    const linkTo = (page: number) => ({ href: `${PATH}?page=${page}` });
    const wrong = { self: linkTo(1), next: linkTo(2), last: linkTo(5000) };
    list.onPage = (page) => (page === 1 ? list.page(1, { _links: wrong }) : undefined);

    const { walk, receipt, taken } = await readDown(list);

    expect(taken).toEqual(downFrom(20).toReversed());
    expect(walk).toMatchObject({ direction: 'up', isOneWay: true });
    expect(receipt).toMatchObject({ fetched: 200 });
  });

  test('numbered pages are read from the last known page up to three empty ones, then down', async () => {
    const list = new MovingList('numberedPages', 20);

    const { walk, receipt, stored, taken } = await readDown(list);

    expect(taken).toEqual([1, 20, 21, ...downFrom(19)]);
    // The three empty pages, the first of them twice.
    expect(list.asked.filter((page) => page > 20).toSorted()).toEqual([21, 21, 22, 23]);
    expect(list.asked).toHaveLength(25);
    expect(stored).toEqual(idsOf(list.things));
    expect(receipt).toMatchObject({ status: 'complete', fetched: 210, repeated: 10 });
    expect(walk).toMatchObject({ direction: 'down', lastPage: 20 });
  });

  test.each(KINDS)('as many pages are in flight as reading upwards: %s', async (kind) => {
    const list = new MovingList(kind, 30);
    const eight = Promise.withResolvers<void>();
    let inFlight = 0;
    list.onPage = async (page, request) => {
      // Behind them are the end and page 1.
      if (page === 1 || page > 28 || request > 1) return undefined;
      inFlight += 1;
      if (inFlight === 8) eight.resolve();
      await eight.promise;
      return undefined;
    };

    const { receipt } = await readDown(list);

    expect(receipt).toMatchObject({ status: 'complete', written: 300 });
  });

  test.each(KINDS)('a walk that is cut off after each page resumes in its place: %s', async (kind) => {
    const list = new MovingList(kind, 6);

    const whole = await readDown(list);
    const sliced = await readDown(list, { slicePages: 1 });

    expect(sliced.taken).toEqual(whole.taken);
    expect(sliced.resumedAt.map(({ page, down }) => [page, down?.leg])).toEqual([
      [6, 'end'],
      ...(kind === 'hal' ? [] : [[7, 'end']]),
      ...[5, 4, 3, 2, 1].map((page) => [page, 'down']),
    ]);
    expect(sliced.receipt).toMatchObject({ status: 'complete', written: 60, repeated: 10 });
    expect(sliced.walk).toMatchObject({ direction: 'down', lastPage: 6 });
    expect(sliced.stored).toEqual(whole.stored);
  });

  test('a list of one page with links is read down with one request, because one answer has all of it', async () => {
    const list = new MovingList('hal', 1);

    const { walk, receipt } = await readDown(list);

    expect(receipt).toMatchObject({ status: 'complete', fetched: 10 });
    expect(walk).toMatchObject({ direction: 'down', lastPage: 1 });
    expect(walk).not.toHaveProperty('isOneWay');
    expect(list.asked).toEqual([1]);
  });

  test('a list of one numbered page is read with page 1 twice', async () => {
    const { walk, receipt, taken } = await readDown(new MovingList('numberedPages', 1));

    expect(taken).toEqual([1, 2, 1]);
    expect(receipt).toMatchObject({ status: 'complete', written: 10, repeated: 10 });
    expect(walk).toMatchObject({ direction: 'down', lastPage: 1 });
  });
});

describe('a list that can only be read upwards', () => {
  test.each(KINDS)('an empty list: %s', async (kind) => {
    const { walk, receipt } = await readDown(new MovingList(kind, 0), { lastPage: 3 });

    expect(receipt).toMatchObject({ status: 'complete', fetched: 0 });
    expect(walk.direction).toBe('up');
    expect(walk).not.toHaveProperty('isOneWay');
    expect(walk).not.toHaveProperty('lastPage');
  });

  test('numbered pages of which no walk knows the last one', async () => {
    const { walk, taken } = await readDown(new MovingList('numberedPages', 3), { lastPage: undefined });

    expect(taken).toEqual([1, 2, 3, 4]);
    expect(walk).toMatchObject({ direction: 'up', lastPage: 3 });
    expect(walk).not.toHaveProperty('isOneWay');
  });

  test.each<[string, (page: number) => object]>([
    ['name no last page', (page) => ({ next: { href: `${PATH}?page=${page + 1}` } })],
    [
      'lead to pages without numbers',
      (page) => ({ next: { href: `${PATH}?after=x&page=${page + 1}` }, last: { href: `${PATH}?page=3` } }),
    ],
  ])('pages whose links %s', async (_what, linksOf) => {
    const list = new MovingList('hal', 3);
    list.onPage = (page) => list.page(page, page < 3 ? { _links: linksOf(page) } : {});

    const { walk, receipt, taken } = await readDown(list);

    expect(taken).toEqual([1, 2, 3]);
    expect(receipt.status).toBe('complete');
    expect(walk).toMatchObject({ direction: 'up', isOneWay: true, lastPage: 3 });
  });

  test('a page 1 that looks empty, before pages with objects', async () => {
    const list = new MovingList('numberedPages', 3);
    list.onPage = (page) => (page === 1 ? [] : undefined);

    const { walk, receipt, taken } = await readDown(list);

    expect(taken).toEqual([1, 2, 3, 4]);
    expect(receipt).toMatchObject(incomplete(/: page 1 was empty, also when it was read again$/));
    expect(walk.direction).toBe('up');
  });
});

describe('a list that grows while it is read', () => {
  test.each(KINDS)('pages that come behind the end are read before those below: %s', async (kind) => {
    const list = new MovingList(kind, 6);
    list.onPage = (page) => {
      if (page === 6) list.things = things(1, 75);
    };

    const { walk, receipt, stored, taken } = await readDown(list);

    expect(taken).toEqual([1, 6, 7, 8, ...(kind === 'hal' ? [] : [9]), 5, 4, 3, 2, 1]);
    expect(receipt).toMatchObject({ status: 'complete', repeated: 10 });
    expect(stored).toEqual(idsOf(things(1, 75)));
    expect(walk.lastPage).toBe(8);
  });

  test.each(KINDS)('an object that moves to page 1 is shown at the second reading: %s', async (kind) => {
    const list = new MovingList(kind, 6);
    list.onPage = (page, request) => {
      // Object 5 pages further on: none of the pages that are read later shows it but page 1.
      if (page !== 6 || request > 1) return;
      list.things = [{ id: 25 }, ...list.things.filter(({ id }) => id !== 25)];
    };

    const { receipt, stored } = await readDown(list);

    expect(stored).toEqual(idsOf(things(1, 60)));
    expect(receipt).toMatchObject({ status: 'complete' });
  });
});

describe('a list that shrinks while it is read', () => {
  const CASES = KINDS.flatMap((kind) =>
    [undefined, 404].map((status): [typeof kind, number | undefined] => [kind, status]),
  );

  test.each(CASES)('pages behind the new end are no holes: %s, answered with %j', async (kind, status) => {
    const list = new MovingList(kind, 20);
    list.statusBehindEnd = status;
    list.onPage = (page) => {
      if (page === 20) list.things = things(1, 34);
    };

    const { walk, receipt, stored, taken } = await readDown(list);

    expect(taken).toEqual([1, ...downFrom(20)]);
    expect(receipt).toMatchObject({ status: 'complete', repeated: 10 });
    expect(stored).toEqual(idsOf(things(1, 34)));
    expect(walk).toMatchObject({ direction: 'down', lastPage: 4 });
    // Besides one request a page: the end is asked for again, with two pages beyond it, and the page above the new end.
    const others = list.asked.length - taken.length;
    expect(others).toBeLessThanOrEqual(kind === 'hal' ? 1 : 4);
  });

  test.each(CASES)('a list that is emptied is complete: %s, answered with %j', async (kind, status) => {
    const list = new MovingList(kind, 20);
    list.statusBehindEnd = status;
    list.onPage = (page) => {
      if (page === 20) list.things = [];
    };

    const { walk, receipt, taken } = await readDown(list);

    expect(taken).toEqual([1, ...downFrom(20)]);
    expect(receipt).toMatchObject({ status: 'complete', fetched: 10, repeated: 0 });
    expect(walk).toMatchObject({ direction: 'down', lastPage: 1 });
  });

  test.each(KINDS)('objects that move down are shown on the pages below: %s', async (kind) => {
    const list = new MovingList(kind, 6);
    list.onPage = (page, request) => {
      if (page === 4 && request === 1) list.things = list.things.slice(8);
    };

    const { receipt, stored } = await readDown(list);

    expect(stored).toEqual(expect.arrayContaining(idsOf(things(9, 60))));
    expect(receipt.status).toBe('complete');
  });

  test.each(KINDS)('a resumed walk finds the end that moved in between: %s', async (kind) => {
    const list = new MovingList(kind, 6);
    list.onPage = (page) => {
      if (page === 6) list.things = things(1, 32);
    };

    const { walk, receipt, stored } = await readDown(list, { slicePages: 1 });

    expect(stored).toEqual(idsOf(things(1, 32)));
    expect(receipt.status).toBe('complete');
    expect(walk.lastPage).toBe(4);
  });
});

describe('a last page that is not where it is said to be', () => {
  test.each([4, 9])('pages with links that name page %i of 6 as the last one', async (last) => {
    const list = new MovingList('hal', 6);
    list.onPage = (page) => {
      const { _links } = list.page(page) as { _links: object };
      return page === 1
        ? list.page(page, { _links: { ..._links, last: { href: `${PATH}?page=${last}` } } })
        : undefined;
    };

    const { walk, receipt, stored, taken } = await readDown(list);

    expect(taken).toEqual([1, ...(last === 4 ? [4, 5, 6, 3, 2, 1] : downFrom(9))]);
    expect(stored).toEqual(idsOf(list.things));
    expect(receipt.status).toBe('complete');
    expect(walk).toMatchObject({ direction: 'down', lastPage: 6 });
  });

  test.each([1, 4, 9])('numbered pages of which the last walk read %i of 6', async (lastPage) => {
    const list = new MovingList('numberedPages', 6);

    const { walk, receipt, stored } = await readDown(list, { lastPage });

    expect(stored).toEqual(idsOf(list.things));
    expect(receipt).toMatchObject({ status: 'complete', repeated: 10 });
    expect(walk).toMatchObject({ direction: 'down', lastPage: 6 });
  });

  test('a full last page that links to an empty one is no contradiction', async () => {
    const list = new MovingList('hal', 6);
    const linkTo = (page: number) => ({ href: `${PATH}?page=${page}` });
    list.onPage = (page) =>
      list.page(page, {
        _links: { self: linkTo(page), ...(page < 7 && { next: linkTo(page + 1) }), last: linkTo(7) },
      });

    const { walk, receipt, stored } = await readDown(list);

    expect(stored).toEqual(idsOf(list.things));
    expect(receipt.status).toBe('complete');
    expect(walk.lastPage).toBe(6);
  });
});

describe('a page that is empty', () => {
  test.each(KINDS)('a page that is empty once is read again: %s', async (kind) => {
    const list = new MovingList(kind, 6);
    list.onPage = (page, request) => (page === 3 && request === 1 ? list.page(3, { things: [] }) : undefined);

    const { receipt, stored } = await readDown(list);

    expect(receipt).toMatchObject({ status: 'complete', repeated: 10 });
    expect(stored).toEqual(idsOf(list.things));
  });

  test.each(KINDS)('a hole below pages with objects is named: %s', async (kind) => {
    const list = new MovingList(kind, 6);
    list.onPage = (page) => (page === 3 ? list.page(3, { things: [] }) : undefined);

    const { receipt, stored } = await readDown(list);

    expect(receipt).toMatchObject(incomplete(/: page 3 was empty, also when it was read again$/));
    expect(stored).toHaveLength(50);
  });

  test('a refused page below pages with objects is a hole', async () => {
    const list = new MovingList('numberedPages', 6);
    list.onPage = (page) => (page === 3 ? 404 : undefined);

    const { receipt, stored } = await readDown(list);

    expect(receipt).toMatchObject(incomplete(/: page 3 was empty, also when it was read again$/));
    expect(stored).toHaveLength(50);
  });

  test.each(KINDS)(
    'pages that looked empty for a while are read after the first one below them: %s',
    async (kind) => {
      const list = new MovingList(kind, 6);
      let isBack = false;
      list.onPage = (page) => {
        if (page === 3) isBack = true;
        if (page <= 3 || isBack) return undefined;
        return kind === 'hal' ? { _links: {}, things: [] } : [];
      };

      // With one page in flight at a time, as after a page that repeated keys.
      const { walk, receipt, stored } = await readDown(list, { slicePages: 1 });

      expect(stored).toEqual(idsOf(list.things));
      expect(receipt).toMatchObject({ status: 'complete', repeated: 10 });
      expect(walk).toMatchObject({ direction: 'down', lastPage: 6 });
    },
  );

  test.each(KINDS)(
    'a list that looked empty up to the second reading of page 1 is read again: %s',
    async (kind) => {
      const list = new MovingList(kind, 20);
      let isBack = false;
      list.onPage = (page, request) => {
        if (page === 1 && request > 1) isBack = true;
        if (page === 1 || isBack) return undefined;
        return kind === 'hal' ? { _links: {}, things: [] } : [];
      };

      const { walk, receipt, stored } = await readDown(list, { slicePages: 1 });

      expect(stored).toEqual(idsOf(list.things));
      expect(receipt.status).toBe('complete');
      expect(walk.lastPage).toBe(20);
    },
  );

  test.each(KINDS)('a page 1 that is empty at its second reading is a hole: %s', async (kind) => {
    const list = new MovingList(kind, 6);
    list.onPage = (page, request) => (page === 1 && request > 1 ? list.page(1, { things: [] }) : undefined);

    const { receipt } = await readDown(list);

    expect(receipt).toMatchObject(incomplete(/: page 1 was empty, also when it was read again$/));
  });
});

describe('a page that fails', () => {
  test.each(KINDS.flatMap((kind) => [2, 4, 6].map((page): [number, typeof kind] => [page, kind])))(
    'page %i of 6, which always fails, is passed over and named: %s',
    async (failing, kind) => {
      const list = new MovingList(kind, 6);
      list.onPage = (page) => (page === failing ? 500 : undefined);

      const { walk, receipt, stored } = await readDown(list);

      expect(receipt).toMatchObject(
        incomplete(new RegExp(`: page ${failing} could not be read \\(answered 500\\)$`)),
      );
      expect(stored).toEqual(idsOf(list.things).filter((id) => Math.ceil(id / 10) !== failing));
      expect(walk.direction).toBe('down');
    },
  );

  test.each(KINDS)(
    'a walk keeps its position if the pages below fail as well, and continues there: %s',
    async (kind) => {
      const list = new MovingList(kind, 6);
      list.onPage = (page, request) => (page < 5 && request < 5 && list.asked.length > 1 ? 500 : undefined);

      const { receipt, stored, resumedAt, taken } = await readDown(list, { failures: 9 });

      expect(resumedAt[0]).toMatchObject({ page: 4, down: { leg: 'down', top: 6 } });
      expect(taken).toEqual([1, 6, ...(kind === 'hal' ? [] : [7]), 5, 4, 3, 2, 1]);
      expect(receipt).toMatchObject({ status: 'complete', repeated: 10 });
      expect(stored).toEqual(idsOf(list.things));
    },
  );

  test.each(KINDS)(
    'page 1 that fails at its second reading leaves the walk to be continued: %s',
    async (kind) => {
      const list = new MovingList(kind, 6);
      list.onPage = (page, request) => (page === 1 && request > 1 ? 500 : undefined);

      const { end, walk } = await readDown(list);

      expect(end).toMatchObject({ kind: 'failed', error: { code: 'UNAVAILABLE' } });
      expect(walk.position).toMatchObject({ page: 1, down: { leg: 'down', top: 6 } });
    },
  );

  test('a page that is another one than was requested is named', async () => {
    const list = new MovingList('hal', 6);
    list.onPage = (page) => list.page(page === 3 ? 1 : page);

    const { receipt, stored } = await readDown(list);

    expect(receipt).toMatchObject(
      incomplete(/: page 3 was answered with another page \(page 1 instead of 3\)$/),
    );
    expect(stored).toHaveLength(50);
  });

  test.each<[string, object, RegExp]>([
    ['no next link', { _links: [] }, /: page 3 has no next link, but is not the last page$/],
    [
      'no links at all',
      { _links: undefined },
      /: pages 6 and 3 have no next link, but none of them is the last page$/,
    ],
  ])('pages with %s are named, and those below are read', async (_what, changes, says) => {
    const list = new MovingList('hal', 6);
    list.onPage = (page) => (page === 3 || page === 6 ? list.page(page, changes) : undefined);

    const { receipt, stored } = await readDown(list);

    expect(receipt).toMatchObject(incomplete(says));
    expect(stored).toHaveLength(60);
  });

  test('a page that repeats what earlier ones showed makes the walk incomplete', async () => {
    const list = new MovingList('numberedPages', 6);
    list.onPage = (page) => (page === 3 ? list.page(5) : undefined);

    const { receipt } = await readDown(list);

    expect(receipt).toMatchObject(incomplete(/: page 3 repeated earlier objects only$/));
  });
});

describe('a list that moves while its pages are in flight', () => {
  const ALL = 300;

  /** Later requests are answered earlier. */
  const jumble = async (request: number) => {
    await new Promise((resolve) => setTimeout(resolve, (request % 8) * 2));
  };

  test.each(KINDS)(
    'no object is left out of a list from whose front others are removed: %s',
    async (kind) => {
      const list = new MovingList(kind, ALL / 10);
      list.onPage = async () => {
        const request = list.asked.length;
        if (request % 4 === 0) list.things = list.things.slice(1);
        const page = list.page(list.asked.at(-1) ?? 1);
        await jumble(request);
        return page;
      };

      const { walk, receipt, stored } = await readDown(list);

      expect(stored).toEqual(expect.arrayContaining(idsOf(list.things)));
      expect(receipt.status).toBe('complete');
      expect(list.asked.length).toBeLessThan(130);
      expect(walk.shownAgain).toBeGreaterThan(0);
    },
  );

  test.each(KINDS)(
    'no object that stays is left out where others are removed anywhere, in 20 histories: %s',
    async (kind) => {
      for (let seed = 1; seed <= 20; seed += 1) {
        const draws = new Draws(seed, 0, 0);
        const list = new MovingList(kind, draws.between(2, 20));
        list.onPage = async () => {
          const page = list.asked.at(-1) ?? 1;
          if (list.asked.length > 1 && draws.chance(20)) {
            list.things = list.things.toSpliced(draws.below(list.things.length), 1);
          }
          const answer = list.page(page);
          await jumble(draws.between(0, 7));
          return answer;
        };

        const { walk, receipt, stored } = await readDown(list, { slicePages: draws.between(1, 12) });

        expect({ seed, stored }).toEqual({ seed, stored: expect.arrayContaining(idsOf(list.things)) });
        expect({ seed, status: receipt.status }).toEqual({ seed, status: 'complete' });
        expect({ seed, direction: walk.direction }).toEqual({ seed, direction: 'down' });
      }
    },
  );

  /**
   * An object is added in front while eight pages are in flight: even ones are answered before that, odd ones after it, as is all
   * that is requested once a page was requested again.
   */
  test.each([
    ['hal', 30],
    ['numberedPages', 26],
  ] as const)(
    'an added object hides one other at most, in whatever order the pages in flight are answered: %s',
    async (kind, firstInFlight) => {
      const list = new MovingList(kind, ALL / 10);
      const before = list.things;
      let hasMoved = false;
      list.onPage = (page, request) => {
        const isBehindEnd = page > ALL / 10;
        hasMoved ||= request > 1 && !isBehindEnd;
        const isBefore =
          page > firstInFlight || page === 1 || (!hasMoved && page > firstInFlight - 8 && page % 2 === 0);
        list.things = isBefore && !hasMoved ? before : [{ id: ALL + 1 }, ...before];
        return undefined;
      };

      const { receipt, stored } = await readDown(list);

      expect(receipt.status).toBe('complete');
      const missing = idsOf(before).filter((id) => !stored.includes(id));
      expect(missing.length).toBeLessThanOrEqual(1);
    },
  );

  test.each(KINDS)('page 1 is not requested a third time if nothing moved: %s', async (kind) => {
    const list = new MovingList(kind, 6);

    await readDown(list);

    expect(list.asked.filter((page) => page === 1)).toHaveLength(2);
  });

  test.each(KINDS)(
    'page 1 is requested again if it was in flight while an object moved to page 2: %s',
    async (kind) => {
      const list = new MovingList(kind, 6);
      const before = list.things;
      list.onPage = (page, request) => {
        const hasMoved = page === 2 || (page === 1 && request > 2);
        list.things = hasMoved ? [{ id: 61 }, ...before] : before;
      };

      const { receipt, stored } = await readDown(list);

      expect(list.asked.filter((page) => page === 1)).toHaveLength(3);
      expect(stored).toEqual(expect.arrayContaining([61]));
      expect(receipt.status).toBe('complete');
    },
  );
});

describe('objects of page 1, which are read twice', () => {
  test('a changed object is stored as it was last', async () => {
    const list = new MovingList('hal', 3);
    list.onPage = (page, request) => {
      if (page === 1 && request > 1) {
        return list.page(1, { things: [{ id: 1, name: 'new' }, ...list.things.slice(1, 10)] });
      }
      return undefined;
    };

    const { receipt } = await readDown(list);

    expect(receipt).toMatchObject({ status: 'complete', fetched: 40, written: 30, repeated: 10 });
  });

  test('neither of two objects with an ambiguous key is stored', async () => {
    const list = new MovingList('hal', 3);
    list.onPage = (page) =>
      page === 1 ? list.page(1, { things: [{ id: 5 }, { id: '5' }, ...things(6, 10)] }) : undefined;

    const { receipt, stored } = await readDown(list);

    expect(receipt).toMatchObject({ fetched: 34, rejected: 4, repeated: 5 });
    expect(stored).toEqual(idsOf(things(6, 30)));
  });
});

describe('answers of a cache', () => {
  test.each<[string | undefined, boolean]>([
    [undefined, false],
    ['300', false],
    ['301', true],
    ['-301', false],
    ['301.5', false],
    ['301, 5', true],
  ])('a page whose Age is %s makes the walk cached: %s', async (age, isCached) => {
    const list = new MovingList('hal', 6);
    list.headersOf = (page): Record<string, string> => (page === 3 && age !== undefined ? { age } : {});

    const { walk, receipt } = await readDown(list);

    expect(receipt.status).toBe('complete');
    expect(walk.isCached ?? false).toBe(isCached);
  });
});
