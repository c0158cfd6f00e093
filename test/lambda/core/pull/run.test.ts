import { describe, expect, test } from '@jest/globals';
import { SyncError } from '../../../../lambda/core/errors.ts';
import type { Json } from '../../../../lambda/core/json.ts';
import { noCounts } from '../../../../lambda/core/pull/counts.ts';
import { plainEngine } from '../../../../lambda/core/pull/engine.ts';
import type { Receipt } from '../../../../lambda/core/pull/receipt.ts';
import { pullStreams, runReceiptOf } from '../../../../lambda/core/pull/run.ts';
import type { Run, RunPorts } from '../../../../lambda/core/pull/run-ports.ts';
import type { Stream } from '../../../../lambda/core/pull/stream.ts';
import {
  type Listing,
  MemoryTable,
  MemoryWalks,
  pagesOf,
  runOf,
  runPorts,
} from '../../../support/memory-ports.ts';
import { streamOf } from '../../../support/streams.ts';

const THINGS = streamOf();
const NOTHING = noCounts();
const thing = (id: number, text = 'a'): Json => ({ id, text });
const things = (from: number, to: number, text = 'a'): Json[] =>
  Array.from({ length: to - from + 1 }, (_, index) => thing(from + index, text));

function pullAll(run: Run, streams: readonly Stream[], ports: RunPorts): Promise<Record<string, Receipt>> {
  return pullStreams(run, streams, ports, plainEngine(ports.clock, ports.signal));
}

async function pull(ports: RunPorts, stream = THINGS, run = runOf('run-1')): Promise<Receipt> {
  const receipt = (await pullAll(run, [stream], ports))[stream.name];
  if (receipt === undefined) throw new Error('no receipt');
  return receipt;
}

describe('a complete walk', () => {
  test('a complete walk stores every object and accounts for it', async () => {
    const { ports, table, walks } = runPorts([things(1, 60), things(61, 120), things(121, 130)]);

    const receipt = await pull(ports);

    expect(receipt).toMatchObject({ status: 'complete', pages: 3, fetched: 130, written: 130, unchanged: 0 });
    expect(table.items.size).toBe(130);
    expect(walks.log).toEqual(['ended, complete']);
  });

  test('the table is scanned once, and writes are full batches for pages of any size', async () => {
    const { ports, table } = runPorts(
      Array.from({ length: 40 }, (_, page) => things(page * 7 + 1, page * 7 + 7)),
    );

    await pull(ports);

    expect(table.calls).toBe('1 scan, 0 reads, 12 writes');
  });

  test('a second walk writes only the objects that changed', async () => {
    const table = new MemoryTable();
    await pull(runPorts([things(1, 200)], { table }).ports);
    table.writes.length = 0;

    const receipt = await pull(runPorts([[...things(1, 198), thing(199, 'b'), thing(201)]], { table }).ports);

    expect(receipt).toMatchObject({ fetched: 200, written: 2, unchanged: 198 });
    expect(table.writes).toEqual([['199', '201']]);
  });

  test('a walk counts the items of the table, with those that it did not meet and without those that the table refused', async () => {
    const table = new MemoryTable();
    await pull(runPorts([things(1, 60)], { table }).ports);
    table.refuses.add('62');
    const { ports, walks } = runPorts([things(1, 30, 'b'), [...things(31, 64), thing(64, 'later')]], {
      table,
    });

    await pull(ports);

    // 31 to 60 are unchanged, 61, 63 and 64 new.
    expect(walks.inTable).toBe(63);
  });

  test('a walk without changes writes nothing', async () => {
    const table = new MemoryTable();
    await pull(runPorts([things(1, 200)], { table }).ports);
    table.writes.length = 0;

    const receipt = await pull(runPorts([things(1, 100), things(101, 200)], { table }).ports);

    expect(receipt).toMatchObject({ status: 'complete', written: 0, unchanged: 200 });
    expect(table.writes).toEqual([]);
  });
});

