import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  CONTROL_HEADER,
  describeSimulator,
  SIMULATOR_COLLECTION,
} from '../../../local/simulator/simulator.ts';
import { type Api, mediaType, read, requestToken, SINGLE_USE, startApi } from './api.ts';

const RELATIONS = `/l/relation_list_api/collection/${SIMULATOR_COLLECTION}`;
const ARCHIVE = '/l/relation_archive_api/relations/export';
const MOMENTS = '/l/contact_moment_api/contact_moment';

let api: Api;
beforeEach(async () => {
  api = await startApi({ relations: 120 });
});
afterEach(() => api.simulator.close());

const STATUS = { kind: 'status', status: 500 };

type Row = Record<string, unknown>;
const relations = async (): Promise<Row[]> =>
  (await api.pages(RELATIONS, 'relation', (json) => json._embedded.relations)).flat();
const archived = async (): Promise<Row[]> =>
  (await api.get(`${ARCHIVE}?amount=1000`, 'archived_relations')).json.relations;
const dayAfterTomorrow = () => new Date(Date.now() + 172_800_000).toISOString().slice(0, 10);
/** A time in Amsterdam at least an hour ago, `yyyy-mm-ddThh:mm:ss`. */
const lately = () => new Date(Date.now() - 3_600_000).toISOString().slice(0, 19);

describe('objects', () => {
  test('created objects are listed last, with the given fields', async () => {
    const id = api.simulator.control.create('relation', { first_name: 'Ada', 'new/field': 1 });

    const last = (await relations()).at(-1);
    expect(last).toMatchObject({ id, first_name: 'Ada', 'new/field': 1, last_name: expect.any(String) });
  });

  test('edited objects keep their place, and fields set to undefined are left out', async () => {
    const before = (await relations())[6];
    api.simulator.control.edit('relation', 7, { contribution: 12.5, remarks: undefined });

    const { remarks, ...rest } = before ?? {};
    expect((await relations())[6]).toEqual({ ...rest, contribution: 12.5 });
  });

  test('removed objects leave no gap in the pages', async () => {
    api.simulator.control.remove('relation', 7);
    api.simulator.control.remove('relation', 119);

    const ids = (await relations()).map(({ id }) => id);
    expect(ids).toEqual(
      Array.from({ length: 120 }, (_, index) => index + 1).filter((id) => id !== 7 && id !== 119),
    );
    expect(() => api.simulator.control.edit('relation', 7, {})).toThrow('there is no object with number 7');
    expect(() => api.simulator.control.remove('relation', 7)).toThrow('there is no object with number 7');
  });

  test('objects of every kind can be created, edited and removed', async () => {
    const { control } = api.simulator;
    const kinds = [
      'meeting',
      'location',
      'engagementAction',
      'campaign',
      'channel',
      'email',
      'pledge',
      'order',
    ] as const;
    for (const kind of [
      ...kinds,
      'archivedRelation',
      'meetingRegistration',
      'contactMoment',
      'emailRecipient',
    ] as const) {
      const id = control.create(kind, { note: 'created' });
      control.edit(kind, id, { other: 'edited' });
      expect(control.get(kind, id)).toMatchObject({ note: 'created', other: 'edited' });
      control.remove(kind, id);
      expect(control.get(kind, id)).toBeUndefined();
    }
    expect(() => control.create('nonsense' as never)).toThrow('known are relation, archivedRelation');
  });

  test('since lists created and edited objects', async () => {
    const { control } = api.simulator;
    control.edit('contactMoment', 3, { subject: 'Edited' });
    control.edit('contactMoment', 40, { subject: 'Removed after' });
    control.remove('contactMoment', 40);
    const id = control.create('contactMoment');

    const { json } = await api.get(`${MOMENTS}?since=${lately()}`, 'contact_moment');
    const { json: none } = await api.get(`${MOMENTS}?since=${dayAfterTomorrow()}`, 'contact_moment');

    expect(json.map((moment: Row) => moment.id)).toEqual([3, id]);
    expect(none).toEqual([]);
  });

  test('attendees of a meeting follow its registrations', async () => {
    const { control } = api.simulator;
    control.edit('meetingRegistration', 3, { presence: 1 });
    control.edit('meetingRegistration', 33, { meetingId: 4 });
    control.create('meetingRegistration', { meetingId: 3, relationId: 99 });
    control.edit('relation', 99, { first_name: 'Ada' });

    const { json } = await api.get('/l/meeting2_api/meetings/3/attendees', 'meeting2');

    expect(json.attendees).toHaveLength(2);
    expect(json.attendees[0].presence).toBe(1);
    expect(json.attendees[1]).toMatchObject({ relation_id: 99, relation_first_name: 'Ada' });
  });

  test('updated recipients move to the end of the listing', async () => {
    const path = '/l/email_api/tracking/1/recipients';
    const { json: before } = await api.get(path, 'emailtracking');
    const last = before.recipients.at(-1).trackingCode;
    const id = api.simulator.control.create('emailRecipient', { email: 1, trackingCode: '1-zzzz' });
    api.simulator.control.edit('emailRecipient', id - before.recipients.length, { unsubscribed: true });

    const { json } = await api.get(`${path}?after=${last}`, 'emailtracking');

    expect(json.recipients.map(({ trackingCode }: Row) => trackingCode)).toEqual(['1-zzzz', '1-0001']);
    expect(json.recipients[1].unsubscribed).toBe(true);
    expect(json.recipients[1].lastUpdate > before.recipients.at(-1).lastUpdate).toBe(true);
  });
});

