import { describe, expect, test } from '@jest/globals';
import { SyncError } from '../../../../lambda/core/errors.ts';
import { JudgedNights, pagesWith, upTo } from '../../../support/judged-nights.ts';
import { ACCESS, type Listing } from '../../../support/memory-ports.ts';

const HUNDRED = pagesWith(upTo(100));
const WITHOUT_7 = pagesWith(upTo(100, [7]));

describe('an object that leaves the listing', () => {
  test('it is a tombstone after goneAfter counted walks and a look, which read the list once more', async () => {
    const mirror = new JudgedNights();
    await mirror.pull(HUNDRED);

    const missed = await mirror.pull(WITHOUT_7);
    mirror.pages = 0;
    const gone = await mirror.pull(WITHOUT_7);

    expect(missed).toMatchObject({ evidence: 'counted', direction: 'up', live: 100, missed: 1, gone: 0 });
    expect(missed.look).toBeUndefined();
    expect(gone).toMatchObject({
      status: 'complete',
      live: 100,
      missed: 0,
      held: 0,
      gone: 1,
      look: 'proved',
    });
    expect(mirror.pages).toBe(20);
    expect([...mirror.table.tombstones]).toEqual([['7', 'absent run-2 run-3']]);
    expect(mirror.deletes.absences.known).toMatchObject({ absences: new Map(), evidence: { overflow: 0 } });
  });

  test('a night in which every live item is shown asks for no scan of unseen items', async () => {
    const mirror = new JudgedNights();

    const receipt = await mirror.nights(3, HUNDRED);

    expect(receipt).toMatchObject({ evidence: 'counted', live: 100, missed: 0, held: 0, kept: 0, gone: 0 });
    expect(mirror.deletes.table.scans).toBe(0);
    expect(mirror.deletes.absences.known.evidence.walks).toHaveLength(3);
  });

  test('it stays if the look shows it, and what the look shows is stored', async () => {
    const mirror = new JudgedNights();
    await mirror.pull(HUNDRED);
    await mirror.pull(pagesWith(upTo(100, [7, 8])));
    const walk = pagesWith(upTo(100, [7, 8]));
    let readings = 0;

    const receipt = await mirror.pull(() => {
      readings += 1;
      return readings === 1 ? walk : pagesWith(upTo(100, [8]), 'edited');
    });

    expect(receipt).toMatchObject({ look: 'proved', missed: 0, gone: 1, written: 0, unchanged: 98 });
    expect([...mirror.table.tombstones.keys()]).toEqual(['8']);
    expect(mirror.table.items.get('7')?.object).toEqual({ id: 7, text: 'edited' });
  });

  test('an object that returns with its old content is written over its tombstone, and counted', async () => {
    const mirror = new JudgedNights();
    await mirror.pull(HUNDRED);
    await mirror.nights(2, WITHOUT_7);

    const receipt = await mirror.pull(HUNDRED);

    expect(receipt).toMatchObject({ written: 1, unchanged: 99, returned: 1, missed: 0 });
    expect(mirror.table.tombstones.size).toBe(0);
  });

  test('a look that fails carries nothing, and the next night looks again', async () => {
    const mirror = new JudgedNights();
    await mirror.pull(HUNDRED);
    await mirror.pull(WITHOUT_7);
    let readings = 0;

    const failed = await mirror.pull(() => {
      readings += 1;
      const failure = new SyncError('RESPONSE_INVALID', 'not a list');
      return readings === 1 ? WITHOUT_7 : [...WITHOUT_7.slice(0, 5), failure];
    });

    expect(failed).toMatchObject({ status: 'complete', look: 'incomplete', missed: 1, gone: 0 });
    expect(mirror.deletes.absences.known.evidence.failedLook).toBe('incomplete');
    expect(await mirror.pull(WITHOUT_7)).toMatchObject({ look: 'proved', gone: 1 });
  });

  test('it is held if no walk of the sight ever showed it', async () => {
    const mirror = new JudgedNights();
    await mirror.pull(HUNDRED, { access: async () => ({ ...ACCESS, clientId: 'another' }) });

    const receipt = await mirror.nights(2, WITHOUT_7);

    expect(receipt).toMatchObject({ status: 'complete', held: 1, missed: 0, gone: 0 });
    expect(mirror.deletes.absences.known.evidence.held).toMatchObject({ reason: 'never shown', count: 1 });
    expect(mirror.table.tombstones.size).toBe(0);
  });

  test('it is held on a listing whose pages have numbers, because walks only go up', async () => {
    const mirror = new JudgedNights({ paging: { kind: 'hal' }, goneAfter: 3 });
    await mirror.pull(HUNDRED);

    const receipt = await mirror.nights(3, WITHOUT_7);

    expect(receipt).toMatchObject({ held: 1, gone: 0 });
    expect(mirror.deletes.absences.known.evidence.held).toMatchObject({ reason: 'one direction' });
  });

  test('too many are held, and those that an operator approves go without a look', async () => {
    const mirror = new JudgedNights();
    const halved = pagesWith(upTo(50));
    await mirror.pull(HUNDRED);
    expect(await mirror.nights(2, halved)).toMatchObject({ held: 50, gone: 0 });
    const { evidence } = mirror.deletes.absences.known;
    const approval = { heldId: evidence.held?.id ?? '', ids: ['51', '52'], shown: 50 };
    mirror.deletes.absences.approved = [
      {
        ...approval,
        sightBegan: evidence.firstBegan ?? '',
        at: new Date(mirror.clock.time).toISOString(),
        by: 'x',
      },
    ];
    mirror.pages = 0;

    const receipt = await mirror.pull(halved);

    expect(receipt).toMatchObject({ held: 48, gone: 2 });
    expect(receipt.look).toBeUndefined();
    expect(mirror.pages).toBe(5);
    expect([...mirror.table.tombstones.values()]).toEqual(Array(2).fill(`approved ${evidence.held?.id}`));
  });
});

