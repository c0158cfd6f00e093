import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SyncError } from '../../../../lambda/core/errors.ts';
import type { Json } from '../../../../lambda/core/json.ts';
import { pullStreams } from '../../../../lambda/core/pull/run.ts';
import type { Stream } from '../../../../lambda/core/pull/stream.ts';
import { durableWorld } from '../../../support/durable-world.ts';
import { MemoryEngine } from '../../../support/memory-engine.ts';
import { type Listing, ManualClock, runOf } from '../../../support/memory-ports.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const things = (from: number, to: number): Json[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ id: from + index }));
const pagesOfTen = (pages: number): Listing =>
  Array.from({ length: pages }, (_, page) => things(page * 10 + 1, page * 10 + 10));
const throttled = (seconds: number) =>
  new SyncError('THROTTLED', 'page 2: status 429', { retryAfterMs: seconds * 1000 });

/** A world in which a page takes `pageMs`, and an engine whose waits advance its clock. */
function open(
  listings: Readonly<Record<string, () => Listing>>,
  pageMs = MINUTE,
  mostOperations = 3000,
  onPage: () => void = () => {},
  overrides: Partial<Stream> = {},
) {
  const clock = new ManualClock();
  const beforePage = () => {
    clock.time += pageMs;
    onPage();
  };
  const world = durableWorld(listings, clock, beforePage, overrides);
  const engine = new MemoryEngine(mostOperations);
  const waits: number[] = [];
  engine.onWait = (ms) => {
    waits.push(ms);
    clock.time += ms;
  };
  const pull = (run = runOf('run-1', { unfinished: world.walks.unfinished })) =>
    engine.carryOut((durable) => {
      const { streams, openRun } = world.ports;
      return pullStreams(run, streams, openRun(run, { executionArn: 'arn', timeLeftMs: () => 0 }), durable);
    });
  return { ...world, clock, engine, waits, pull };
}

const idsOf = ({ tables }: Pick<ReturnType<typeof open>, 'tables'>, name: string): string[] => [
  ...(tables.get(name)?.items.keys() ?? []),
];

describe('a run over many invocations', () => {
  test('a durable run takes slice after slice, and gets a fresh invocation before the time is up', async () => {
    const run = open({ things: () => pagesOfTen(40) });

    const { things: receipt } = await run.pull();

    expect(receipt).toMatchObject({ status: 'complete', pages: 40, fetched: 400, written: 400 });
    expect(run.engine.operations.filter(({ name }) => !name.endsWith('waits'))).toHaveLength(20);
    expect(run.waits).toEqual([1000, 1000, 1000]);
    expect(run.pages).toHaveLength(40);
  });

  test('a durable run comes to the same result wherever it is cut off', async () => {
    const listings = {
      members: () => pagesOfTen(9),
      orders: () => pagesOfTen(4),
      broken: (): Listing => [things(1, 3), new SyncError('UNAVAILABLE', 'page 2: status 500')],
      last: () => pagesOfTen(2),
    };
    const whole = open(listings);
    const expected = await whole.pull();

    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 40 }), async (cuts) => {
        const run = open(listings);
        run.engine.isCutOff = () => cuts.pop() ?? false;
        const receipts = await run.pull();

        for (const [name, receipt] of Object.entries(receipts)) {
          expect(receipt.status).toBe(expected[name]?.status);
          expect(idsOf(run, name)).toEqual(idsOf(whole, name));
        }
        expect(run.walks.unfinished).toEqual(whole.walks.unfinished);
      }),
      { numRuns: 60 },
    );
  });

  test('a step that was cut off just after its walk ended does not read the stream again', async () => {
    const run = open({
      things: () => pagesOfTen(9),
      broken: () => [new SyncError('NOT_PROCURIOS', 'page 1')],
    });
    const cuts = new Set(['things 5', 'broken 1']);
    run.engine.isCutOff = (name, when) => when === 'after' && cuts.delete(name);

    const { things: receipt, broken } = await run.pull();

    expect(cuts.size).toBe(0);
    expect(run.pages).toEqual([...Array.from({ length: 9 }, (_, page) => `things ${page + 1}`), 'broken 1']);
    expect(receipt).toMatchObject({ status: 'complete', pages: 9, fetched: 90 });
    expect(broken).toMatchObject({ status: 'failed', error: { code: 'NOT_PROCURIOS' } });
  });

  test('a durable run waits an hour in one go, as Procurios asks, and continues at the same page', async () => {
    let isFirst = true;
    const listing = (): Listing => [
      things(1, 3),
      isFirst ? throttled(3600) : things(4, 6),
      ...pagesOfTen(1).slice(1),
    ];
    const run = open({
      things: () => {
        const now = listing();
        isFirst = false;
        return now;
      },
    });

    const { things: receipt } = await run.pull();

    expect(receipt).toMatchObject({ status: 'complete', written: 6 });
    expect(run.waits).toEqual([HOUR]);
    expect(run.pages).toEqual(['things 1', 'things 2', 'things 2']);
  });

  test.each([
    ['a day', 24 * 3600],
    ['more than two hours', 7300],
  ])(
    'a stream that would have to wait %s fails and keeps its position, and the next one is pulled',
    async (_what, seconds) => {
      const run = open({ bad: () => [things(1, 3), throttled(seconds)], good: () => pagesOfTen(1) });

      const { bad, good } = await run.pull();

      expect(bad).toMatchObject({ status: 'failed', pages: 1, error: { code: 'THROTTLED' } });
      expect(good).toMatchObject({ status: 'complete' });
      expect(run.walks.unfinished).toEqual(['bad']);
      expect(run.waits).toEqual([]);
    },
  );

  test('streams that an earlier run left unfinished are pulled first, and receipts are in the order of the config', async () => {
    let isDown = true;
    const listings = {
      a: () => pagesOfTen(1),
      b: (): Listing => [things(1, 3), isDown ? new SyncError('UNAVAILABLE', 'page 2') : things(4, 5)],
    };
    const first = open(listings);
    await first.pull();
    isDown = false;
    first.pages.length = 0;
    first.engine.operations.length = 0;

    const receipts = await first.pull(runOf('run-2', { unfinished: first.walks.unfinished }));

    expect(first.pages).toEqual(['b 2', 'a 1']);
    expect(Object.keys(receipts)).toEqual(['a', 'b']);
  });

  test('an archive is pulled before the streams that name it, so that its entries count in the same night', async () => {
    const run = open({ a: () => pagesOfTen(1), archive: () => pagesOfTen(1), b: () => pagesOfTen(1) });
    const [a, archive, b] = run.ports.streams;
    if (a === undefined || archive === undefined || b === undefined) throw new Error('no streams');
    Object.assign(b, { archive: { stream: 'archive' } });

    const receipts = await run.pull();

    expect(run.pages).toEqual(['archive 1', 'a 1', 'b 1']);
    expect(Object.keys(receipts)).toEqual(['a', 'archive', 'b']);
  });

  test('an unexpected error fails its stream, and the next stream is pulled', async () => {
    const run = open({ bad: () => pagesOfTen(1), good: () => pagesOfTen(1) });
    const table = run.tables.get('bad');
    if (table !== undefined) table.failure = new TypeError('of a value');

    const { bad, good } = await run.pull();

    expect(bad).toMatchObject({ status: 'failed', error: { code: 'BUG', message: 'TypeError' } });
    expect(good).toMatchObject({ status: 'complete' });
  });
});