describe('the archive', () => {
  test('an archived relation leaves the collections and has a reason', async () => {
    api.simulator.control.archive(5, 'Verhuisd');

    expect((await relations()).map(({ id }) => id)).not.toContain(5);
    expect((await archived()).at(-1)).toEqual({
      archived_relation_id: 5,
      archived_on: expect.stringMatching(/\+00:00$/),
      archived_reason: 'Verhuisd',
      kept_relation_id: null,
    });
  });

  test('a merged relation names the relation that was kept', async () => {
    api.simulator.control.merge(6, 8);

    expect((await archived()).at(-1)).toMatchObject({
      archived_relation_id: 6,
      archived_reason: 'Relatie gearchiveerd: Samengevoegd met relatie 8',
      kept_relation_id: 8,
    });
    expect(() => api.simulator.control.merge(8, 6)).toThrow('there is no relation 6 to keep');
  });
});

describe('tokens', () => {
  test.each([
    ['revokeTokens', 'Access token unknown'],
    ['expireTokens', 'Access token expired'],
  ] as const)('given before %s are refused, new ones are not', async (order, error) => {
    api.simulator.control[order]();

    const old = await api.get(RELATIONS);
    const { json } = await requestToken(api.simulator);
    const renewed = await api.get(RELATIONS, 'relation', { authorization: `Bearer ${json.access_token}` });

    expect([old.status, old.json]).toEqual([401, { errors: [error] }]);
    expect(renewed.status).toBe(200);
  });
});

test('requests are counted by route until they are reset', async () => {
  await api.get(`${RELATIONS}?page=1`);
  await api.get(`${RELATIONS}?page=2`, 'wrong');
  await api.get('/l/nowhere');

  expect(api.simulator.control.requests()).toEqual({
    'POST /l/oauth2/token': 1,
    'GET /l/relation_list_api/collection/{id}': 2,
    'GET {other}': 1,
  });
  api.simulator.control.resetRequests();
  expect(api.simulator.control.requests()).toEqual({});
});