describe('the archive', () => {
  const archived = (mirror: JudgedNights, hours: number) => mirror.clock.time + hours * 3_600_000;

  test('an unseen object that it names is gone at once, without a look, with the survivor of its merges', async () => {
    const mirror = new JudgedNights();
    await mirror.pull(HUNDRED);
    mirror.deletes.entries.set('7', { archivedAtMs: archived(mirror, 2), mergedInto: '8' });
    mirror.deletes.entries.set('9', { archivedAtMs: archived(mirror, 2) });

    const receipt = await mirror.pull(pagesWith(upTo(100, [7, 9])));

    expect(receipt).toMatchObject({ gone: 2, missed: 0 });
    expect(receipt.look).toBeUndefined();
    expect([...mirror.table.tombstones]).toEqual([
      ['7', 'merged'],
      ['9', 'archived'],
    ]);
    expect([...mirror.deletes.table.survivors]).toEqual([['7', '8']]);

    mirror.deletes.entries.set('8', { archivedAtMs: archived(mirror, 2), mergedInto: '10' });
    await mirror.pull(pagesWith(upTo(100, [7, 8, 9])));
    expect([...mirror.deletes.table.survivors]).toEqual([
      ['7', '10'],
      ['8', '10'],
    ]);
  });

  test('an object that the listing shows stays, whatever the archive says', async () => {
    const mirror = new JudgedNights();
    await mirror.pull(HUNDRED);
    mirror.deletes.entries.set('7', { archivedAtMs: archived(mirror, 2) });

    expect(await mirror.pull(HUNDRED)).toMatchObject({ missed: 0, gone: 0 });
    expect(mirror.table.tombstones.size).toBe(0);
  });
});

describe('a walk that is no evidence', () => {
  test('a second pull within ten hours is too soon, and what it shows is no longer missed', async () => {
    const mirror = new JudgedNights();
    await mirror.pull(HUNDRED);
    await mirror.pull(pagesWith(upTo(100, [7, 8])));

    const receipt = await mirror.pull(pagesWith(upTo(100, [8, 9])), { hours: 3 });

    expect(receipt).toMatchObject({ status: 'complete', evidence: 'too soon', missed: 1, gone: 0 });
    expect([...mirror.deletes.absences.known.absences.keys()]).toEqual(['8']);
  });

  test('an incomplete walk misses nothing', async () => {
    const mirror = new JudgedNights();
    await mirror.pull(HUNDRED);

    const receipt = await mirror.pull([
      ...pagesWith(upTo(50)),
      new SyncError('RESPONSE_INVALID', 'not a list'),
    ]);

    expect(receipt).toMatchObject({ status: 'failed', evidence: 'incomplete', missed: 0 });
    expect(mirror.deletes.absences.known.absences.size).toBe(0);
  });

  test('a walk whose answers came from a cache proves nothing', async () => {
    const mirror = new JudgedNights();
    await mirror.pull(HUNDRED);

    const receipt = await mirror.pull([{ objects: [{ id: 1, text: 'a' }], isCached: true }]);

    expect(receipt).toMatchObject({ status: 'complete', evidence: 'cached', missed: 0 });
  });

  test('a walk without a known client proves nothing', async () => {
    const mirror = new JudgedNights();
    await mirror.pull(HUNDRED);

    const receipt = await mirror.pull(WITHOUT_7, { access: async () => undefined });

    expect(receipt).toMatchObject({ status: 'complete', evidence: 'unknown', missed: 0 });
  });

  test('a night in which no page could be read leaves the counts, but a walk that was given up starts them over', async () => {
    const outage = [new SyncError('UNAVAILABLE', 'out of order')];
    const mirror = new JudgedNights();
    await mirror.pull(HUNDRED);
    await mirror.pull(WITHOUT_7);
    await mirror.pull(outage);
    expect(await mirror.pull(WITHOUT_7)).toMatchObject({ gone: 1 });

    await mirror.pull(pagesWith(upTo(100, [7, 8])));
    await mirror.pull([...pagesWith(upTo(50, [7, 8])), ...outage]);
    // A week later its pages are outdated, so it is not resumed.
    const receipt = await mirror.pull(pagesWith(upTo(100, [7, 8])), { hours: 8 * 24 });
    expect(receipt).toMatchObject({ evidence: 'counted', missed: 1, gone: 0 });
  });
});