describe('a night with deletes over many invocations', () => {
  const DELETES = { paging: { kind: 'after', field: 'id' }, deletes: 'fromWalk', goneAfter: 2 } as const;
  const without = (listing: Listing, gone: number): Listing =>
    listing.map((page) => (Array.isArray(page) ? page.filter(({ id }) => id !== gone) : page));

  /** Pulls one listing for a first night, and without object 7 from the second night on. Time passes until each next night. */
  function openNights(pages: number, pageMs = MINUTE) {
    const whole = pagesOfTen(pages);
    const listed = { things: whole };
    const run = open({ things: () => listed.things }, pageMs, 3000, () => {}, DELETES);
    let nights = 0;
    const nextRun = async () => {
      nights += 1;
      run.engine.operations.length = 0;
      run.pages.length = 0;
      const { things: receipt } = await run.pull(
        runOf(`run-${nights}`, { unfinished: run.walks.unfinished }),
      );
      run.clock.time += 24 * HOUR;
      if (nights === 1) listed.things = without(whole, 7);
      return { receipt, operations: run.engine.operations.length, pages: run.pages.length };
    };
    return { ...run, listed, nextRun };
  }
  const goneOf = ({ tables }: Pick<ReturnType<typeof open>, 'tables'>) => [
    ...(tables.get('things')?.tombstones.keys() ?? []),
  ];

  test('a night that misses an object takes at most two operations more, and one with a look as many again as its walk', async () => {
    const run = openNights(40);
    const first = await run.nextRun();

    const missed = await run.nextRun();
    const looked = await run.nextRun();
    const after = await run.nextRun();

    expect(missed.receipt).toMatchObject({ status: 'complete', missed: 1, gone: 0 });
    expect(looked.receipt).toMatchObject({ status: 'complete', missed: 0, gone: 1, look: 'proved' });
    expect(goneOf(run)).toEqual(['7']);
    expect([first, missed, looked, after].map(({ pages }) => pages)).toEqual([40, 40, 80, 40]);
    expect(missed.operations).toBeLessThanOrEqual(first.operations + 2);
    expect(looked.operations).toBeLessThanOrEqual(2 * first.operations + 2);
    expect(after.operations).toBe(first.operations);
  });

  test('a night with a look comes to the same result wherever it is cut off', async () => {
    const expected = openNights(9);
    for (let night = 1; night <= 3; night += 1) await expected.nextRun();

    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 40 }), async (cuts) => {
        const run = openNights(9);
        await run.nextRun();
        await run.nextRun();
        run.engine.isCutOff = () => cuts.pop() ?? false;

        const { receipt } = await run.nextRun();

        expect(receipt).toMatchObject({ status: 'complete', missed: 0, gone: 1, look: 'proved' });
        expect([...(run.tables.get('things')?.tombstones ?? [])]).toEqual([['7', 'absent run-2 run-3']]);
        const [known, knownUndisturbed] = [run, expected].map(
          ({ deletes }) => deletes.get('things')?.absences.known,
        );
        expect(known?.absences).toEqual(knownUndisturbed?.absences);
        expect(known?.evidence.walks.map(({ walkId }) => walkId)).toEqual(['run-1', 'run-2', 'run-3']);
        expect(known?.evidence.carried.map(({ count }) => count)).toEqual([1]);
        expect(run.walks.unfinished).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ['goes on in the next run instead of a walk', 12, { gone: 1, missed: 0, look: 'proved' }],
    ['proves nothing if it then took more than 24 hours', 24, { gone: 0, missed: 1, look: 'too long' }],
  ])('a look that has to stop %s', async (_what, hours, fate) => {
    const run = openNights(40);
    await run.nextRun();
    await run.nextRun();
    const listing = run.listed.things;
    const outage = new SyncError('UNAVAILABLE', 'page 5: status 500');
    // The walk takes 40 pages, and then the look fails at its fifth.
    Object.defineProperty(run.listed, 'things', {
      get: () => (run.pages.length === 44 ? [...listing.slice(0, 4), outage] : listing),
    });

    const stopped = await run.nextRun();
    const tombstonesThen = goneOf(run);
    run.clock.time += (hours - 24) * HOUR;
    const next = await run.nextRun();

    expect(stopped).toMatchObject({ receipt: { status: 'complete' }, pages: 45 });
    expect(tombstonesThen).toEqual([]);
    expect(next).toMatchObject({ receipt: { status: 'complete', ...fate }, pages: 36 });
    expect(goneOf(run)).toEqual(fate.gone === 1 ? ['7'] : []);
  });
});

