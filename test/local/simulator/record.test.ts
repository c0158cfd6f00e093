import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SIMULATOR_COLLECTION } from '../../../local/simulator/simulator.ts';
import { type Api, startApi } from './api.ts';

const RELATIONS = `/l/relation_list_api/collection/${SIMULATOR_COLLECTION}`;
const OTHER_COLLECTION = '/l/relation_list_api/collection/9b1d2c1e-6f0a-4b8e-8a53-2f7a0c6c1d44';
const ARCHIVE = '/l/relation_archive_api/relations/export?amount=1000';

type Row = Record<string, unknown>;

const START = Date.UTC(2026, 0, 5, 3);
let nowMs: number;
let api: Api;
beforeEach(async () => {
  nowMs = START;
  api = await startApi({ relations: 10, switches: { collectionPageSize: 4 }, now: () => nowMs });
});
afterEach(() => api.simulator.close());

const read = (page = 1, path = RELATIONS) => api.get(`${path}?page=${page}`);
const relationIds = async (path = RELATIONS): Promise<unknown[]> =>
  (await api.pages(path, 'relation', (json) => json._embedded.relations)).flat().map(({ id }) => id);
const numbersFrom = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
const allBut = (...numbers: number[]) => numbersFrom(1, 10).filter((id) => !numbers.includes(id));

describe('which objects stood throughout', () => {
  test('each request and each change is a moment, and now is the default', async () => {
    const { control } = api.simulator;
    const start = control.moment();
    await read();
    control.edit('relation', 1, { remarks: 'Edited' });

    expect(control.moment()).toBe(start + 2);
    expect(control.standing('relation')).toEqual(numbersFrom(1, 10));
  });

  test('an object that left and came back meanwhile did not stand, and one that was edited did', async () => {
    const { control } = api.simulator;
    const before = control.moment();
    control.remove('relation', 3);
    const between = control.moment();
    control.restore('relation', 3);
    control.edit('relation', 4, { remarks: 'Edited' });
    const after = control.moment();

    expect(control.standing('relation', { from: before })).toEqual(allBut(3));
    expect(control.standing('relation', { from: between, to: between })).toEqual(allBut(3));
    expect(control.standing('relation', { from: before, to: before })).toEqual(numbersFrom(1, 10));
    expect(control.standing('relation', { from: between + 1, to: after })).toEqual(numbersFrom(1, 10));
  });

  test('objects that are gone today stood in the past, and objects created later did not', async () => {
    const { control } = api.simulator;
    const before = control.moment();
    const id = control.create('relation');
    control.remove('relation', 2);
    control.edit('relation', id, { remarks: 'Edited' });
    const renumbered = control.renumber('relation', 5);

    expect(control.standing('relation', { from: before, to: before })).toEqual(numbersFrom(1, 10));
    expect(control.standing('relation', { from: before, to: before + 1 })).toEqual(numbersFrom(1, 10));
    expect(control.standing('relation', { from: before })).toEqual(allBut(2, 5));
    expect(control.standing('relation')).toEqual([...allBut(2, 5), id, renumbered]);
  });

  test('an object that a fault hides does not stand, one on a page that a fault empties does', async () => {
    const { control } = api.simulator;
    const before = control.moment();
    control.fault({ page: 1, do: { kind: 'hide', objects: { numbers: [1, 2] } } });
    control.fault({ page: 2, do: { kind: 'emptyPage' } });
    control.fault({ page: 3, do: { kind: 'emptyListing' } });
    await read(1);
    const hidden = control.moment();
    await read(2);
    await read(3);

    expect(control.standing('relation', { from: before })).toEqual(allBut(1, 2));
    expect(control.standing('relation', { from: hidden, to: hidden })).toEqual(allBut(1, 2));
    expect(control.standing('relation', { from: hidden + 1 })).toEqual(numbersFrom(1, 10));
  });

  test('what was hidden from another path is left out where a path is asked about', async () => {
    const { control } = api.simulator;
    const from = control.moment();
    control.fault({ route: OTHER_COLLECTION, do: { kind: 'hide', objects: { numbers: [4] } } });
    await read(1);
    await read(1, OTHER_COLLECTION);

    expect(control.standing('relation', { from, path: RELATIONS })).toEqual(numbersFrom(1, 10));
    expect(control.standing('relation', { from, path: OTHER_COLLECTION })).toEqual(allBut(4));
    expect(control.standing('relation', { from })).toEqual(allBut(4));
  });

  test('recipients of all emails that were read are told apart', async () => {
    const { control } = api.simulator;
    await api.get('/l/email_api/tracking/1/recipients', 'emailtracking');
    const before = control.standing('emailRecipient');
    const id = control.create('emailRecipient', { email: 2 });

    expect(before.length).toBeGreaterThan(0);
    expect(control.standing('emailRecipient')).toContain(id);
    expect(control.absences('emailRecipient', id)).toMatchObject([{ because: 'not created' }]);
  });

  test('a period that ends before it begins is refused', () => {
    expect(() => api.simulator.control.standing('relation', { from: 2, to: 1 })).toThrow(
      'the period begins at moment 2, after its end at 1',
    );
  });
});