describe('a key shown twice in one walk', () => {
  test('a repeated key is counted, and the later object is stored, on the same page and on a later one', async () => {
    const { ports, table } = runPorts([
      [thing(1), thing(2), thing(1, 'later')],
      [thing(2, 'later'), thing(3)],
    ]);

    const receipt = await pull(ports);

    expect(receipt).toMatchObject({ status: 'complete', fetched: 5, written: 3, repeated: 2 });
    expect(['1', '2', '3'].map((id) => table.items.get(id)?.object.text)).toEqual(['later', 'later', 'a']);
  });

  test('a repeated object also replaces an earlier one whose write is in flight', async () => {
    const slow = new (class extends MemoryTable {
      override async write(items: Parameters<MemoryTable['write']>[0]) {
        const first = items.some(({ object }) => object.text === 'first');
        if (first) await new Promise((resolve) => setTimeout(resolve, 20));
        return super.write(items);
      }
    })();
    const { ports } = runPorts([things(1, 25, 'first'), things(1, 25, 'second')], { table: slow });

    await pull(ports);

    expect([...slow.items.values()].every(({ object }) => object.text === 'second')).toBe(true);
  });

  test('a repeated object that is equal is not written again', async () => {
    const { ports, table } = runPorts([things(1, 30), [...things(1, 30), thing(31)], things(32, 32)]);

    const receipt = await pull(ports);

    expect(receipt).toMatchObject({ fetched: 62, written: 32, repeated: 30 });
    expect(table.writes.flat()).toHaveLength(32);
  });
});

describe('a reject', () => {
  test('a reject does not affect the other objects of its page', async () => {
    const { ports, table, walks } = runPorts([[thing(1), { id: 2, '': 1 }, thing(3)]]);

    const receipt = await pull(ports);

    expect(receipt).toMatchObject({ status: 'complete', fetched: 3, written: 2, rejected: 1 });
    expect([...table.items.keys()]).toEqual(['1', '3']);
    expect(walks.rejects).toEqual([{ id: '2', reason: 'EMPTY_NAME', field: '', page: 1, index: 1 }]);
  });

  test('an object that the table refuses is a reject', async () => {
    const table = new MemoryTable();
    table.refuses.add('2');
    const { ports, walks } = runPorts([things(1, 3)], { table });

    const receipt = await pull(ports);

    expect(receipt).toMatchObject({ status: 'complete', fetched: 3, written: 2, rejected: 1 });
    expect(walks.rejects).toEqual([{ id: '2', reason: 'REFUSED', field: undefined, page: 1, index: 1 }]);
  });

  test('a reject without a key makes the walk incomplete', async () => {
    const { ports, walks } = runPorts([[thing(1), { name: 'x' }], [thing(2)]]);

    const receipt = await pull(ports);

    expect(receipt).toMatchObject({ status: 'incomplete', fetched: 3, written: 2, rejected: 1 });
    expect(receipt.error?.message).toBe(
      '1 object has no usable key (id), so completeness cannot be verified',
    );
    expect(walks.log).toEqual(['ended, incomplete']);
  });

  test('keys that are numbers and texts may stand in one list', async () => {
    const { ports, table } = runPorts([
      [{ id: '1' }, thing(2)],
      [thing(3), { id: '4' }],
    ]);

    const receipt = await pull(ports);

    expect(receipt).toMatchObject({ status: 'complete', written: 4, rejected: 0 });
    expect([...table.items.keys()]).toEqual(['1', '2', '3', '4']);
  });

  test('a key that one page shows as a number and as a text is rejected, as often as it is there', async () => {
    const { ports, table, walks } = runPorts([[thing(5), thing(6), { id: '5' }, thing(5, 'later')]]);

    const receipt = await pull(ports);

    expect(receipt).toMatchObject({ status: 'complete', fetched: 4, written: 1, rejected: 3 });
    expect([...table.items.keys()]).toEqual(['6']);
    expect(walks.rejects.map(({ id, reason, index }) => [id, reason, index])).toEqual([
      ['5', 'KEY_AMBIGUOUS', 0],
      ['5', 'KEY_AMBIGUOUS', 2],
      ['5', 'KEY_AMBIGUOUS', 3],
    ]);
  });

  test('a key that a later page shows with another type is rejected there', async () => {
    const { ports, table } = runPorts([
      [thing(5), thing(6)],
      [{ id: '5' }, thing(7)],
    ]);

    const receipt = await pull(ports);

    expect(receipt).toMatchObject({ status: 'complete', written: 3, rejected: 1 });
    expect(table.items.get('5')?.object).toEqual(thing(5));
  });
});