describe("Lambda's limits", () => {
  test('a run takes at most 100 operations per million objects, at 100 objects a page and 100 ms', async () => {
    const objects = 130_000;
    const page = (number: number) => things(number * 100 + 1, number * 100 + 100);
    const listing = Array.from({ length: objects / 100 }, (_, number) => page(number));
    const run = open({ things: () => listing }, 100);

    const { things: receipt } = await run.pull();

    expect(receipt).toMatchObject({ status: 'complete', fetched: objects });
    expect(run.engine.operations.length).toBeLessThanOrEqual((100 * objects) / 1_000_000);
  });

  test('50 million objects in one night stay within the limit of operations', async () => {
    // 500,000 pages at 8 a second, where one page here stands for 500.
    const listing = Array.from({ length: 1000 }, (_, page) => [{ id: page }]);
    const run = open({ things: () => listing }, 62_500);

    const { things: receipt } = await run.pull();

    expect(receipt).toMatchObject({ status: 'complete', fetched: 1000 });
    expect(run.engine.operations.length).toBeLessThan(1000);
  });

  test('a pause after every page leaves operations for each stream, and each keeps its position', async () => {
    const listing = Array.from({ length: 5000 }, (_, page) => [{ id: page }]);
    let asked = 0;
    const throttleEveryOther = () => {
      asked += 1;
      if (asked % 2 === 0) throw throttled(31);
    };
    const listings = { a: () => listing, b: () => listing, c: () => listing };
    const run = open(listings, 100, 200, throttleEveryOther);

    const { a, b, c } = await run.pull();

    expect(run.engine.operations.length).toBeGreaterThan(190);
    expect(a?.pages).toBeGreaterThan(90);
    expect([b?.pages, c?.pages]).not.toContain(0);
    expect(run.walks.unfinished).toEqual(['a', 'b', 'c']);
  });

  test('480 streams stay within the limit of operations', async () => {
    const listings = Object.fromEntries(
      Array.from({ length: 480 }, (_, index) => [
        `stream-${index}`,
        (): Listing => [[{ id: 1 }], [{ id: 2 }]],
      ]),
    );
    const run = open(listings, 5 * MINUTE);

    const receipts = await run.pull();

    expect(run.engine.operations.length).toBeLessThanOrEqual(2 * 2 * 480);
    expect(new Set(Object.values(receipts).map(({ status }) => status))).toEqual(new Set(['complete']));
  });

  test('the result of a step is at most 4 KB', async () => {
    const reason = 'x'.repeat(300);
    const run = open({ bad: () => [new SyncError('RESPONSE_INVALID', reason)], good: () => pagesOfTen(50) });

    await run.pull();

    const sizes = run.engine.operations.map(({ result = '' }) => result.length);
    expect(Math.max(...sizes)).toBeLessThan(4096);
  });
});