describe('when an object left and came back', () => {
  test('absences have moments and times', async () => {
    const { control } = api.simulator;
    const start = control.moment();
    control.remove('relation', 3);
    nowMs += 60_000;
    control.restore('relation', 3);
    const id = control.create('relation');
    control.remove('relation', 3);

    expect(control.absences('relation', 3)).toEqual([
      {
        because: 'removed',
        left: { moment: start + 1, at: '2026-01-05T03:00:00.000Z' },
        back: { moment: start + 2, at: '2026-01-05T03:01:00.000Z' },
      },
      { because: 'removed', left: { moment: start + 4, at: '2026-01-05T03:01:00.000Z' } },
    ]);
    expect(control.absences('relation', id)).toEqual([
      { because: 'not created', back: { moment: start + 3, at: '2026-01-05T03:01:00.000Z' } },
    ]);
    expect(control.absences('relation', 4)).toEqual([]);
    expect(() => control.absences('relation', 99)).toThrow('there never was an object with number 99');
  });

  test('an object that a fault hides for a share of every walk is absent once per walk', async () => {
    const { control } = api.simulator;
    control.fault({
      nth: 2,
      perWalk: true,
      do: { kind: 'hide', objects: { numbers: [7] } },
    });
    for (const page of [1, 2, 3, 1, 2, 3]) await read(page);

    const absences = control.absences('relation', 7);

    expect(absences.map(({ because }) => because)).toEqual(['hidden', 'hidden']);
    expect(absences.every(({ left, back }) => left?.moment === back?.moment)).toBe(true);
  });

  test('changes of a kind are listed in order, and keys of removed objects are known', () => {
    const { control } = api.simulator;
    control.edit('archivedRelation', 2, { archived_reason: null });
    control.remove('archivedRelation', 2);
    control.restore('archivedRelation', 2);
    control.remove('archivedRelation', 1);
    const id = control.create('archivedRelation', { archived_relation_id: 5 });

    expect(control.changes('archivedRelation').map(({ number, change }) => [number, change])).toEqual([
      [2, 'edited'],
      [2, 'removed'],
      [2, 'restored'],
      [1, 'removed'],
      [id, 'created'],
    ]);
    expect([1, 2, id, 999].map((number) => control.keyOf('archivedRelation', number))).toEqual([
      10_000_001,
      10_000_002,
      5,
      undefined,
    ]);
  });
});

