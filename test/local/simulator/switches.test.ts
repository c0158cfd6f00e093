import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { SIMULATOR_COLLECTION, startSimulator } from '../../../local/simulator/simulator.ts';
import { DEFAULT_SWITCHES, type Switches } from '../../../local/simulator/switches.ts';
import { startApi } from './api.ts';

const RELATIONS = `/l/relation_list_api/collection/${SIMULATOR_COLLECTION}`;
const MOMENTS = '/l/contact_moment_api/contact_moment';

const startWith = (switches: Partial<Switches>) => startApi({ relations: 120, switches });

test('docs/procurios.md lists every switch with its default', async () => {
  const text = await readFile(new URL('../../../docs/procurios.md', import.meta.url), 'utf8');

  const [section = ''] = (text.split('\n## Switches\n')[1] ?? '').split('\n## ');
  const rows = [...section.matchAll(/^\| `(\w+)` \|.*\| `([^`]+)` \|$/gm)].map(([, name, value]) => [
    name,
    value,
  ]);

  expect(rows).toEqual(
    Object.entries(DEFAULT_SWITCHES).map(([name, value]) => [name, JSON.stringify(value)]),
  );
});

test('an unknown switch or a value of the wrong type is refused, and no switch changes', async () => {
  await expect(startSimulator({ switches: { nonsense: 1 } as never })).rejects.toThrow(
    "'nonsense' is not a switch",
  );
  await using api = await startWith({});
  const { control } = api.simulator;

  expect(() => control.switches({ collectionPageSize: 50, hiddenFields: 'id' as never })).toThrow(
    "switch 'hiddenFields'",
  );
  expect((await api.get(RELATIONS)).json._embedded.relations).toHaveLength(100);
});

test('simulators do not share their switches', async () => {
  await using changed = await startWith({});
  changed.simulator.control.switches({ collectionPageSize: 50 });

  await using other = await startWith({});

  expect((await other.get(RELATIONS)).json._embedded.relations).toHaveLength(100);
});

describe('a page past the end', () => {
  const past = `${RELATIONS}?page=9`;

  test('a page past the end is empty by default', async () => {
    await using api = await startWith({});
    const { json } = await api.get(past);

    expect(json._embedded.relations).toEqual([]);
    expect(Object.keys(json._links)).toEqual(['self', 'first', 'prev', 'last']);
    expect((await api.get(`${RELATIONS}?page=0`)).status).toBe(400);
  });

  test('a page past the end is not found when beyondLastPage is notFound', async () => {
    await using api = await startWith({ beyondLastPage: 'notFound' });

    expect((await api.get(past)).status).toBe(404);
    expect((await api.get(`${RELATIONS}?page=2`)).status).toBe(200);
  });

  test('a page past the end is the last page when beyondLastPage is lastPage', async () => {
    await using api = await startWith({ beyondLastPage: 'lastPage' });

    expect((await api.get(past)).text).toBe((await api.get(`${RELATIONS}?page=2`)).text);
  });
});

test('pages are counted from 0 when firstPage is 0, and a request without a number is for the first', async () => {
  await using api = await startWith({ firstPage: 0 });

  const first = await api.get(RELATIONS);
  const zero = await api.get(`${RELATIONS}?page=0`);
  const moments = [0, 1].map(
    async (page) => (await api.get(`${MOMENTS}?page=${page}`, 'contact_moment')).json,
  );

  expect(zero.json._links.next.href).toBe(`${RELATIONS}?page=1`);
  expect(zero.text).toBe(first.text);
  expect((await Promise.all(moments)).map(([moment]) => moment.id)).toEqual([1, 26]);
});

test('the list of a collection is at the pointer in collectionList', async () => {
  await using api = await startWith({ collectionList: '/data/all~1relations', collectionPageSize: 7 });

  const { json } = await api.get(RELATIONS);

  expect(json.data['all/relations']).toHaveLength(7);
  expect(Object.keys(json)).toEqual(['data', '_links']);
});

test('collections are filtered by since only when collectionSince is filters', async () => {
  await using api = await startWith({});
  api.simulator.control.edit('relation', 9, { first_name: 'Ada' });
  const since = `${RELATIONS}?since=2025-06-01T00:00:00`;

  const ignored = await api.get(since);
  api.simulator.control.switches({ collectionSince: 'filters' });
  const filtered = await api.get(since);

  expect(ignored.json._embedded.relations).toHaveLength(100);
  expect(filtered.json._embedded.relations.map(({ id }: { id: number }) => id)).toEqual([9]);
});

test('absent links are null when absentLinks is null', async () => {
  await using api = await startWith({ absentLinks: 'null' });

  const collection = await api.get(RELATIONS);
  const archive = await api.get('/l/relation_archive_api/relations/export', 'archived_relations');

  expect(collection.json._links.prev).toBeNull();
  expect(archive.json._links.prev).toBeNull();
});

test('fields have generated names in objects and schema when fieldKeys is generated', async () => {
  await using api = await startWith({ fieldKeys: 'generated' });
  api.simulator.control.edit('relation', 1, { first_name: 'Ada', unlisted: 1 });

  const { json } = await api.get(RELATIONS);
  const schema = await api.get(`${RELATIONS}/schema`);

  const [first] = json._embedded.relations;
  expect(first).toMatchObject({
    id: 1,
    class_1_relation_firstname: 'Ada',
    class_1_ff_406: expect.anything(),
    unlisted: 1,
  });
  expect(Object.keys(schema.json.properties)).toEqual(
    Object.keys(first).filter((name) => name !== 'unlisted'),
  );
});

test('hidden fields are missing from objects and schema', async () => {
  await using api = await startWith({ hiddenFields: ['bank', 'subject'] });

  const { json } = await api.get(RELATIONS);
  const schema = await api.get(`${RELATIONS}/schema`);
  const moments = await api.get(MOMENTS, 'contact_moment');

  expect(json._embedded.relations[0]).not.toHaveProperty('bank');
  expect(schema.json.properties).not.toHaveProperty('bank');
  expect(moments.json[0]).not.toHaveProperty('subject');
});

test('non-ASCII characters in JSON are escaped or plain, with the same meaning', async () => {
  await using api = await startWith({});
  api.simulator.control.edit('relation', 1, { first_name: 'Zoë 🎉' });

  const escaped = await api.get(RELATIONS);
  api.simulator.control.switches({ unicode: 'plain' });
  const plain = await api.get(RELATIONS);

  expect(escaped.text).toContain('"Zo\\u00eb \\ud83c\\udf89"');
  expect(plain.text).toContain('"Zoë 🎉"');
  expect(plain.json).toEqual(escaped.json);
});

test('an empty map is an object when emptyMap is object', async () => {
  await using api = await startWith({ emptyMap: 'object' });

  const { json } = await api.get(MOMENTS, 'contact_moment');

  const tags = json.map((moment: { tags: unknown }) => moment.tags);
  expect(tags).toContainEqual({});
  expect(tags).not.toContainEqual([]);
});

test('dates without an offset are in the zone of timeZone, in answers and parameters', async () => {
  await using api = await startWith({ timeZone: 'America/New_York' });
  await using amsterdam = await startWith({});
  const orders = '/l/webshop2_api/webshops/1/orders';

  const [there, here] = await Promise.all(
    [api, amsterdam].map(async (one) => (await one.get(orders, 'webshop')).json),
  );

  expect(Date.parse(there[0].dateCreated)).toBe(Date.parse(here[0].dateCreated));
  expect([there[0].dateCreated.slice(-6), here[0].dateCreated.slice(-6)]).toEqual(['-05:00', '+01:00']);
  const local = there[0].dateCreated.slice(0, 19);
  const upTo = await api.get(`${orders}?dateCreatedUntil=${local}`, 'webshop');
  expect(upTo.json).toEqual([there[0]]);
});

test('profile sets have no links when setLinks is omitted', async () => {
  await using api = await startWith({ setLinks: 'omitted' });

  const sets = await api.get('/l/profile_api/profileset', 'profile');

  expect(sets.json).toEqual({ profileSet: [{ id: 42, title: 'Mijn gegevens' }] });
});
