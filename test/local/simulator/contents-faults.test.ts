import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Fault, type FaultAction, SIMULATOR_COLLECTION } from '../../../local/simulator/simulator.ts';
import { type Api, startApi } from './api.ts';

const RELATIONS = `/l/relation_list_api/collection/${SIMULATOR_COLLECTION}`;
const MOMENTS = '/l/contact_moment_api/contact_moment';
const EMAILS = '/l/email_api/tracking/emails';

type Row = Record<string, unknown>;

let api: Api;
beforeEach(async () => {
  // 60 contact moments on 3 pages.
  api = await startApi({ relations: 30, switches: { collectionPageSize: 10 } });
});
afterEach(() => api.simulator.close());

const fault = (action: FaultAction, conditions: Omit<Fault, 'do'> = {}) =>
  api.simulator.control.fault({ ...conditions, do: action });
const momentsOn = async (page: number): Promise<number[]> =>
  (await api.get(`${MOMENTS}?page=${page}`, 'contact_moment')).json.map(({ id }: Row) => id);
/** Reads three pages, whatever is on them, and returns the numbers. */
const walk = async () => [...(await momentsOn(1)), ...(await momentsOn(2)), ...(await momentsOn(3))];
const relations = async (): Promise<Row[]> =>
  (await api.pages(RELATIONS, 'relation', (json) => json._embedded.relations)).flat();
const emails = async (query = ''): Promise<number[]> =>
  (await api.get(EMAILS + query, 'emailtracking')).json.emails.map(({ trackingId }: Row) => trackingId);
const numbersFrom = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe('order', () => {
  test('key orders by number, also objects that were inserted in front', async () => {
    fault({ kind: 'shift', by: 'insertion' }, { times: 1 });
    await momentsOn(1);
    fault({ kind: 'order' });
    const up = await walk();
    api.simulator.control.clearFaults();
    fault({ kind: 'order', direction: 'down' });

    expect(up).toEqual(numbersFrom(1, 61));
    expect(await walk()).toEqual(numbersFrom(1, 61).toReversed());
  });

  test('name orders by name, and an edited name moves the object', async () => {
    const { control } = api.simulator;
    fault({ kind: 'order', by: 'name' });
    const before = (await relations()).map(({ name }) => String(name));
    control.edit('relation', 7, { name: 'AAA' });
    control.edit('relation', 8, { name: 'zzz' });
    const after = (await relations()).map(({ id }) => id);
    control.clearFaults();
    fault({ kind: 'order', by: 'name', direction: 'down' });

    expect(before).toEqual(before.toSorted());
    expect(new Set(before).size).toBe(30);
    expect([after[0], after.at(-1)]).toEqual([7, 8]);
    expect((await relations()).map(({ id }) => id)).toEqual(after.toReversed());
  });

  test('modified orders by the latest creation or edit, and objects that never changed by number', async () => {
    const { control } = api.simulator;
    control.edit('contactMoment', 5, { subject: 'Edited first' });
    control.create('contactMoment');
    control.edit('contactMoment', 3, { subject: 'Edited last' });
    fault({ kind: 'order', by: 'modified' });
    const up = await walk();
    control.clearFaults();
    fault({ kind: 'order', by: 'modified', direction: 'down' });
    const down = await walk();
    control.edit('contactMoment', 60, { subject: 'Edited after' });

    expect(up).toEqual([...numbersFrom(1, 60).filter((id) => id !== 3 && id !== 5), 5, 61, 3]);
    expect(down).toEqual(up.toReversed());
    expect((await momentsOn(1))[0]).toBe(60);
  });

  test('a filtered listing is ordered too, and a cursor keeps its own order', async () => {
    fault({ kind: 'order', direction: 'down' });
    const { json } = await api.get(`${MOMENTS}?relationIds=1,2,3`, 'contact_moment');
    const ids: number[] = json.map(({ id }: Row) => id);

    expect(ids.length).toBeGreaterThan(1);
    expect(ids.length).toBeLessThan(25);
    expect(ids).toEqual(ids.toSorted((one, other) => other - one));
    expect((await emails())[0]).toBe(1);
  });
});