describe('control interface over HTTP', () => {
  const order = async (method: string, path: string, body?: unknown) =>
    read(
      await fetch(`${api.simulator.url}/_simulator/${path}`, {
        method,
        headers: { ...SINGLE_USE, [CONTROL_HEADER]: '1' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );

  test('objects are created, read, edited, removed, archived and merged', async () => {
    const created = await order('POST', 'objects/relation', { first_name: 'Ada' });
    const id = created.json.id;
    await order('PATCH', `objects/relation/${id}`, { first_name: 'Grace' });
    const shown = await order('GET', `objects/relation/${id}`);
    const removed = await order('DELETE', `objects/relation/${id}`);
    await order('POST', 'relations/3/archive', { reason: 'Verhuisd' });
    await order('POST', 'relations/4/merge', { keptRelationId: 5 });

    expect([shown.status, shown.json.first_name, removed.status]).toEqual([200, 'Grace', 204]);
    expect((await order('GET', `objects/relation/${id}`)).status).toBe(404);
    expect((await archived()).slice(-2).map(({ kept_relation_id }) => kept_relation_id)).toEqual([null, 5]);
  });

  test('objects are taken out and put back, and the record says when', async () => {
    const { json: from } = await order('GET', 'moment');
    await order('DELETE', 'objects/relation/3');
    await order('POST', 'objects/relation/3/restore');
    const { json: renumbered } = await order('POST', 'objects/relation/4/renumber');
    const { json: to } = await order('GET', 'moment');

    expect((await order('GET', 'objects/relation/3/absences')).json).toMatchObject([
      { because: 'removed', left: { moment: from + 1 }, back: { moment: from + 2 } },
    ]);
    expect((await order('GET', 'objects/relation/4/key')).json).toBe(4);
    expect((await order('GET', 'changes/relation')).json).toHaveLength(4);
    expect((await order('GET', `standing/relation/${from}/${to}`)).json).toHaveLength(118);
    expect((await order('GET', 'standing/relation')).json.at(-1)).toBe(renumbered.id);
    expect((await order('GET', 'objects/relation/99999/absences')).status).toBe(404);
    expect((await order('POST', 'objects/relation/3/restore')).status).toBe(404);
  });

  test('planned faults are listed with how often they happened, and known ones with their options', async () => {
    await order('POST', 'faults', { route: RELATIONS, fromShare: 0.5, do: { kind: 'order', by: 'name' } });
    await order('POST', 'walks');
    await api.get(RELATIONS);
    const planned = await order('GET', 'faults');
    const known = await order('GET', 'faults/known');
    const walks = await order('GET', 'walks');

    expect(planned.json).toEqual([
      { fault: { route: RELATIONS, fromShare: 0.5, do: { kind: 'order', by: 'name' } }, happened: 0 },
    ]);
    expect(known.json.kinds.order).toEqual({
      by: 'one of key, name, modified',
      direction: 'one of up, down',
    });
    expect(known.json.conditions.fromShare).toBe('a share from 0 to 1');
    expect(walks.json[RELATIONS]).toEqual({ walk: 1, requests: 1, pages: 2 });
  });

  test('requests are counted and reset, and control commands are not counted', async () => {
    const before = await order('GET', 'requests');
    await order('DELETE', 'requests');
    const after = await order('GET', 'requests');

    expect([before.json, after.json]).toEqual([{ 'POST /l/oauth2/token': 1 }, {}]);
  });

  test('faults, switches, tokens and credentials are set', async () => {
    await order('POST', 'faults', { do: { kind: 'status', status: 503 } });
    const faulty = await api.get(RELATIONS);
    await order('DELETE', 'faults');
    await order('PATCH', 'switches', { collectionPageSize: 50 });
    const small = await api.get(RELATIONS);
    await order('POST', 'tokens/revoke');
    const revoked = await api.get(RELATIONS);
    await order('PUT', 'credentials', { clientSecret: 'rotated' });
    const refused = await requestToken(api.simulator);

    expect([faulty.status, small.json._embedded.relations.length]).toEqual([503, 50]);
    expect([revoked.status, refused.status]).toEqual([401, 401]);
  });

  test.each([
    ['POST', 'objects/nonsense', {}, 400, 'known are relation'],
    ['PATCH', 'objects/relation/99999', {}, 404, 'there is no object with number 99999'],
    ['POST', 'faults', { do: { kind: 'nonsense' } }, 400, "'do.kind' must be one of status"],
    ['POST', 'faults', {}, 400, "'do.kind' must be one of status"],
    ['POST', 'faults', { route: '/l/nonsense', do: STATUS }, 400, "'route' of the fault is no route"],
    ['POST', 'faults', { route: `${RELATIONS}/1`, do: STATUS }, 400, "'route' of the fault is no route"],
    ['POST', 'faults', { route: 7, do: STATUS }, 400, "'route' of the fault is no route"],
    ['POST', 'faults', { rout: RELATIONS, do: STATUS }, 400, "'rout' is not a field of a fault"],
    ['POST', 'faults', { do: { kind: 'hide', objects: 7 } }, 400, "'objects' of the fault 'hide' must be"],
    ['GET', 'standing/relation/9/1', undefined, 400, 'the period begins at moment 9, after its end at 1'],
    ['POST', 'faults', { page: 0, do: STATUS }, 400, "'page' of a fault must be a whole number from 1"],
    ['PATCH', 'switches', { nonsense: 1 }, 400, "'nonsense' is not a switch"],
    ['PATCH', 'switches', { collectionPageSize: 'many' }, 400, "switch 'collectionPageSize' must be"],
    ['GET', 'nonsense', undefined, 404, 'Unknown command; known are GET requests'],
  ])('a wrong command is refused: %s %s %j', async (method, path, body, status, message) => {
    const refused = await order(method, path, body);

    expect(refused.status).toBe(status);
    expect(refused.json.errors[0]).toContain(message);
  });
});

describe('requests of web pages', () => {
  test('a command without the control header is refused and does nothing', async () => {
    const refused = await read(
      await fetch(`${api.simulator.url}/_simulator/tokens/revoke`, {
        method: 'POST',
        headers: { ...SINGLE_USE, 'content-type': 'text/plain' },
        body: '{}',
      }),
    );

    expect(refused.status).toBe(403);
    expect(refused.json.errors[0]).toContain(CONTROL_HEADER);
    expect((await api.get(RELATIONS)).status).toBe(200);
  });

  test('a preflight is answered without consent', async () => {
    const preflight = await fetch(`${api.simulator.url}/_simulator/faults`, {
      method: 'OPTIONS',
      headers: { ...SINGLE_USE, 'access-control-request-headers': CONTROL_HEADER },
    });

    expect(preflight.status).toBe(403);
    expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test.each([
    ['evil.example.com', 421],
    ['127.0.0.1.example.com', 421],
    ['localhost', 200],
    ['127.0.0.1:1234', 200],
    ['[::1]:80', 200],
  ])('a request whose Host is %s gets status %i', async (host, status) => {
    const answers = [`/_simulator/requests`, RELATIONS].map((path) => statusFor(host, path));

    expect(await Promise.all(answers)).toEqual([status, status]);
  });

  test('a body of more than 16 MiB gets status 413, whatever it is for', async () => {
    const answer = await fetch(`${api.simulator.url}/l/oauth2/token`, {
      method: 'POST',
      headers: SINGLE_USE,
      body: new Uint8Array(16 * 1024 * 1024 + 1),
    });

    expect(answer.status).toBe(413);
  });

  test('a request target that is no path gets status 400', async () => {
    const statuses = ['*', 'http://[', '//['].map((target) => statusFor('localhost', target));

    expect(await Promise.all(statuses)).toEqual([400, 400, 404]);
  });

  /** Sends a request with a Host header of its own, which `fetch` does not allow. */
  async function statusFor(host: string, path: string): Promise<number | undefined> {
    const headers = {
      ...SINGLE_USE,
      host,
      [CONTROL_HEADER]: '1',
      authorization: `Bearer ${api.token}`,
      accept: mediaType('relation'),
    };
    return new Promise((resolve, reject) => {
      request(api.simulator.url, { headers, path }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
  }
});

test('describeSimulator names address, credentials and a command, and fits a small terminal', () => {
  const text = describeSimulator(api.simulator);

  expect(text).toContain(`Address        ${api.simulator.url}`);
  expect(text).toContain('Client id      simulator');
  expect(text).toContain(`${api.simulator.url}/_simulator/objects/relation/1`);
  expect(text).toContain(`-H '${CONTROL_HEADER}: 1'`);
  expect(text.split('\n').length).toBeLessThanOrEqual(20);
});