describe('a walk that cannot be judged', () => {
  test('it is judged by the next run; if that fails too, it is given up, and the list is read in the same run', async () => {
    const mirror = new JudgedNights();
    await mirror.pull(HUNDRED);
    mirror.faulty = (store) =>
      'scanUnseen' in store
        ? { ...store, scanUnseen: async () => Promise.reject(new SyncError('STORE_MISSING', 'no table')) }
        : store;
    const first = await mirror.pull(pagesWith(upTo(100, [7]), 'first'));
    mirror.pages = 0;

    const second = await mirror.pull(pagesWith(upTo(100, [7]), 'second'));
    const readBySecond = mirror.pages;
    mirror.faulty = (store) => store;
    const third = await mirror.pull(pagesWith(upTo(100, [7]), 'third'));

    expect([first, second].map(({ error }) => error?.code)).toEqual(['STORE_MISSING', 'STORE_MISSING']);
    expect(mirror.table.items.get('8')?.object).toEqual({ id: 8, text: 'third' });
    expect(readBySecond).toBe(10);
    expect(third).toMatchObject({ status: 'complete', evidence: 'counted', gone: 1, look: 'proved' });
  });
});

describe('the mode of a stream', () => {
  test('report counts and marks nothing', async () => {
    const mirror = new JudgedNights({ deletes: 'report' });
    await mirror.pull(HUNDRED);

    const receipt = await mirror.nights(4, WITHOUT_7);

    expect(receipt).toMatchObject({ missed: 1, held: 0, gone: 0 });
    expect(mirror.deletes.absences.known.absences.get('7')?.missed).toBe(4);
    expect(mirror.table.tombstones.size).toBe(0);
  });

  test('never leaves no evidence, and receipts as they were', async () => {
    const mirror = new JudgedNights({ deletes: 'never' });
    await mirror.pull(HUNDRED);

    const receipt = await mirror.nights(4, WITHOUT_7);

    expect(receipt).toEqual({
      ...{ status: 'complete', pages: 10, fetched: 99, written: 0, unchanged: 99 },
      ...{ repeated: 0, rejected: 0, requests: 0 },
    });
    expect(mirror.deletes.absences.known.evidence.walks).toEqual([]);
  });
});