test('a key that no object has stops the walk at the first page, and the message names the fields', async () => {
  const { ports, table } = runPorts([things(1, 3), things(4, 6)]);

  const receipt = await pull(ports, streamOf({ key: ['relation_id'] }));

  expect(receipt).toMatchObject({ status: 'incomplete', pages: 1, rejected: 3 });
  expect(receipt.error?.message).toBe('page 1: no object has the key relation_id; its fields are id, text');
  expect(table.items.size).toBe(0);
});

describe('a listing that cannot be walked to its end', () => {
  const next = (page: number) => ({ page, link: `/page/${page}` });

  test('a listing that leads back to a page already read is a paging loop', async () => {
    const { ports, table } = runPorts(
      [things(1, 3), { objects: things(4, 6), next: next(2) }, things(7, 9)],
      {},
    );

    const receipt = await pull(ports);

    expect(receipt).toMatchObject({ status: 'incomplete', error: { code: 'PAGING_LOOP' } });
    expect(table.items.size).toBe(6);
  });

  test('a numbered listing that repeats a page is a paging loop', async () => {
    const listing: Listing = [things(1, 3), ...Array.from({ length: 5 }, () => things(4, 6))];
    const { ports } = runPorts(listing);

    const receipt = await pull(ports, streamOf({ paging: { kind: 'numberedPages', ahead: 1 } }));

    expect(receipt).toMatchObject({ status: 'incomplete', pages: 3, error: { code: 'PAGING_LOOP' } });
  });

  test('a listing that repeats its objects under new links is a paging loop after ten pages', async () => {
    const { ports } = runPorts(Array.from({ length: 50 }, () => things(1, 3)));

    const receipt = await pull(ports);

    expect(receipt).toMatchObject({ status: 'incomplete', pages: 11, error: { code: 'PAGING_LOOP' } });
  });

  test('a page without keys is followed by the next one, and the walk is incomplete', async () => {
    const { ports } = runPorts([things(1, 3), [{ name: 'x' }], things(4, 6), []]);

    const receipt = await pull(ports, streamOf({ paging: { kind: 'numberedPages', ahead: 1 } }));

    expect(receipt).toMatchObject({ status: 'incomplete', pages: 4, written: 6, rejected: 1 });
    expect(receipt.error?.message).toBe(
      '1 object has no usable key (id), so completeness cannot be verified',
    );
  });

  test('a few empty pages are followed, many are a paging loop', async () => {
    const hole = { doubt: { kind: 'hole' } } as const;
    const few = runPorts([things(1, 3), hole, hole, things(4, 6)]);
    const many = runPorts([things(1, 3), ...Array.from({ length: 30 }, () => [])]);

    const [followed, givenUp] = [await pull(few.ports), await pull(many.ports)];

    expect(followed).toMatchObject({
      status: 'incomplete',
      fetched: 6,
      pages: 4,
      error: {
        code: 'LISTING_INCOMPLETE',
        message: expect.stringMatching(/: pages 2 and 3 were empty, also when they were read again$/),
      },
    });
    expect(givenUp).toMatchObject({ status: 'incomplete', pages: 11, error: { code: 'PAGING_LOOP' } });
  });

  test('a page that cannot name its next one makes the walk incomplete', async () => {
    const { ports } = runPorts([
      { objects: things(1, 3), next: undefined, broken: 'it has no next, but 3 pages' },
    ]);

    const receipt = await pull(ports);

    expect(receipt).toMatchObject({
      status: 'incomplete',
      error: { code: 'RESPONSE_INVALID', message: 'page 1: it has no next, but 3 pages' },
    });
  });
});