describe('hide', () => {
  test.each([
    [{ numbers: [1, 30, 999] }, [1, 30]],
    [{ every: 25 }, [25, 50]],
    [{ oldest: 2 }, [1, 2]],
    [{ newest: 2 }, [59, 60]],
  ])('%j hides the objects %j, and the pages close up', async (objects, hidden) => {
    fault({ kind: 'hide', objects });

    expect(await walk()).toEqual(numbersFrom(1, 60).filter((id) => !hidden.includes(id)));
    expect(await momentsOn(1)).toHaveLength(25);
  });

  test('a random selection is the same for the same seed, and stays the same while the list changes', async () => {
    const objects = { random: 5 };
    const hiddenWith = async (seed: number) => {
      api.simulator.control.clearFaults();
      fault({ kind: 'hide', objects, seed });
      const shown = await walk();
      return numbersFrom(1, 60).filter((id) => !shown.includes(id));
    };

    const [one, other, again] = [await hiddenWith(1), await hiddenWith(2), await hiddenWith(1)];
    api.simulator.control.remove('contactMoment', one.includes(1) ? 2 : 1);

    expect(one).toHaveLength(5);
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
    expect((await walk()).filter((id) => one.includes(id))).toEqual([]);
  });

  test('a cursor stays behind the last object read, whichever objects are hidden', async () => {
    fault({ kind: 'hide', objects: { numbers: [1, 50, 101] } });

    expect((await emails('?after=49')).slice(0, 2)).toEqual([51, 52]);
    expect((await emails('?after=50')).slice(0, 2)).toEqual([51, 52]);
    expect((await emails('?after=100'))[0]).toBe(102);
  });
});

test('emptyListing has no objects, and its links say so', async () => {
  fault({ kind: 'emptyListing' });

  const { json } = await api.get(RELATIONS);

  expect(json._embedded.relations).toEqual([]);
  expect(json._links).not.toHaveProperty('next');
  expect(json._links.last.href).toBe(`${RELATIONS}?page=1`);
  expect([await walk(), await emails('?after=40')]).toEqual([[], []]);
});

describe('job', () => {
  test('a nightly job changes the list at the same moment of every walk', async () => {
    const job = { kind: 'job', removes: { oldest: 5 }, adds: 2, edits: { newest: 1 } } as const;
    fault(job, { page: 2, times: 1, perWalk: true });

    const [first, second] = [await walk(), await walk()];

    // Five objects moved from page 2 to page 1 behind the reader.
    expect(first).toEqual([...numbersFrom(1, 25), ...numbersFrom(31, 62)]);
    expect(second).toEqual([...numbersFrom(6, 30), ...numbersFrom(36, 64)]);
    expect(api.simulator.control.get('contactMoment', 60)).toMatchObject({ revision: 1 });
  });

  test('objects that are taken out and put back come back with exactly their old content', async () => {
    const before = (await api.get(MOMENTS, 'contact_moment')).json;
    fault({ kind: 'job', removes: { oldest: 3 }, restores: 3 }, { page: 1 });

    const taken = await momentsOn(1);
    const returned = (await api.get(MOMENTS, 'contact_moment')).json;

    expect(taken.slice(0, 2)).toEqual([4, 5]);
    // The second turn puts 1 to 3 back, and takes out the oldest, which are the same.
    expect(returned.map(({ id }: Row) => id)).toEqual(taken);
    api.simulator.control.clearFaults();
    fault({ kind: 'job', restores: 9 });
    expect((await api.get(MOMENTS, 'contact_moment')).json).toEqual(before);
  });

  test('objects get other numbers and keep all other fields', async () => {
    const { control } = api.simulator;
    const { id: _id, ...fields } = control.get('contactMoment', 1) ?? {};
    fault({ kind: 'job', renumbers: { numbers: [1] } }, { times: 1 });

    const shown = await walk();

    expect(shown).toEqual(numbersFrom(2, 61));
    expect(control.get('contactMoment', 61)).toEqual({ id: 61, ...fields });
  });

  test('relations are archived and merged in a chain, whichever listing is read', async () => {
    fault({ kind: 'job', archives: { numbers: [9] }, merges: { numbers: [1, 2, 3] } }, { times: 1 });
    await momentsOn(1);

    const { json } = await api.get(
      '/l/relation_archive_api/relations/export?amount=1000',
      'archived_relations',
    );
    const entries = json.relations
      .slice(-3)
      .map((entry: Row) => [entry.archived_relation_id, entry.kept_relation_id]);

    expect(entries).toEqual([
      [9, null],
      [1, 2],
      [2, 3],
    ]);
    expect((await relations()).map(({ id }) => id)).toEqual([...numbersFrom(3, 8), ...numbersFrom(10, 30)]);
  });

  test('random selections differ from turn to turn, and are the same for the same seed', async () => {
    const removedIn = async (seed: number) => {
      await using own = await startApi({ relations: 30 });
      own.simulator.control.fault({ do: { kind: 'job', removes: { random: 3 }, seed } });
      for (let turn = 0; turn < 2; turn += 1) await own.get(MOMENTS, 'contact_moment');
      return own.simulator.control.changes('contactMoment').map(({ number }) => number);
    };

    const [one, again, other] = [await removedIn(1), await removedIn(1), await removedIn(2)];

    expect(new Set(one).size).toBe(6);
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });
});