describe('a night that is cut off', () => {
  /** Three nights, in the last of which 7 is due by absence, 9 by the archive's word, and 8 is missed once. */
  async function beforeTheNight(): Promise<JudgedNights> {
    const mirror = new JudgedNights();
    mirror.deletes.table.batch = 1;
    await mirror.pull(HUNDRED);
    await mirror.pull(WITHOUT_7);
    mirror.deletes.entries.set('9', { archivedAtMs: mirror.clock.time + 3_600_000 });
    return mirror;
  }
  const THIRD = pagesWith(upTo(100, [7, 8, 9]));

  test.each([
    ['before', 'the next run'],
    ['after', 'the next run'],
    ['before', 'the same run, repeated'],
    ['after', 'the same run, repeated'],
  ] as const)(
    'it is ended as if nothing had happened, if it is cut off %s any call to a store, by %s',
    async (when, by) => {
      const isRepeated = by !== 'the next run';
      for (let last = 1; ; last += 1) {
        const mirror = await beforeTheNight();
        const cuts = cutOffAt(last, when);
        mirror.faulty = cuts.faulty;
        await mirror.pull(THIRD).catch(() => undefined);
        mirror.faulty = (store) => store;

        const receipt = await mirror.pull(THIRD, { hours: 1, isRepeated });

        const { absences, evidence } = mirror.deletes.absences.known;
        expect([last, receipt.status, receipt.error]).toEqual([last, 'complete', undefined]);
        // The next run begins another walk, unless it read the look to its end.
        const { gone } = receipt;
        const isOther = !isRepeated && receipt.evidence === 'too soon';
        expect([last, isOther || gone]).toEqual([last, isOther || 2]);
        expect([...mirror.table.tombstones.keys()].sort()).toEqual(['7', '9']);
        expect([...absences.keys()]).toEqual(['8']);
        expect(absences.get('8')?.missed).toBe(1);
        expect([last, evidence.walks.length]).toEqual([last, 3]);
        expect([last, evidence.carried.map(({ count }) => count)]).toEqual([last, [2]]);
        if (cuts.calls() < last) {
          expect(last).toBeGreaterThan(20);
          break;
        }
      }
    },
  );

  test('what became too much while it was carried is held, and what went before counts for the week', async () => {
    const mirror = await beforeTheNight();
    let buried = 0;
    const { tombstones } = mirror.table;
    mirror.faulty = (store) =>
      new Proxy(store, {
        get: (target, name) => {
          if (name === 'save' && tombstones.size > 0) throw new Error('cut off');
          const value: unknown = Reflect.get(target, name);
          if (name === 'saveWalk' && tombstones.size > 0) throw new Error('cut off');
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    const fewer = pagesWith(upTo(80, [7, 8, 9]));
    await mirror.pull(fewer).catch(() => undefined);
    buried = tombstones.size;
    mirror.faulty = (store) => store;
    for (const id of upTo(100)) {
      mirror.deletes.entries.set(String(id), { archivedAtMs: mirror.clock.time + 3_600_000 });
    }

    const receipt = await mirror.pull(fewer, { hours: 1, isRepeated: true });

    expect(buried).toBe(2);
    expect(receipt).toMatchObject({ status: 'complete', evidence: 'counted', gone: 2, held: 21, missed: 0 });
    expect(mirror.deletes.absences.known.evidence.carried.map(({ count }) => count)).toEqual([2]);
    expect(tombstones.size).toBe(2);
  });

  test('carrying that has no time left goes on in the next slice, and counts all that is gone', async () => {
    const mirror = await beforeTheNight();
    mirror.deletes.table.scans = 0;
    let asked = 0;

    // The clock jumps while the walk is judged, so that each slice carries one batch.
    const receipt = await mirror.pull(THIRD, {
      clock: { ...mirror.clock, now: () => mirror.clock.time + 150_000 * asked++, sleep: async () => {} },
    });

    expect(receipt).toMatchObject({ status: 'complete', gone: 2, missed: 1 });
    expect(mirror.deletes.table.scans).toBe(3);
  });
});

describe('an empty page in front of filled ones', () => {
  /** Page 3 is empty in place of ten objects. */
  const holed: Listing = HUNDRED.map((page, index) => (index === 2 ? { doubt: { kind: 'hole' } } : page));

  test('its walks are incomplete, but count: what they miss waits until it is shown, or is held after 14 days', async () => {
    const mirror = new JudgedNights();
    await mirror.pull(HUNDRED);

    const missed = await mirror.pull(holed);
    const waits = await mirror.nights(13, holed);
    const held = await mirror.nights(3, holed);
    const shown = await mirror.pull(HUNDRED);

    const because = { status: 'incomplete', error: { code: 'LISTING_INCOMPLETE' }, evidence: 'counted' };
    expect(missed).toMatchObject({ ...because, holes: 1, missed: 10, held: 0 });
    expect(waits).toMatchObject({ ...because, missed: 10, held: 0, gone: 0 });
    expect(held).toMatchObject({ ...because, missed: 0, held: 10, gone: 0 });
    expect(mirror.table.tombstones.size).toBe(0);
    expect(shown).toMatchObject({ status: 'complete', missed: 0, held: 0 });
  });

  test('where such pages are normal, its walks are complete, and what they miss goes', async () => {
    const mirror = new JudgedNights({ holes: 'count' });
    await mirror.pull(HUNDRED);

    const receipt = await mirror.nights(2, holed);

    expect(receipt).toMatchObject({ status: 'complete', holes: 1, gone: 10, look: 'proved' });
  });

  test('a walk that lacks more than that is no evidence', async () => {
    const mirror = new JudgedNights();
    await mirror.pull(HUNDRED);

    const receipt = await mirror.pull(holed.with(5, { objects: [], total: 200 }));

    expect(receipt).toMatchObject({ status: 'incomplete', evidence: 'incomplete', missed: 0 });
  });
});

/** Makes stores of which one call, counted over all of them, is cut off, as are all calls after it. */
function cutOffAt(last: number, when: 'before' | 'after') {
  let calls = 0;
  const faulty = <Store extends object>(store: Store): Store =>
    new Proxy(store, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          calls += 1;
          const isCut = calls === last;
          if (calls > last || (isCut && when === 'before')) throw new Error('cut off');
          const result: unknown = await Reflect.apply(value, target, args);
          if (isCut) throw new Error('cut off');
          return result;
        };
      },
    });
  return { faulty, calls: () => calls };
}