describe('a failure', () => {
  const unavailable = new SyncError('UNAVAILABLE', 'page 3: status 500, several times');

  test('a failed page keeps the pages before it, and the next run continues there', async () => {
    const table = new MemoryTable();
    const walks = new MemoryWalks();
    const first = runPorts([things(1, 3), things(4, 6), unavailable, things(9, 9)], { table, walks });
    const failed = await pull(first.ports);
    const asked: number[] = [];

    const listPages: RunPorts['listPages'] = (_stream, from) =>
      pagesOf([things(1, 3), things(4, 6), things(7, 8), things(9, 9)], from, (page) => asked.push(page));
    const receipt = await pull(runPorts([], { table, walks, listPages }).ports);

    expect(failed).toMatchObject({ status: 'failed', pages: 2, written: 6, error: { code: 'UNAVAILABLE' } });
    expect(asked).toEqual([3, 4]);
    expect(receipt).toMatchObject({ status: 'complete', pages: 4, fetched: 9, written: 9 });
  });

  test('after an invalid answer the next run begins a new walk', async () => {
    const invalid = new SyncError('RESPONSE_INVALID', 'page 2: status 400');
    const { ports, walks } = runPorts([things(1, 3), invalid]);

    const receipt = await pull(ports);

    expect(receipt).toMatchObject({ status: 'failed', written: 3, error: { code: 'RESPONSE_INVALID' } });
    expect(walks.walk).toBeUndefined();
  });

  test('after a resumed walk failed on its first page the next run begins a new walk', async () => {
    const walks = new MemoryWalks();
    const listing = [things(1, 3), unavailable];
    await pull(runPorts(listing, { walks }).ports);
    const receipt = await pull(runPorts(listing, { walks }).ports, THINGS, runOf('run-2'));

    expect(receipt).toMatchObject({ status: 'failed', error: { code: 'UNAVAILABLE' } });
    expect(walks.walk).toBeUndefined();
  });

  test('a walk that failed before its first page begins anew, so the table is whole as of the run that read it', async () => {
    const walks = new MemoryWalks();
    const clock = { time: 0, now: () => clock.time, sleep: async () => {} };
    await pull(runPorts([unavailable], { walks, clock }).ports);
    clock.time = 24 * 60 * 60 * 1000;
    await pull(runPorts([things(1, 3), unavailable], { walks, clock }).ports, THINGS, runOf('run-2'));

    expect(walks.walk).toMatchObject({ walkId: 'run-2', startedAt: '1970-01-02T00:00:00.000Z' });
  });

  test('after a failed write the slice waits for the calls in flight and starts no other', async () => {
    const table = new (class extends MemoryTable {
      inFlight = 0;
      begun = 0;
      override async write(items: Parameters<MemoryTable['write']>[0]): ReturnType<MemoryTable['write']> {
        this.begun += 1;
        this.inFlight += 1;
        try {
          if (this.begun === 1) throw new SyncError('STORE_UNAVAILABLE', 'refused');
          await new Promise((resolve) => setTimeout(resolve, 10));
          return await super.write(items);
        } finally {
          this.inFlight -= 1;
        }
      }
    })();
    const { ports } = runPorts([things(1, 1000), things(1001, 2000)], { table });

    const receipt = await pull(ports);

    expect(receipt.error?.code).toBe('STORE_UNAVAILABLE');
    expect(table.inFlight).toBe(0);
    const begun = table.begun;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(table.begun).toBe(begun);
  });

  test('a failed write leaves the saved walk as it was', async () => {
    const table = new MemoryTable();
    table.failure = new SyncError('STORE_UNAVAILABLE', 'table things is still throttled after 12 attempts');
    const { ports, walks } = runPorts([things(1, 30)], { table });

    const receipt = await pull(ports);

    expect(receipt).toMatchObject({ status: 'failed', error: { code: 'STORE_UNAVAILABLE' } });
    expect(walks.log).toEqual([]);
  });

  test('a stream is pulled although the one before it failed', async () => {
    const listPages: RunPorts['listPages'] = (stream, from) =>
      pagesOf(stream.name === 'bad' ? [unavailable] : [things(1, 3)], from);
    const { ports } = runPorts([], { listPages });

    const { bad, things: good } = await pullAll(runOf('run-1'), [streamOf({ name: 'bad' }), THINGS], ports);

    expect([bad?.status, good?.status]).toEqual(['failed', 'complete']);
  });

  test.each([
    ['long', 'a_long_scope/of_a_module '],
    ['long and of three bytes a character', '€'],
    ['long and of pairs of surrogates', '😀'],
  ])(
    'the receipt of a run in which every stream failed with a message that is %s fits into one item',
    async (_what, text) => {
      const names = Array.from({ length: 480 }, (_, index) => `a-stream-with-a-long-name-${index}`);
      const refused = new SyncError('ACCESS_DENIED', text.repeat(1000));
      const run = runOf('run-1');

      const receipts = await pullAll(
        run,
        names.map((name) => streamOf({ name })),
        runPorts([refused]).ports,
      );

      const receipt = runReceiptOf(run, receipts, 0);
      const message = receipt.streams[names[0] ?? '']?.error?.message ?? '';
      expect(message).toMatch(/^(a_long_scope.*|€+|(😀)+)…$/u);
      expect(message.isWellFormed()).toBe(true);
      expect(Buffer.byteLength(JSON.stringify(receipt))).toBeLessThan(390_000);
    },
  );

  test.each(['pageTaken', 'streamBegins', 'streamEnds'] as const)(
    'an unexpected error in one stream, in %s, is its failure, and the stream after it is pulled',
    async (callback) => {
      const progress = {
        ...runPorts([]).ports.progress,
        [callback]({ name }: Stream) {
          if (name === 'bad') throw new TypeError('a bug');
        },
      };
      const unexpected = () => ({ code: 'BUG', message: 'an unexpected error' }) as const;
      const { ports } = runPorts([things(1, 3)], { progress, unexpected });

      const { bad, things: good } = await pullAll(runOf('run-1'), [streamOf({ name: 'bad' }), THINGS], ports);

      expect([bad, good]).toMatchObject([
        { status: 'failed', error: { code: 'BUG' } },
        { status: 'complete' },
      ]);
    },
  );

  test('a slow table is not handed more objects than the budget of memory has room for', async () => {
    const large = (id: number) => ({ id, text: 'x'.repeat(390_000) });
    const bytesOf = (items: readonly { bytes: number }[]) => items.reduce((sum, { bytes }) => sum + bytes, 0);
    let held = 0;
    let most = 0;
    const slow = new (class extends MemoryTable {
      override async write(items: Parameters<MemoryTable['write']>[0]) {
        held += bytesOf(items);
        most = Math.max(most, held);
        await new Promise((resolve) => setTimeout(resolve, 20));
        held -= bytesOf(items);
        return super.write(items);
      }
    })();
    const listing = [0, 100, 200, 300].map((from) =>
      Array.from({ length: 100 }, (_, at) => large(from + at)),
    );

    const receipt = await pull(runPorts(listing, { table: slow }).ports);

    expect(receipt).toMatchObject({ status: 'complete', written: 400 });
    // 156 MB in all, and each object counts twice in 48 MB.
    expect(most).toBeLessThanOrEqual(24 * 1024 * 1024);
  });

  test('a page may hold more objects than a call may have arguments', async () => {
    const { ports } = runPorts([things(1, 130_000)]);

    expect(await pull(ports)).toMatchObject({ status: 'complete', written: 130_000 });
  });

  test('a page of far too many rejects has all of them counted and the first 40,000 kept', async () => {
    const { ports, walks } = runPorts([[thing(1), ...new Array<Json>(100_000).fill(0)]]);

    expect(await pull(ports)).toMatchObject({ fetched: 100_001, written: 1, rejected: 100_000 });
    expect(walks.rejects).toHaveLength(40_000);
  });

  test('a slice ends at 20,000 rejects, and all rejects of pages of usual size are kept', async () => {
    const page = [thing(1), ...new Array<Json>(7_000).fill(0)];
    const { ports, walks } = runPorts(new Array<Json[]>(7).fill(page));

    await pull(ports);

    expect(walks.log.slice(0, 2)).toEqual(['saved at page 4', 'saved at page 7']);
    expect(walks.rejects).toHaveLength(49_000);
  });
});

