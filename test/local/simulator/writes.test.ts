import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CONTROL_HEADER, SIMULATOR_COLLECTION } from '../../../local/simulator/simulator.ts';
import { type Answer, type Api, requestToken, startApi } from './api.ts';
import { send } from './send.ts';

const RELATIONS = `/l/relation_list_api/collection/${SIMULATOR_COLLECTION}`;
const REGISTRATION_SET = '/l/profile_api/registrationset/42';
const PROFILE_SET = '/l/profile_api/profileset/42';
const MEETING = '/l/meeting2_api/meetings/3';
const ACTIONS = '/l/engagement_api/action';
const PRODUCTS = '/l/webshop2_api/webshops/1/products';
const OBJECTS = '/l/module_api/object';

type Row = Record<string, unknown>;

let api: Api;
beforeAll(async () => {
  api = await startApi({ relations: 120 });
});
beforeEach(() => api.simulator.control.resetApplied());
afterAll(() => api.simulator.close());

const post = (path: string, type: string, body: unknown): Promise<Answer> =>
  send(api, 'POST', path, type, body);
const last = async (path: string, type: string, listOf?: Parameters<Api['pages']>[2]): Promise<Row> =>
  (await api.pages(path, type, listOf)).flat().at(-1);
const lastRelation = () => last(RELATIONS, 'relation', (json) => json._embedded.relations);
const applied = () => api.simulator.control.applied();

describe('a registration', () => {
  const ADA = {
    first_name: 'Ada',
    insertion: 'van',
    last_name: 'Lovelace',
    birth_date: '1815-12-10',
    address: { street: 'Dorpsstraat', number: 4, town: 'Houten' },
  };

  test('a registration creates a relation with only the filled-in fields, at the end of the collection', async () => {
    const { status, json } = await post(`${REGISTRATION_SET}/registration`, 'profile', ADA);

    const relation = await lastRelation();
    expect([status, json]).toEqual([200, { relationId: relation.id }]);
    expect(relation).toMatchObject({
      ...ADA,
      type: 'person',
      name: 'Lovelace, A. van (Ada)',
      salutations: { informal: 'Beste Ada', envelope: 'De heer of mevrouw A. van Lovelace' },
      email_addresses: [],
      bank: null,
      remarks: '',
    });
    const seeded = (await api.get(RELATIONS)).json._embedded.relations[0];
    expect(Object.keys(relation)).toEqual(Object.keys(seeded));
  });

  test('validate creates no registration', async () => {
    const before = await lastRelation();

    const good = await post(`${REGISTRATION_SET}/validate`, 'profile', ADA);
    const bad = await post(`${REGISTRATION_SET}/validate`, 'profile', { ...ADA, last_name: '' });

    expect([good.status, good.json]).toEqual([200, []]);
    expect([bad.status, bad.json]).toEqual([400, { errors: ['Field last_name is required'] }]);
    expect([await lastRelation(), applied()]).toEqual([before, []]);
  });

  test.each([
    [{}, ['Field last_name is required']],
    [{ last_name: null }, ['Field last_name is required', 'Field last_name must be of type string']],
    [{ last_name: 'Lovelace', nickname: 'Ada' }, ['Unknown field nickname']],
    [
      { last_name: 'Lovelace', __proto__x: 1, toString: 1 },
      ['Unknown field __proto__x', 'Unknown field toString'],
    ],
    [{ last_name: 'Lovelace', birth_date: '2025-02-30' }, ['Field birth_date must be of type date']],
    [{ last_name: 'Lovelace', birth_date: 18151210 }, ['Field birth_date must be of type date']],
    [
      { first_name: 7, last_name: 'Lovelace', address: { number: '4', planet: 'Earth' } },
      [
        'Field first_name must be of type string',
        'Field address.number must be of type integer',
        'Unknown field address.planet',
      ],
    ],
    [{ last_name: 'Lovelace', address: 'Dorpsstraat 4' }, ['Field address must be of type object']],
  ])('a registration is refused with all problems: %j', async (body, errors) => {
    const before = await lastRelation();

    const refused = await post(`${REGISTRATION_SET}/registration`, 'profile', body);

    expect([refused.status, refused.json]).toEqual([400, { errors }]);
    expect([await lastRelation(), applied()]).toEqual([before, []]);
  });

  test.each(['', 'first_name=Ada', '[]', '"Ada"', 'null'])(
    'a registration is refused for the body %j',
    async (body) => {
      const refused = await post(`${REGISTRATION_SET}/registration`, 'profile', body);

      expect([refused.status, refused.json.errors[0]]).toEqual([400, expect.stringMatching(/^Invalid JSON/)]);
    },
  );

  test('a registration in another set has choices and lists, and requires an e-mail address', async () => {
    const path = '/l/profile_api/registrationset/3/registration';
    const subscriber = {
      last_name: 'Hopper',
      email_addresses: ['grace@example.com'],
      newsletters: { 1: true },
    };

    const made = await post(path, 'profile', subscriber);
    const without = await post(path, 'profile', { last_name: 'Hopper', email_addresses: [] });

    expect(made.status).toBe(200);
    expect(await lastRelation()).toMatchObject({
      ...subscriber,
      name: 'Hopper',
      salutations: { informal: 'Beste', envelope: 'De heer of mevrouw Hopper' },
    });
    expect(without.json).toEqual({ errors: ['Field email_addresses is required'] });
  });

  test('the schema of a registration has types, titles and required fields', async () => {
    const { json } = await api.get(`${REGISTRATION_SET}/schema`, 'profile');

    expect(json.$schema).toBe('http://json-schema.org/draft-07/schema#');
    expect(json.required).toEqual(['last_name']);
    expect(json.properties.birth_date.type).toBe('date');
  });
});