describe('objects that return', () => {
  test('a restored object has exactly its old content and its old place', async () => {
    const { control } = api.simulator;
    control.edit('relation', 3, { remarks: 'Edited', contribution: 1.5 });
    const before = (await read()).text;
    control.remove('relation', 3);
    control.restore('relation', 3);

    expect((await read()).text).toBe(before);
    expect(() => control.restore('relation', 3)).toThrow('there is no removed object with number 3');
  });

  test('a created object returns to its place among the created ones, where a cursor finds it', async () => {
    const { control } = api.simulator;
    const ids = [control.create('email'), control.create('email'), control.create('email')];
    const [one = 0, two = 0, three = 0] = ids;
    const behind = async (id: number) =>
      (await api.get(`/l/email_api/tracking/emails?after=${id}`, 'emailtracking')).json.emails.map(
        ({ trackingId }: Row) => trackingId,
      );
    control.remove('email', two);
    const without = [await behind(one), await behind(two)];
    control.restore('email', two);

    expect(without).toEqual([[three], [three]]);
    expect([await behind(one - 1), await behind(two)]).toEqual([ids, [three]]);
  });

  test('an updated recipient that was removed returns at the end', async () => {
    const { control } = api.simulator;
    const path = '/l/email_api/tracking/1/recipients';
    const codes = async () =>
      (await api.get(path, 'emailtracking')).json.recipients.map(({ trackingCode }: Row) => trackingCode);
    const [first, ...others] = await codes();
    const number = 2 ** 24 + 1;
    control.edit('emailRecipient', number, { bounced: true });
    control.remove('emailRecipient', number);
    control.restore('emailRecipient', number);

    expect(await codes()).toEqual([...others, first]);
  });

  test('renumber keeps all fields but the key', () => {
    const { control } = api.simulator;
    const { registrationId, ...fields } = control.get('meetingRegistration', 4) ?? {};

    const id = control.renumber('meetingRegistration', 4);

    expect(control.get('meetingRegistration', id)).toEqual({ registrationId: id, ...fields });
    expect([registrationId, control.get('meetingRegistration', 4)]).toEqual([4, undefined]);
    expect(() => control.renumber('meetingRegistration', 4)).toThrow('there is no object with number 4');
  });
});

describe('an archive that is late or early', () => {
  const archivedIds = async (): Promise<unknown[]> =>
    (await api.get(ARCHIVE, 'archived_relations')).json.relations.map(
      ({ archived_relation_id: id }: Row) => id,
    );

  test('a late entry appears after so many walks of the archive, with the time of the archiving', async () => {
    const { control } = api.simulator;
    control.switches({ archiveLagWalks: 2 });
    control.archive(3);
    nowMs += 86_400_000;

    expect(await relationIds()).not.toContain(3);
    expect([await archivedIds(), await archivedIds()].map((ids) => ids.includes(3))).toEqual([false, false]);
    const { json } = await api.get(ARCHIVE, 'archived_relations');
    expect(json.relations.at(-1)).toMatchObject({
      archived_relation_id: 3,
      archived_on: '2026-01-05T03:00:00+00:00',
    });
  });

  test('an early entry is in the archive while the relation stays for so many walks of its collection', async () => {
    const { control } = api.simulator;
    control.switches({ archiveLagWalks: -1 });
    control.archive(3);

    const ids = [await relationIds(), await relationIds()];

    expect(await archivedIds()).toContain(3);
    expect(ids.map((each) => each.includes(3))).toEqual([true, false]);
  });

  test('a failed request does not use up a walk', async () => {
    const { control } = api.simulator;
    control.switches({ archiveLagWalks: 1 });
    control.archive(3);
    await archivedIds();
    control.fault({ times: 1, do: { kind: 'status', status: 500 } });
    await api.get(ARCHIVE, 'archived_relations');

    expect(await archivedIds()).toContain(3);
  });

  test('entries of a chain of merges come in another order than the merges', async () => {
    const { control } = api.simulator;
    control.switches({ archiveLagWalks: 1 });
    control.merge(1, 2);
    control.switches({ archiveLagWalks: 0 });
    control.merge(2, 3);
    await archivedIds();

    expect((await archivedIds()).slice(-2)).toEqual([2, 1]);
    expect(await relationIds()).toEqual(numbersFrom(3, 10));
  });

  test('a relation that was removed before it leaves is not removed twice', async () => {
    const { control } = api.simulator;
    control.switches({ archiveLagWalks: -1 });
    control.archive(3);
    control.remove('relation', 3);
    await relationIds();

    expect(await relationIds()).toEqual(allBut(3));
    expect(() => control.archive(3)).toThrow('there is no object with number 3');
  });
});