describe('a long walk', () => {
  test('a long walk is saved after each slice and continued with its seen keys and counts', async () => {
    const clock = { time: 0, now: () => clock.time, sleep: async () => {} };
    const listing = [things(1, 3), things(4, 6), things(3, 9)];
    const listPages: RunPorts['listPages'] = (_stream, from) =>
      pagesOf(listing, from, () => {
        clock.time += 3 * 60 * 1000;
      });
    const { ports, walks } = runPorts([], { clock, listPages });

    const receipt = await pull(ports);

    expect(walks.log).toEqual(['saved at page 2', 'saved at page 3', 'ended, complete']);
    expect(receipt).toMatchObject({ status: 'complete', fetched: 13, written: 9, repeated: 4 });
  });

  test('a run stops at its deadline, and the message says where the next run continues', async () => {
    const clock = { time: 0, now: () => clock.time, sleep: async () => {} };
    const listPages: RunPorts['listPages'] = (_stream, from) =>
      pagesOf([things(1, 3), things(4, 6), things(7, 9)], from, () => {
        clock.time += 1000;
      });
    const { ports, walks } = runPorts([], { clock, listPages });

    const receipt = await pull(ports, THINGS, runOf('run-1', { deadlineMs: 1500 }));

    expect(receipt).toMatchObject({ status: 'incomplete', written: 6, error: { code: 'INTERRUPTED' } });
    expect(receipt.error?.message).toBe('stopped before page 3; the next pull continues there');
    expect(walks.log).toEqual(['saved at page 3']);
  });

  test('after the deadline a walk begins without reading a page, so that the next run pulls its stream first', async () => {
    const clock = { time: 2000, now: () => clock.time, sleep: async () => {} };
    let pages = 0;
    const listPages: RunPorts['listPages'] = (_stream, from) =>
      pagesOf([things(1, 3)], from, () => {
        pages += 1;
      });
    const { ports, walks } = runPorts([], { clock, listPages });

    const receipt = await pull(ports, THINGS, runOf('run-1', { deadlineMs: 1500 }));

    expect(receipt).toMatchObject({ status: 'incomplete', fetched: 0, error: { code: 'INTERRUPTED' } });
    expect([pages, walks.walk?.walkId]).toEqual([0, 'run-1']);
  });

  test('the counts of each slice are its own', async () => {
    const clock = { time: 0, now: () => clock.time, sleep: async () => {} };
    const listPages: RunPorts['listPages'] = (_stream, from) =>
      pagesOf([things(1, 3), things(3, 6), things(7, 9)], from, () => {
        clock.time += 3 * 60 * 1000;
      });
    const slices: unknown[] = [];
    const countSlice: RunPorts['countSlice'] = (_stream, counts) => slices.push(counts);
    const { ports } = runPorts([], { clock, listPages, countSlice });

    await pull(ports);

    expect(slices).toEqual([
      { ...NOTHING, pages: 1, fetched: 3, written: 3 },
      { ...NOTHING, pages: 1, fetched: 4, written: 3, repeated: 1 },
      { ...NOTHING, pages: 1, fetched: 3, written: 3 },
    ]);
  });

  test('a run waits as long as Procurios asks, then continues', async () => {
    const throttled = new SyncError('THROTTLED', 'page 2: status 429', { retryAfterMs: 300_000 });
    let tries = 0;
    const listPages: RunPorts['listPages'] = (_stream, from) => {
      tries += 1;
      return pagesOf([things(1, 3), tries === 1 ? throttled : things(4, 6)], from);
    };
    const { ports, clock } = runPorts([], { listPages });
    const begin = clock.now();

    const receipt = await pull(ports);

    expect(receipt).toMatchObject({ status: 'complete', written: 6 });
    expect(clock.now() - begin).toBe(300_000);
  });

  test('a stream that only waits is given up and keeps its position', async () => {
    const throttled = new SyncError('THROTTLED', 'page 2: status 429', { retryAfterMs: 1_000_000 });
    const { ports, walks } = runPorts([things(1, 3), throttled]);

    const receipt = await pull(ports);

    expect(receipt).toMatchObject({ status: 'failed', error: { code: 'THROTTLED' } });
    expect(walks.walk?.position?.page).toBe(2);
  });

  test('a walk begins anew after a change of configuration, and after a week', async () => {
    const throttled = new SyncError('UNAVAILABLE', 'page 2: status 500');
    const walks = new MemoryWalks();
    const first = runPorts([things(1, 3), throttled], { walks });
    await pull(first.ports);

    const other = streamOf({ query: { filter: 'x' } });
    const asked: number[] = [];
    const listPages: RunPorts['listPages'] = (_stream, from) =>
      pagesOf([things(1, 3), throttled], from, (page) => asked.push(page));
    await pull(runPorts([], { walks, listPages }).ports, other);
    const late = runPorts([], { walks, listPages });
    await late.clock.sleep(8 * 24 * 60 * 60 * 1000);
    await pull(late.ports, other);

    expect(asked).toEqual([1, 2, 1, 2]);
  });

  test('a walk that began in the future, by a clock that was wrong, begins anew', async () => {
    const throttled = new SyncError('UNAVAILABLE', 'page 2: status 500');
    const walks = new MemoryWalks();
    const ahead = runPorts([things(1, 3), throttled], { walks });
    await ahead.clock.sleep(366 * 24 * 60 * 60 * 1000);
    await pull(ahead.ports);
    const asked: number[] = [];
    const listPages: RunPorts['listPages'] = (_stream, from) =>
      pagesOf([things(1, 3), things(4, 6)], from, (page) => asked.push(page));

    await pull(runPorts([], { walks, listPages }).ports);

    expect(asked).toEqual([1, 2]);
  });
});