describe('a profile', () => {
  test('an update of a profile changes the fields in the body, also in the collection', async () => {
    api.simulator.control.edit('relation', 7, { type: 'person' });
    const before = api.simulator.control.get('relation', 7);

    const { status, text } = await post(`${PROFILE_SET}/7`, 'profile', {
      last_name: 'Hopper',
      insertion: '',
      email_addresses: ['grace@example.com'],
    });

    const { json } = await api.get(RELATIONS);
    expect([status, text]).toEqual([200, '']);
    expect(json._embedded.relations[6]).toEqual({
      ...before,
      last_name: 'Hopper',
      insertion: '',
      email_addresses: ['grace@example.com'],
      name: expect.stringMatching(/^Hopper, /),
      salutations: expect.objectContaining({ formal: expect.stringMatching(/ Hopper$/) }),
    });
    expect((await api.get(`${PROFILE_SET}/7`, 'profile')).json.last_name).toBe('Hopper');
  });

  test('an update of a profile is refused for an unknown relation or an invalid body', async () => {
    const unknown = await post(`${PROFILE_SET}/99999`, 'profile', { last_name: 'Hopper' });
    const wrong = await post(`${PROFILE_SET}/7`, 'profile', { bank: null, newsletters: { 1: 'yes' } });

    expect([unknown.status, wrong.status]).toEqual([404, 400]);
    expect(wrong.json.errors).toEqual(['Unknown field bank', 'Field newsletters.1 must be of type boolean']);
    expect(applied()).toEqual([]);
  });

  test('the image of a profile can be a new file, its present key and null', async () => {
    const path = `${PROFILE_SET}/8`;
    const image = async () => (await api.get(path, 'profile')).json.image;
    const seeded = await image();
    const write = async (value: unknown) => (await post(path, 'profile', { image: value })).status;

    const kept = [await write(seeded), await image()];
    const uploaded = await write({ filename: 'me.gif', content: 'data:image/gif;base64,R0lGODlh' });
    const renewed = await image();
    const foreign = await write(seeded);
    const emptied = [await write(null), await image()];

    expect([kept, uploaded, foreign, emptied]).toEqual([[200, seeded], 200, 400, [200, null]]);
    expect(renewed).toMatch(/^[0-9a-f-]{36}$/);
    expect(renewed).not.toBe(seeded);
    expect((await api.get(RELATIONS)).json._embedded.relations[7]).not.toHaveProperty('image');
  });
});

