import { describe, expect, test } from '@jest/globals';
import { plainEngine } from '../../../../lambda/core/pull/engine.ts';
import type { Receipt } from '../../../../lambda/core/pull/receipt.ts';
import { pullStreams } from '../../../../lambda/core/pull/run.ts';
import type { Paging, Stream } from '../../../../lambda/core/pull/stream.ts';
import { listPages } from '../../../../lambda/procurios/listing/listing.ts';
import { answerJson, type Handler, startHttpServer } from '../../../support/http-server.ts';
import { MemoryTable, MemoryWalks, runOf, runPorts } from '../../../support/memory-ports.ts';
import { streamOf } from '../../../support/streams.ts';
import { clientFor } from '../http/setup.ts';

const PATH = '/l/things_api/thing';
const HAL: Paging = { kind: 'hal' };
const NUMBERED: Paging = { kind: 'numberedPages', ahead: 8 };

interface Thing {
  readonly id: number;
  readonly changed?: number;
}
const things = (from: number, to: number): Thing[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ id: from + index }));

/** Answers by page; a number is a status. */
function byPage(answerOf: (page: number, request: number) => unknown): Handler {
  const requests = new Map<number, number>();
  return ({ path }, response) => {
    const page = Number(new URL(path, 'http://host').searchParams.get('page') ?? 1);
    const request = (requests.get(page) ?? 0) + 1;
    requests.set(page, request);
    const answer = answerOf(page, request);
    if (typeof answer === 'number') return answerJson(response, {}, answer);
    answerJson(response, answer);
  };
}

const linkTo = (page: number) => ({ href: `${PATH}?page=${page}` });

/** Page `page` of `last`, with ten things by its links, of which some may be replaced. */
function halPage(page: number, last: number, changes: object = {}) {
  const _links = {
    self: linkTo(page),
    ...(page < last && { next: linkTo(page + 1) }),
    last: linkTo(last),
  };
  return { _links, things: things(10 * page - 9, 10 * page), ...changes };
}

interface Pulled {
  readonly receipt: Receipt;
  readonly stored: number[];
  readonly paths: readonly string[];
}

/** Pulls the listing of a server into a table in memory. */
async function pull(
  handler: Handler,
  stream: Partial<Stream>,
  walks = new MemoryWalks(),
  table = new MemoryTable(),
): Promise<Pulled> {
  await using server = await startHttpServer(handler);
  const client = clientFor(server.origin, { limits: { retries: 1 } });
  const { ports } = runPorts([], {
    walks,
    table,
    listPages: (each, from, signal) => listPages(client, each, from, signal),
  });
  const engine = plainEngine(ports.clock, ports.signal);
  const { things: receipt } = await pullStreams(runOf('run-1'), [streamOf(stream)], ports, engine);
  const stored = [...table.items.keys()].map(Number).sort((a, b) => a - b);
  return { receipt: receipt as Receipt, stored, paths: server.paths };
}

const idsOf = (list: readonly Thing[]) => list.map(({ id }) => id);

/** The receipt of a walk that read to the end and missed something. */
const incomplete = (says: RegExp) => ({
  status: 'incomplete',
  error: { code: 'LISTING_INCOMPLETE', message: expect.stringMatching(says) },
});