describe('a walk whose end was cut off', () => {
  async function cutOff() {
    const walks = new MemoryWalks();
    const pages: number[] = [];
    const listPages: RunPorts['listPages'] = (_stream, from) =>
      pagesOf([things(1, 3), things(4, 6)], from, (page) => pages.push(page));
    const { ports } = runPorts([], { walks, listPages });
    walks.cutsOffNextEnd = true;
    await expect(pull(ports)).rejects.toThrow('cut off');
    return { ports, walks, pages };
  }

  test('a walk whose end was cut off is ended by the repeated step, which reads no page again', async () => {
    const { ports, walks, pages } = await cutOff();

    const receipt = await pull(ports);

    expect(receipt).toMatchObject({ status: 'complete', pages: 2, fetched: 6, written: 6 });
    expect(walks.log).toEqual(['ended, complete']);
    expect(pages).toEqual([1, 2]);
  });

  test('a walk whose end was cut off is ended by the next run, which then begins a new walk', async () => {
    const { ports, walks, pages } = await cutOff();

    const receipt = await pull(ports, THINGS, runOf('run-2'));

    expect(receipt).toMatchObject({ status: 'complete', pages: 2, fetched: 6, unchanged: 6 });
    expect(walks.log).toEqual(['ended, complete', 'ended, complete']);
    expect(pages).toEqual([1, 2, 1, 2]);
  });
});

test('a stop ends the slice after its page and saves the position', async () => {
  const stop = new AbortController();
  const listPages: RunPorts['listPages'] = (_stream, from) =>
    pagesOf([things(1, 3), things(4, 6), things(7, 9)], from, (page) => page === 2 && stop.abort());
  const { ports, walks } = runPorts([], { listPages, signal: stop.signal });

  const receipt = await pull(ports);

  expect(receipt).toMatchObject({
    status: 'incomplete',
    written: 6,
    error: { code: 'INTERRUPTED' },
  });
  expect(walks.log).toEqual(['saved at page 3']);
});