describe('a cache', () => {
  const bodyOf = async (headers = {}) => api.get(MOMENTS, 'contact_moment', headers);

  test('oldPage serves what it stored, with its age, until it was used so often', async () => {
    fault({ kind: 'oldPage', uses: 2, ageSeconds: 900 });
    const fresh = await bodyOf();
    api.simulator.control.remove('contactMoment', 1);

    const answers = [await bodyOf(), await bodyOf(), await bodyOf()];

    expect(answers.map(({ headers }) => headers.get('age'))).toEqual(['900', '900', null]);
    expect(answers.map(({ text }) => text === fresh.text)).toEqual([true, true, false]);
    expect(await momentsOn(2)).toHaveLength(25);
  });

  test('oldPage obeys no-cache if it is told to', async () => {
    const noCache = { 'cache-control': 'no-cache' };
    fault({ kind: 'oldPage' });
    await bodyOf();
    const ignored = await bodyOf(noCache);
    api.simulator.control.clearFaults();
    fault({ kind: 'oldPage', obeysNoCache: true });
    await bodyOf();

    expect(ignored.headers.get('age')).toBe('600');
    expect((await bodyOf(noCache)).headers.get('age')).toBeNull();
    expect((await bodyOf()).headers.get('age')).toBe('600');
  });

  test('oldPage stores no failed answer', async () => {
    fault({ kind: 'oldPage' });
    fault({ kind: 'status', status: 500 }, { nth: 1 });
    await bodyOf();

    expect([(await bodyOf()).status, (await bodyOf()).headers.get('age')]).toEqual([200, '600']);
  });

  test('age is beside a page that is not old', async () => {
    fault({ kind: 'age', seconds: 301 });
    const first = await bodyOf();
    api.simulator.control.remove('contactMoment', 1);

    expect(first.headers.get('age')).toBe('301');
    expect((await momentsOn(1))[0]).toBe(2);
  });
});

describe('wrong options', () => {
  test.each([
    [{ kind: 'order', by: 'nmae' }, "'by' of the fault 'order' must be one of key, name, modified"],
    [
      { kind: 'order', orientation: 'up' },
      "'orientation' is not an option of the fault 'order'; known are by, direction",
    ],
    [{ kind: 'emptyListing', of: 1 }, "'of' is not an option of the fault 'emptyListing'; it has none"],
    [{ kind: 'hide' }, "the fault 'hide' needs 'objects', one of"],
    [{ kind: 'hide', objects: { oldest: 1, newest: 1 } }, "'objects' of the fault 'hide' must be one of"],
    [{ kind: 'hide', objects: { eldest: 1 } }, "'objects' of the fault 'hide' must be one of"],
    [{ kind: 'hide', objects: { numbers: [0] } }, "'objects' of the fault 'hide' must be one of"],
    [{ kind: 'hide', objects: { toString: 1 } }, "'objects' of the fault 'hide' must be one of"],
    [{ kind: 'job', adds: -1 }, "'adds' of the fault 'job' must be a whole number from 0"],
    [{ kind: 'pageCap' }, "the fault 'pageCap' needs 'max', a whole number from 1"],
    [{ kind: 'cutBody', keep: 2 }, "'keep' of the fault 'cutBody' must be a share from 0 to 1"],
    [{ kind: 'oldPage', obeysNoCache: 'yes' }, "'obeysNoCache' of the fault 'oldPage' must be true or false"],
  ])('%j is refused', (action, message) => {
    expect(() => fault(action as never)).toThrow(message);
    expect(api.simulator.control.faults()).toEqual([]);
  });
});