describe('a registration for a meeting', () => {
  const listed = async (): Promise<Row[]> =>
    (await api.get(`${MEETING}/registration`, 'meeting2')).json.registrations;
  const attendees = async (): Promise<Row[]> =>
    (await api.get(`${MEETING}/attendees`, 'meeting2')).json.attendees;

  test('a registration for a meeting is created, listed, read and cancelled', async () => {
    const body = { relationId: 99, ticketId: 4, remark: 'Vegan', sendEmail: false };

    const made = await post(`${MEETING}/registration`, 'meeting2', body);

    const { registrationId } = made.json;
    const one = `${MEETING}/registration/${registrationId}`;
    expect([made.status, made.json]).toEqual([200, { registrationId: expect.any(Number) }]);
    expect((await listed()).at(-1)).toEqual({ registrationId, ticketId: 4, relationId: 99 });
    expect((await api.get(one, 'meeting2')).json).toEqual({ relationId: 99, ticketId: 4, remark: 'Vegan' });
    expect((await attendees()).at(-1)).toMatchObject({
      relation_id: 99,
      presence: 2,
      registration_status: 1,
    });

    const cancelled = await send(api, 'DELETE', one, 'meeting2');
    const again = await send(api, 'DELETE', one, 'meeting2');

    expect([cancelled.status, cancelled.text, again.status]).toEqual([200, '', 404]);
    expect((await listed()).map((each) => each.registrationId)).not.toContain(registrationId);
    expect((await api.get(one, 'meeting2')).status).toBe(404);
    expect(applied().map(({ route }) => route)).toEqual([
      'POST /l/meeting2_api/meetings/{meeting}/registration',
      'DELETE /l/meeting2_api/meetings/{meeting}/registration/{registration}',
    ]);
  });

  test('a registration for a meeting shows a new relation with its filled-in name', async () => {
    const { json } = await post(`${REGISTRATION_SET}/registration`, 'profile', { last_name: 'Noether' });

    await post(`${MEETING}/registration`, 'meeting2', { relationId: json.relationId });

    expect((await attendees()).at(-1)).toMatchObject({ relation_name: 'Noether', relation_first_name: '' });
  });

  test.each([
    [MEETING, {}, 400, 'Field relationId is required'],
    [MEETING, { relationId: '99' }, 400, 'Field relationId must be of type integer'],
    [MEETING, { relationId: 99999 }, 400, 'Unknown relation'],
    [MEETING, { relationId: 9, ticketId: 'A' }, 400, 'Field ticketId must be of type integer or null'],
    ['/l/meeting2_api/meetings/99999', { relationId: 9 }, 404, 'Unknown meeting'],
  ])('a registration for a meeting is refused: %s %j', async (meeting, body, status, error) => {
    const refused = await post(`${meeting}/registration`, 'meeting2', body);

    expect([refused.status, refused.json, applied()]).toEqual([status, { errors: [error] }, []]);
  });

  test('a registration cannot be cancelled through another meeting', async () => {
    const [first] = await listed();

    const refused = await send(
      api,
      'DELETE',
      `/l/meeting2_api/meetings/4/registration/${first?.registrationId}`,
      'meeting2',
    );

    expect(refused.status).toBe(404);
    expect((await listed())[0]).toEqual(first);
  });

  test('a registration for a meeting has the presence of its relation', async () => {
    const relation = Number((await attendees())[0]?.relation_id);
    const put = (id: number, presence: unknown) =>
      send(api, 'PUT', `${MEETING}/attendees/${id}/presence`, 'meeting2', { presence });
    const seen: unknown[] = [];
    for (const presence of [0, 1, 2]) {
      const { status } = await put(relation, presence);
      seen.push([status, (await attendees())[0]?.presence]);
    }

    const refused = [await put(relation, 3), await put(relation, '1'), await put(99998, 1)];

    expect(seen).toEqual([
      [200, 0],
      [200, 1],
      [200, 2],
    ]);
    expect(refused.map(({ status }) => status)).toEqual([400, 400, 404]);
    expect(applied()).toHaveLength(3);
  });
});