describe('a page that is empty', () => {
  test('a hole in numbered pages is passed over, and makes the walk incomplete', async () => {
    const { receipt, stored } = await pull(
      byPage((page) => (page === 3 || page > 6 ? [] : things(10 * page - 9, 10 * page))),
      { paging: NUMBERED },
    );

    expect(receipt).toMatchObject(
      incomplete(/objects may be missing: page 3 was empty, also when it was read again$/),
    );
    expect(stored).toEqual([...idsOf(things(1, 20)), ...idsOf(things(31, 60))]);
  });

  test.each<[string, Paging, (page: number) => unknown]>([
    ['numbered', NUMBERED, (page) => (page > 6 ? [] : things(10 * page - 9, 10 * page))],
    ['with links', HAL, (page) => halPage(page, 6)],
  ])('a page that is empty once is read again: %s', async (_name, paging, answer) => {
    const { receipt, stored } = await pull(
      byPage((page, request) => {
        const page3IsEmpty = page === 3 && request === 1;
        if (!page3IsEmpty) return answer(page);
        return paging.kind === 'hal' ? halPage(page, 6, { things: [] }) : [];
      }),
      { paging },
    );

    expect(receipt).toMatchObject({ status: 'complete', fetched: 60 });
    expect(stored).toEqual(idsOf(things(1, 60)));
  });

  test('a hole in pages with links makes the walk incomplete', async () => {
    const { receipt, stored } = await pull(
      byPage((page) => halPage(page, 6, page === 3 ? { things: [] } : {})),
      { paging: HAL },
    );

    expect(receipt).toMatchObject(incomplete(/page 3 was empty/));
    expect(stored).toHaveLength(50);
  });

  test('an empty page after a cursor is the end only if it is empty twice', async () => {
    const answers = new Map<string | null, Thing[][]>([
      [null, [things(1, 3)]],
      ['3', [[], things(4, 5)]],
      ['5', [[]]],
    ]);
    const { receipt, stored } = await pull(
      ({ path }, response) => {
        const left = answers.get(new URL(path, 'http://host').searchParams.get('after')) ?? [];
        answerJson(response, left.length > 1 ? left.shift() : left[0]);
      },
      { paging: { kind: 'after', field: 'id' } },
    );

    expect(receipt).toMatchObject({ status: 'complete', fetched: 5 });
    expect(stored).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('a page that always fails', () => {
  test.each([403, 500])('an empty page 1 is no end if page 2 fails with %i', async (status) => {
    const { receipt } = await pull(
      byPage((page) => (page === 2 ? status : [])),
      { paging: NUMBERED },
    );

    expect(receipt).toMatchObject({ status: 'failed', fetched: 0 });
  });

  test.each<[string, Paging, (page: number) => unknown]>([
    ['numbered', NUMBERED, (page) => (page > 6 ? [] : things(10 * page - 9, 10 * page))],
    ['with links', HAL, (page) => halPage(page, 6)],
  ])('a page that always fails is passed over and named: %s', async (_name, paging, answer) => {
    const { receipt, stored } = await pull(
      byPage((page) => (page === 3 ? 500 : answer(page))),
      { paging },
    );

    expect(receipt).toMatchObject(incomplete(/: page 3 could not be read \(answered 500\)$/));
    expect(stored).toEqual([...idsOf(things(1, 20)), ...idsOf(things(31, 60))]);
  });

  test('a page that is refused, although the token is not, is passed over and named', async () => {
    const { receipt, stored } = await pull(
      byPage((page) => (page === 3 ? 403 : halPage(page, 6))),
      { paging: HAL },
    );

    expect(receipt).toMatchObject(
      incomplete(/: page 3 could not be read \(answered 403; expected access\)$/),
    );
    expect(stored).toHaveLength(50);
  });

  test('a page that reports an error beside part of its list is passed over and named', async () => {
    const { receipt, stored } = await pull(
      byPage((page) => halPage(page, 6, page === 3 ? { errors: ['Deadlock'], things: things(21, 22) } : {})),
      { paging: HAL },
    );

    expect(receipt).toMatchObject(incomplete(/page 3 could not be read .*reports an error \(errors\)/));
    expect(stored).toHaveLength(50);
  });

  test('the walk fails at the page, and keeps its position, if the pages beyond fail as well', async () => {
    const walks = new MemoryWalks();

    const { receipt } = await pull(
      byPage((page) => (page > 2 ? 500 : halPage(page, 6))),
      { paging: HAL },
      walks,
    );

    expect(receipt).toMatchObject({ status: 'failed', fetched: 20, error: { code: 'UNAVAILABLE' } });
    expect(walks.walk?.position?.page).toBe(3);
  });
});

describe('a page that is another one than was requested', () => {
  test('a listing whose every page is page 1 is incomplete, by its own links and by its keys', async () => {
    const { receipt, stored } = await pull(
      byPage(() => halPage(1, 6)),
      { paging: HAL },
    );

    expect(receipt).toMatchObject(
      incomplete(/pages 2, 3, 4, 5 and 6 were answered with other pages \(page 1 instead of 2\)$/),
    );
    expect(stored).toHaveLength(10);
  });

  test('one page that is another one by its own link is passed over', async () => {
    const { receipt, stored } = await pull(
      byPage((page) => halPage(page === 3 ? 1 : page, 6)),
      { paging: HAL },
    );

    expect(receipt).toMatchObject(
      incomplete(/page 3 was answered with another page \(page 1 instead of 3\)$/),
    );
    expect(stored).toHaveLength(50);
  });

  test('one page that is another one for a moment is read again', async () => {
    const { receipt } = await pull(
      byPage((page, request) => halPage(page === 3 && request === 1 ? 1 : page, 6)),
      { paging: HAL },
    );

    expect(receipt).toMatchObject({ status: 'complete', fetched: 60, repeated: 0 });
  });

  test('a last page that shows nothing new makes the walk incomplete, because another page may be in its place', async () => {
    const { receipt, stored } = await pull(
      byPage((page) => halPage(page, 4, page === 4 ? { things: things(1, 5) } : {})),
      { paging: HAL },
    );

    expect(receipt).toMatchObject(incomplete(/page 4 repeated earlier objects only$/));
    expect(stored).toHaveLength(30);
  });

  test('pages that show nothing new make the walk incomplete, whatever their links say', async () => {
    const { receipt } = await pull(
      byPage((page) => halPage(page, 4, { things: things(1, 10) })),
      { paging: HAL },
    );

    expect(receipt).toMatchObject(incomplete(/pages 2, 3 and 4 repeated earlier objects only$/));
  });
});

describe('a last page that shows the end of the page before again', () => {
  /** The list after an event between page 3 and page 4: a new object in front, or the last one moved there. */
  const serve = (kind: Paging['kind'], before: readonly Thing[], later: readonly Thing[]): Handler =>
    byPage((page) => {
      const list = (page > 3 ? later : before).slice(10 * page - 10, 10 * page);
      if (kind === 'numberedPages') return list;
      // A server that links onward from every full page.
      if (kind === 'linkedPages') {
        return { _links: list.length === 10 ? { next: `${PATH}?page=${page + 1}` } : [], things: list };
      }
      return halPage(page, Math.ceil((page > 3 ? later : before).length / 10), { things: list });
    });

  test.each<Paging>([{ kind: 'linkedPages' }, NUMBERED])(
    'an object that is added in front of a list of full pages leaves the walk complete: %j',
    async (paging) => {
      const list = things(1, 30);

      const { receipt, stored } = await pull(serve(paging.kind, list, [{ id: 99 }, ...list]), { paging });

      expect(receipt).toMatchObject({ status: 'complete', fetched: 31, repeated: 1 });
      expect(stored).toEqual(idsOf(list));
    },
  );

  test.each<Paging>([HAL, { kind: 'linkedPages' }, NUMBERED])(
    'a last object that moves to the front leaves the walk complete: %j',
    async (paging) => {
      const list = things(1, 31);
      const moved = [...list.slice(-1), ...list.slice(0, -1)];

      const { receipt } = await pull(serve(paging.kind, list, moved), { paging });

      expect(receipt).toMatchObject({ status: 'complete', repeated: 1 });
    },
  );

  test.each<[string, Thing[]]>([
    ['the whole page before', things(21, 30)],
    ['the beginning of the page before', things(21, 25)],
    ['the end of an earlier page', things(16, 20)],
    ['the end of the page before in another order', things(29, 30).reverse()],
  ])('a last page that shows %s makes the walk incomplete', async (_what, shown) => {
    const { receipt } = await pull(
      byPage((page) => halPage(page, 4, page === 4 ? { things: shown } : {})),
      { paging: HAL },
    );

    expect(receipt).toMatchObject(incomplete(/page 4 repeated earlier objects only$/));
  });
});

describe('what a listing says about its length', () => {
  test('pages without links, before the page that earlier ones named as the last, are passed over', async () => {
    const { receipt, stored } = await pull(
      byPage((page) => halPage(page, 6, page === 3 ? { _links: [] } : {})),
      { paging: HAL },
    );

    expect(receipt).toMatchObject(incomplete(/page 3 has no next link, but is not the last page$/));
    expect(stored).toHaveLength(60);
  });

  test.each<Paging>([HAL, { kind: 'onePage' }])(
    'fewer objects than the total make the walk incomplete: %j',
    async (paging) => {
      const { receipt } = await pull(
        byPage(() => ({ _links: {}, things: things(1, 20), total: 60 })),
        { paging },
      );

      expect(receipt).toMatchObject(incomplete(/: it says that it has 60 objects and showed 20$/));
    },
  );

  test('a total that grows while the list is read, or that counts the page, is no contradiction', async () => {
    const growing = await pull(
      byPage((page) => halPage(page, 6, { total: 59 + page })),
      { paging: HAL },
    );
    const ofPage = await pull(
      byPage((page) => halPage(page, 6, { total: 10 })),
      { paging: HAL },
    );

    expect([growing.receipt.status, ofPage.receipt.status]).toEqual(['complete', 'complete']);
  });

  test('an answer that links to a next page is no whole list', async () => {
    const { receipt } = await pull(
      byPage(() => halPage(1, 6)),
      { paging: { kind: 'onePage' } },
    );

    expect(receipt).toMatchObject(
      incomplete(/page 1 links to a next page, which onePage\(\) does not read$/),
    );
  });

  test('an empty list is complete', async () => {
    const { receipt } = await pull(
      byPage(() => ({ _links: {}, things: [], total: 0 })),
      { paging: HAL },
    );

    expect(receipt).toMatchObject({ status: 'complete', fetched: 0 });
  });
});

describe('objects that share the cursor', () => {
  const paging: Paging = { kind: 'after', field: 'changed' };
  const PAGE_SIZE = 5;

  /** Objects in the order of `changed`, five on a page. */
  const serve =
    (list: readonly Thing[]): Handler =>
    ({ path }, response) => {
      const after = Number(new URL(path, 'http://host').searchParams.get('after') ?? 0);
      answerJson(response, list.filter(({ changed = 0 }) => changed > after).slice(0, PAGE_SIZE));
    };

  test.each([2, 3])(
    'objects that share the cursor in groups of %i make the walk incomplete',
    async (size) => {
      const list = things(1, 50).map(({ id }) => ({ id, changed: Math.ceil(id / size) }));

      const { receipt, stored } = await pull(serve(list), { paging });

      expect(stored.length).toBeLessThan(50);
      expect(receipt).toMatchObject(incomplete(/objects that share the cursor.*\(changed\)$/));
    },
  );

  test('a cursor that each object has alone reads all', async () => {
    const list = things(1, 50).map(({ id }) => ({ id, changed: id }));

    const { receipt, stored } = await pull(serve(list), { paging });

    expect(receipt.status).toBe('complete');
    expect(stored).toHaveLength(50);
  });
});

describe('a list that moves while its pages are in flight', () => {
  const ALL = 300;

  /** Newest first: one object is inserted in front for every four requests. Later requests are answered earlier. */
  const moving = (kind: 'hal' | 'numberedPages'): Handler => {
    let requests = 0;
    return async ({ path }, response) => {
      requests += 1;
      const inserted = Math.floor(requests / 4);
      const page = Number(new URL(path, 'http://host').searchParams.get('page') ?? 1);
      const count = ALL + inserted;
      const list = things(1, count)
        .reverse()
        .slice(10 * page - 10, 10 * page);
      await new Promise((resolve) => setTimeout(resolve, (requests % 8) * 2));
      const last = Math.ceil(count / 10);
      answerJson(response, kind === 'hal' ? halPage(page, last, { things: list }) : list);
    };
  };

  test.each<Paging>([HAL, NUMBERED])(
    'no object is left out of a list to which others are added: %j',
    async (paging) => {
      const { receipt, stored, paths } = await pull(moving(paging.kind as 'hal'), { paging });

      expect(stored.filter((id) => id <= ALL)).toEqual(idsOf(things(1, ALL)));
      expect(receipt.status).toBe('complete');
      expect(paths.length).toBeLessThan(130);
    },
  );

  /**
   * The first object is removed while eight pages are in flight: even ones are answered before that, odd ones after it, as is all
   * that is requested once a page was requested again.
   */
  test.each<[Paging, number]>([
    [HAL, 1],
    [NUMBERED, 4],
  ])(
    'a removal hides one object at most, in whatever order the pages in flight are answered: %j',
    async (paging, lastBefore) => {
      let hasBeenRepeated = false;
      const answer = byPage((page, request) => {
        hasBeenRepeated ||= request > 1;
        const isInFlight = page <= lastBefore + 8 && !hasBeenRepeated;
        const isBefore = page <= lastBefore || (isInFlight && page % 2 === 0);
        const removed = isBefore ? 0 : 1;
        const list = things(10 * page - 9 + removed, Math.min(10 * page + removed, ALL));
        return paging.kind === 'hal' ? halPage(page, ALL / 10, { things: list }) : list;
      });
      const { receipt, stored } = await pull(answer, { paging });

      expect(receipt.status).toBe('complete');
      const missing = idsOf(things(1, ALL)).filter((id) => !stored.includes(id));
      expect(missing).toHaveLength(1);
    },
  );
});