describe('an engagement action', () => {
  test('an engagement action is created with 201 and listed last', async () => {
    const [channel] = (await api.get('/l/engagement_api/channel', 'engagement')).json;
    const [action] = (await api.get(ACTIONS, 'engagement')).json.filter(({ theme }: Row) => theme !== null);

    const { status, json } = await post(ACTIONS, 'engagement', {
      description: 'Petitie',
      campaignId: 8,
      themeId: action.theme,
      channelId: channel.channelId,
    });

    expect([status, json]).toEqual([201, { actionId: expect.any(Number) }]);
    expect(await last(ACTIONS, 'engagement')).toEqual({
      code: json.actionId,
      description: 'Petitie',
      campaign: 8,
      theme: action.theme,
      channel: channel.channelId,
    });
  });

  test('an engagement action needs no theme and no channel', async () => {
    const { json } = await post(ACTIONS, 'engagement', { description: 'Petitie', campaignId: 8 });

    expect(await last(ACTIONS, 'engagement')).toMatchObject({
      code: json.actionId,
      theme: null,
      channel: null,
    });
  });

  test('an engagement action is refused with all problems', async () => {
    const unknown = '00000000-0000-4000-8000-000000000000';
    const ids = { campaignId: 99999, themeId: unknown, channelId: unknown };

    const refused = await post(ACTIONS, 'engagement', { description: 'Petitie', ...ids });
    const empty = await post(ACTIONS, 'engagement', {});

    expect([refused.status, refused.text]).toEqual([
      400,
      '{"errors":["Unknown campaign","Unknown theme","Unknown channel"]}',
    ]);
    expect(empty.json).toEqual({ errors: ['Field description is required', 'Field campaignId is required'] });
    expect(applied()).toEqual([]);
  });
});

describe('a product', () => {
  const FLAG = { title: 'Vlag', articleNumber: 'A1', price: { amount: 1250, precision: 2 } };

  test('a product is created with an empty answer, and a PUT replaces the whole product', async () => {
    const made = await post(PRODUCTS, 'webshop', { ...FLAG, stock: 3 });
    const listed = await last(PRODUCTS, 'webshop');
    const path = `${PRODUCTS}/${listed.productId}`;
    const put = await send(api, 'PUT', path, 'webshop', { ...FLAG, title: 'Grote vlag', productId: 1 });

    expect([made.status, made.text, made.headers.get('content-type')]).toEqual([200, '', null]);
    expect(listed).toEqual({ productId: expect.any(Number), ...FLAG, stock: 3 });
    expect([put.status, await last(PRODUCTS, 'webshop')]).toEqual([
      200,
      { productId: listed.productId, ...FLAG, title: 'Grote vlag' },
    ]);
  });

  test('a product that is incomplete, unknown or in another shop is refused', async () => {
    const bare = await post(PRODUCTS, 'webshop', { price: 12.5 });
    const elsewhere = await post('/l/webshop2_api/webshops/2/products', 'webshop', FLAG);
    const unknown = await send(api, 'PUT', `${PRODUCTS}/99999`, 'webshop', FLAG);

    expect([bare.status, bare.json.errors]).toEqual([
      400,
      ['Field title is required', 'Field articleNumber is required', 'Field price must be of type object'],
    ]);
    expect([elsewhere.status, unknown.status, applied()]).toEqual([404, 404, []]);
  });
});

describe('an object of another module', () => {
  test('a module object is created, changed, replaced and deleted, each visible in the listing', async () => {
    const latest = () => last(OBJECTS, 'application');
    const made = await post(OBJECTS, 'application', { key: 'value', otherKey: 2, nested: { é: [1, null] } });
    const { id } = made.json;
    const one = `${OBJECTS}/${id}`;
    const seen = [await latest()];

    for (const [method, body] of [
      ['PATCH', { otherKey: 3, id: 1 }],
      ['POST', { more: true }],
      ['PUT', { key: 'other' }],
    ] as const) {
      const { status } = await send(api, method, one, 'application', body);
      expect(status).toBe(200);
      seen.push(await latest());
    }
    const deleted = await send(api, 'DELETE', one, 'application');
    const again = await send(api, 'DELETE', one, 'application');

    const nested = { é: [1, null] };
    expect([made.status, seen]).toEqual([
      200,
      [
        { id, key: 'value', otherKey: 2, nested },
        { id, key: 'value', otherKey: 3, nested },
        { id, key: 'value', otherKey: 3, nested, more: true },
        { id, key: 'other' },
      ],
    ]);
    expect([deleted.status, again.status, (await latest()).id]).toEqual([200, 404, id - 1]);
    expect(applied().map(({ route }) => route.split(' ')[0])).toEqual([
      'POST',
      'PATCH',
      'POST',
      'PUT',
      'DELETE',
    ]);
  });

  test('a module object is read alone, and the generated ones fill several pages', async () => {
    const pages = await api.pages(OBJECTS, 'application');

    expect(pages.map(({ length }) => length)).toEqual([25, 25, 10]);
    expect((await api.get(`${OBJECTS}/5`, 'application')).json).toEqual(pages[0]?.[4]);
    expect((await api.get(`${OBJECTS}/99999`, 'application')).status).toBe(404);
  });
});

describe('every write', () => {
  const WRITES = [
    ['POST', `${REGISTRATION_SET}/validate`, 'profile', { last_name: 'Hopper' }],
    ['POST', `${REGISTRATION_SET}/registration`, 'profile', { last_name: 'Hopper' }],
    ['POST', `${PROFILE_SET}/5`, 'profile', { last_name: 'Hopper' }],
    ['POST', `${MEETING}/registration`, 'meeting2', { relationId: 5 }],
    ['DELETE', `${MEETING}/registration/3`, 'meeting2', undefined],
    ['PUT', `${MEETING}/attendees/5/presence`, 'meeting2', { presence: 1 }],
    ['POST', ACTIONS, 'engagement', { description: 'Petitie', campaignId: 8 }],
    ['POST', PRODUCTS, 'webshop', { title: 'a', articleNumber: 'b', price: { amount: 1, precision: 0 } }],
    [
      'PUT',
      `${PRODUCTS}/1`,
      'webshop',
      { title: 'a', articleNumber: 'b', price: { amount: 1, precision: 0 } },
    ],
    ['POST', OBJECTS, 'application', {}],
    ['POST', `${OBJECTS}/1`, 'application', {}],
    ['PATCH', `${OBJECTS}/1`, 'application', {}],
    ['PUT', `${OBJECTS}/1`, 'application', {}],
    ['DELETE', `${OBJECTS}/1`, 'application', undefined],
  ] as const;

  test.each(WRITES)('%s %s needs a token, its scope and its media type', async (method, path, type, body) => {
    const { json } = await requestToken(api.simulator, { scope: 'openid' });
    const as = async (headers: Record<string, string>) =>
      (await send(api, method, path, type, body, { headers })).status;

    const statuses = [
      await as({ authorization: '' }),
      await as({ authorization: 'Bearer nonsense' }),
      await as({ authorization: `Bearer ${json.access_token}` }),
      await as({ accept: 'application/json' }),
    ];

    expect([statuses, applied()]).toEqual([[401, 401, 403, 406], []]);
  });

  test.each([
    undefined,
    'application/json',
    'text/plain',
    'application/vnd.procurios.profile+json; version=1',
  ])('the body of a write is read as JSON with content type %s', async (contentType) => {
    const headers: Record<string, string> = contentType === undefined ? {} : { 'content-type': contentType };

    const { status } = await send(
      api,
      'POST',
      `${PROFILE_SET}/5`,
      'profile',
      { last_name: 'Ağaoğlu 🎉' },
      { headers },
    );

    expect([status, api.simulator.control.get('relation', 5)?.last_name]).toEqual([200, 'Ağaoğlu 🎉']);
  });

  test('every write is recorded in order with route, path, time and body, until the record is reset', async () => {
    const order = async (method: string) =>
      await fetch(`${api.simulator.url}/_simulator/applied`, { method, headers: { [CONTROL_HEADER]: '1' } });
    await post(`${PROFILE_SET}/5`, 'profile', { last_name: 'One' });
    await post(`${PROFILE_SET}/6`, 'profile', { last_name: 7 });
    await post(`${PROFILE_SET}/6`, 'profile', { last_name: 'Two' });
    await send(api, 'DELETE', `${OBJECTS}/9`, 'application');

    const recorded = applied();
    const shown = await (await order('GET')).json();
    const reset = await order('DELETE');

    const route = 'POST /l/profile_api/profileset/{set}/{relation}';
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(recorded).toEqual([
      { route, path: `${PROFILE_SET}/5`, at, body: { last_name: 'One' } },
      { route, path: `${PROFILE_SET}/6`, at, body: { last_name: 'Two' } },
      { route: 'DELETE /l/module_api/object/{id}', path: `${OBJECTS}/9`, at },
    ]);
    expect(shown).toEqual(recorded);
    expect([reset.status, applied()]).toEqual([204, []]);
  });
});
