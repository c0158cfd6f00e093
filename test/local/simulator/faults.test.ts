import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { FAULT_KINDS } from '../../../local/simulator/faults/fault-kinds.ts';
import { type FaultAction, SIMULATOR_COLLECTION } from '../../../local/simulator/simulator.ts';
import { type Api, mediaType, requestToken, SINGLE_USE, startApi } from './api.ts';

const RELATIONS = `/l/relation_list_api/collection/${SIMULATOR_COLLECTION}`;
const MOMENTS = '/l/contact_moment_api/contact_moment';
const EMAILS = '/l/email_api/tracking/emails';

let api: Api;
beforeAll(async () => {
  api = await startApi({ relations: 250 });
});
afterEach(() => api.simulator.control.clearFaults());
afterAll(() => api.simulator.close());

type Row = Record<string, unknown>;
const fault = (action: FaultAction) => api.simulator.control.fault({ do: action });
const momentIds = async (page: number) =>
  (await api.get(`${MOMENTS}?page=${page}`, 'contact_moment')).json.map(({ id }: Row) => id);
/** Reads an answer's body until it ends or is cut off. */
const open = (signal?: AbortSignal) =>
  fetch(api.simulator.url + RELATIONS, {
    ...(signal === undefined ? {} : { signal }),
    headers: { authorization: `Bearer ${api.token}`, accept: mediaType('relation'), ...SINGLE_USE },
  });

describe('conditions of a fault', () => {
  const statuses = async (...paths: string[]) => {
    const found: number[] = [];
    for (const path of paths) {
      found.push((await api.get(path, path.startsWith(MOMENTS) ? 'contact_moment' : 'relation')).status);
    }
    return found;
  };

  test('a fault for a route does not affect longer routes, and a fault for a beginning affects all of them', async () => {
    const { control } = api.simulator;
    control.fault({ route: 'GET /l/relation_list_api/collection/{id}', do: { kind: 'status', status: 500 } });
    const exact = await statuses(RELATIONS, `${RELATIONS}/schema`, MOMENTS);
    control.clearFaults();
    control.fault({ route: '/l/relation_list_api', do: { kind: 'status', status: 500 } });
    const beginning = await statuses(RELATIONS, `${RELATIONS}/schema`, MOMENTS);
    control.clearFaults();
    const withQuery = () => control.fault({ route: `GET ${MOMENTS}?`, do: { kind: 'status', status: 500 } });

    expect(withQuery).toThrow("'route' of the fault is no route");
    expect([exact, beginning]).toEqual([
      [500, 200, 200],
      [500, 500, 200],
    ]);
    expect(await statuses(MOMENTS)).toEqual([200]);
  });

  test('nth affects one request, from all later ones, times a limited number', async () => {
    const { control } = api.simulator;
    const four = [RELATIONS, RELATIONS, RELATIONS, RELATIONS];
    control.fault({ nth: 2, do: { kind: 'status', status: 500 } });
    const nth = await statuses(...four);
    control.clearFaults();
    control.fault({ from: 3, do: { kind: 'status', status: 500 } });
    const from = await statuses(...four);
    control.clearFaults();
    control.fault({ from: 2, times: 2, do: { kind: 'status', status: 500 } });
    const times = await statuses(...four);

    expect([nth, from, times]).toEqual([
      [200, 500, 200, 200],
      [200, 200, 500, 500],
      [200, 500, 500, 200],
    ]);
  });

  test('page affects the requests for that page only, and nth counts only those', async () => {
    api.simulator.control.fault({ page: 2, nth: 2, do: { kind: 'status', status: 500 } });

    const pages = [1, 2, 3, 2, 2].map((page) => `${MOMENTS}?page=${page}`);
    expect(await statuses(...pages)).toEqual([200, 200, 200, 500, 200]);
  });

  test('several faults affect the same request', async () => {
    fault({ kind: 'pageCap', max: 5 });
    fault({ kind: 'contentType', contentType: 'text/plain' });

    const { json, headers } = await api.get(MOMENTS, 'contact_moment');

    expect([json.length, headers.get('content-type')]).toEqual([5, 'text/plain']);
  });
});

describe('replies', () => {
  test('status has errors, and Retry-After in seconds or as a date', async () => {
    fault({ kind: 'status', status: 429, errors: ['Slow down'], retryAfter: 7 });
    const seconds = await api.get(RELATIONS);
    api.simulator.control.clearFaults();
    fault({ kind: 'status', status: 503, retryAfterDateInSeconds: 60 });
    const beforeMs = Date.now();
    const date = await api.get(RELATIONS);

    expect([seconds.status, seconds.json, seconds.headers.get('retry-after')]).toEqual([
      429,
      { errors: ['Slow down'] },
      '7',
    ]);
    const text = date.headers.get('retry-after') ?? '';
    expect(text).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
    // The header has whole seconds.
    expect(Date.parse(text)).toBeGreaterThan(beforeMs + 59_000);
    expect(Date.parse(text)).toBeLessThanOrEqual(Date.now() + 60_000);
  });

  test('status reaches the token endpoint', async () => {
    api.simulator.control.fault({ route: 'POST /l/oauth2/token', do: { kind: 'status', status: 500 } });

    expect((await requestToken(api.simulator)).status).toBe(500);
  });

  test('body is sent unchanged, with the content type of the module', async () => {
    const text = '[{"id":9007199254740993,"n":0.1000000000000000055}]';
    fault({ kind: 'body', text });

    const answered = await api.get(RELATIONS);
    const elsewhere = await api.get('/l/module_api/object', 'application');

    expect([answered.status, answered.text]).toEqual([200, text]);
    expect(answered.headers.get('content-type')).toBe(mediaType('relation'));
    expect([elsewhere.status, elsewhere.text]).toEqual([200, text]);
  });

  test('loginPage answers HTML with 200, noContent 204, redirect 302', async () => {
    fault({ kind: 'loginPage' });
    const page = await api.get(RELATIONS);
    api.simulator.control.clearFaults();
    fault({ kind: 'noContent' });
    const empty = await api.get(RELATIONS);
    api.simulator.control.clearFaults();
    fault({ kind: 'redirect' });
    const redirected = await api.get(RELATIONS);

    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.text).toMatch(/^<!DOCTYPE html>/);
    expect([empty.status, empty.text]).toEqual([204, '']);
    expect([redirected.status, redirected.headers.get('location')]).toEqual([302, '/login']);
  });

  test('errorsWith200 and missingList answer without objects', async () => {
    fault({ kind: 'errorsWith200', errors: ['Unknown campaign'] });
    const errors = await api.get(MOMENTS, 'contact_moment');
    api.simulator.control.clearFaults();
    fault({ kind: 'missingList' });
    const bare = await api.get(MOMENTS, 'contact_moment');
    const hal = await api.get(RELATIONS);
    const wrapped = await api.get(EMAILS, 'emailtracking');

    expect([errors.status, errors.json]).toEqual([200, { errors: ['Unknown campaign'] }]);
    expect(errors.headers.get('content-type')).toBe(mediaType('contact_moment'));
    expect([bare.json, wrapped.json]).toEqual([{}, {}]);
    expect(hal.json).toEqual({ _embedded: {}, _links: expect.objectContaining({ self: expect.anything() }) });
  });

  test('contentType changes the header only', async () => {
    const before = await api.get(RELATIONS);
    fault({ kind: 'contentType' });
    const after = await api.get(RELATIONS);

    expect([after.headers.get('content-type'), after.text]).toEqual(['text/plain', before.text]);
  });
});

describe('connection', () => {
  test('latency delays the answer', async () => {
    fault({ kind: 'latency', ms: 40 });

    const asked = performance.now();
    const { status } = await api.get(RELATIONS);

    expect(status).toBe(200);
    expect(performance.now() - asked).toBeGreaterThanOrEqual(39);
  });

  test('cutBody announces the whole body, sends half and closes the connection', async () => {
    fault({ kind: 'cutBody' });

    const response = await open();

    expect(response.status).toBe(200);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(10_000);
    await expect(response.text()).rejects.toThrow('terminated');
  });

  test('stalledBody sends half of the body and leaves the connection open', async () => {
    fault({ kind: 'stalledBody', keep: 0.25 });
    const abort = new AbortController();

    const response = await open(abort.signal);
    const whole = Number(response.headers.get('content-length'));
    let received = 0;
    const reading = (async () => {
      for await (const chunk of response.body ?? []) {
        received += chunk.length;
        if (received === Math.floor(whole / 4)) {
          setTimeout(() => abort.abort(), 30);
        }
      }
    })();

    await expect(reading).rejects.toThrow('aborted');
    expect(received).toBe(Math.floor(whole / 4));
  });

  test('lostReply closes the connection without an answer', async () => {
    fault({ kind: 'lostReply' });

    await expect(open()).rejects.toThrow('fetch failed');
  });

  test('silence leaves the connection open without an answer', async () => {
    fault({ kind: 'silence' });

    await expect(open(AbortSignal.timeout(60))).rejects.toThrow('timeout');
  });

  test('closing the simulator closes stalled and waiting connections', async () => {
    const own = await startApi({ relations: 10 });
    own.simulator.control.fault({ nth: 1, do: { kind: 'stalledBody' } });
    own.simulator.control.fault({ nth: 2, do: { kind: 'latency', ms: 60_000 } });
    const stalled = own.get(RELATIONS).catch(() => 'dropped');
    const waiting = own.get(RELATIONS).catch(() => 'dropped');
    while (own.simulator.control.requests()['GET /l/relation_list_api/collection/{id}'] !== 2) {
      await new Promise(setImmediate);
    }

    await own.simulator.close();

    expect(await Promise.all([stalled, waiting])).toEqual(['dropped', 'dropped']);
  });
});

describe('tokens', () => {
  test.each([
    ['revokedToken', 'Access token unknown'],
    ['expiredToken', 'Access token expired'],
  ] as const)('%s refuses with 401 what was good before', async (kind, error) => {
    const own = await startApi({ relations: 10 });
    own.simulator.control.fault({ nth: 2, do: { kind } });

    const before = await own.get(RELATIONS);
    const after = await own.get(RELATIONS);
    await own.simulator.close();

    expect(before.status).toBe(200);
    expect([after.status, after.json.errors]).toEqual([401, [error]]);
  });
});

test('refusedToken refuses the token with a challenge and another status than 401', async () => {
  fault({ kind: 'refusedToken', status: 400 });

  const { status, headers } = await api.get(RELATIONS);

  expect([status, headers.get('www-authenticate')]).toEqual([400, 'Bearer error="invalid_token"']);
});

describe('listings', () => {
  test('pageCap limits the page size, and links and page numbers agree with it', async () => {
    fault({ kind: 'pageCap', max: 60 });

    const { json } = await api.get(`${RELATIONS}?page=2`);
    const cursor = await api.get(EMAILS, 'emailtracking');

    const ids = json._embedded.relations.map(({ id }: Row) => id);
    expect([ids.length, ids[0], json._links.last.href]).toEqual([60, 61, `${RELATIONS}?page=5`]);
    expect(cursor.json.emails).toHaveLength(60);
  });

  test('emptyPage serves no objects and a next link', async () => {
    api.simulator.control.fault({ page: 2, do: { kind: 'emptyPage' } });

    const { json } = await api.get(`${RELATIONS}?page=2`);

    expect(json._embedded.relations).toEqual([]);
    expect(json._links.next.href).toBe(`${RELATIONS}?page=3`);
    expect(await momentIds(2)).toEqual([]);
    expect(await momentIds(3)).toHaveLength(25);
  });

  test('nextLoop links to an earlier page, foreignNext to another host', async () => {
    api.simulator.control.fault({ page: 3, do: { kind: 'nextLoop' } });
    api.simulator.control.fault({ page: 2, do: { kind: 'foreignNext' } });
    const [two, three] = [await api.get(`${RELATIONS}?page=2`), await api.get(`${RELATIONS}?page=3`)];

    expect(three.json._links.next.href).toBe(`${RELATIONS}?page=1`);
    expect(two.json._links.next.href).toBe(`https://elsewhere.example.com${RELATIONS}?page=3`);
  });

  test('repeatedLastPage repeats the last page, stuckPage the first', async () => {
    fault({ kind: 'repeatedLastPage' });
    const [five, six, nine] = [await momentIds(5), await momentIds(6), await momentIds(9)];
    api.simulator.control.clearFaults();
    fault({ kind: 'stuckPage' });
    const stuck = await momentIds(3);
    const cursor = await api.get(`${EMAILS}?after=150`, 'emailtracking');

    expect(five).toHaveLength(25);
    expect([six, nine]).toEqual([five, five]);
    expect([stuck[0], cursor.json.emails[0].trackingId]).toEqual([1, 1]);
  });

  test('stuckPage with its own links is page 1 in all that it says', async () => {
    const first = await api.get(RELATIONS);
    fault({ kind: 'stuckPage', links: 'own' });

    expect((await api.get(`${RELATIONS}?page=3`)).text).toBe(first.text);
  });

  test('refusedEnd refuses pages past the end only', async () => {
    fault({ kind: 'refusedEnd', status: 400 });

    const statuses = [3, 4].map(async (page) => (await api.get(`${RELATIONS}?page=${page}`)).status);

    expect(await Promise.all(statuses)).toEqual([200, 400]);
  });

  describe('what an answer says', () => {
    test('errorsBeside reports an error with 200 beside a part of the list', async () => {
      fault({ kind: 'errorsBeside', report: { success: false }, keep: 0.1 });
      const hal = await api.get(RELATIONS);
      const bare = await api.get(MOMENTS, 'contact_moment');

      expect([hal.status, hal.json.success, hal.json._embedded.relations.length]).toEqual([200, false, 10]);
      expect([bare.json.success, bare.json.items.length]).toEqual([false, 2]);
    });

    test('nullList answers null in place of an empty list, or of every list', async () => {
      fault({ kind: 'nullList' });
      const [full, past] = [await api.get(RELATIONS), await api.get(`${RELATIONS}?page=4`)];
      const end = await api.get(`${MOMENTS}?page=99`, 'contact_moment');
      fault({ kind: 'nullList', of: 'allPages' });

      expect([full.json._embedded.relations.length, past.json._embedded.relations, end.json]).toEqual([
        100,
        null,
        null,
      ]);
      expect((await api.get(EMAILS, 'emailtracking')).json.emails).toBeNull();
    });

    test('beside adds fields to an answer that is not itself the list', async () => {
      fault({ kind: 'beside', fields: { total: 60, filters: [] } });

      expect((await api.get(EMAILS, 'emailtracking')).json).toMatchObject({ total: 60, filters: [] });
      expect(await momentIds(1)).toHaveLength(25);
    });

    test('noLinks leaves some or all links out, absentNext writes a value in place of an absent one', async () => {
      fault({ kind: 'absentNext', value: false });
      const [one, three] = [await api.get(RELATIONS), await api.get(`${RELATIONS}?page=3`)];
      fault({ kind: 'noLinks', names: ['last'] });
      const some = await api.get(RELATIONS);
      fault({ kind: 'noLinks' });
      const none = await api.get(RELATIONS);

      expect([one.json._links.next.href, three.json._links.next]).toEqual([`${RELATIONS}?page=2`, false]);
      expect(Object.keys(some.json._links)).toEqual(['next', 'self', 'first']);
      expect(none.json._links).toEqual([]);
    });

    test('textIds shows numbers as text, ties adds a shared field, largeObjects a long text', async () => {
      fault({ kind: 'textIds', every: 3 });
      fault({ kind: 'ties', field: 'group', group: 2 });
      fault({ kind: 'largeObjects', characters: 10 });

      const { json } = await api.get(MOMENTS, 'contact_moment');

      expect(json.slice(0, 4)).toMatchObject([
        { id: 1, group: 2, padding: 'xxxxxxxxxx' },
        { id: 2, group: 2 },
        { id: '3', group: 4 },
        { id: 4, group: 4 },
      ]);
    });
  });

  describe('shift', () => {
    let own: Api;
    beforeEach(async () => {
      own = await startApi({ relations: 250 });
    });
    afterEach(() => own.simulator.close());
    const walk = async () => {
      const pages = await own.pages(MOMENTS, 'contact_moment');
      return pages.flat().map(({ id }) => id);
    };

    test('a removal makes the client miss an object that still exists', async () => {
      own.simulator.control.fault({ page: 3, times: 1, do: { kind: 'shift', by: 'removal' } });

      const ids = await walk();

      expect(ids).toEqual(Array.from({ length: 125 }, (_, index) => index + 1).filter((id) => id !== 51));
      expect(await walk()).toEqual(Array.from({ length: 124 }, (_, index) => index + 2));
    });

    test('an insertion makes the client see an object twice', async () => {
      own.simulator.control.fault({ page: 3, times: 1, do: { kind: 'shift', by: 'insertion' } });

      const ids = await walk();

      expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([50]);
      expect((await walk())[0]).toBe(126);
    });

    test('an addition comes last, and a removal or an edit affects the object at its place', async () => {
      const steps = [
        { by: 'addition' },
        { by: 'edit', at: 1 },
        { by: 'edit', at: 127 },
        { by: 'removal', at: 2 },
      ] as const;
      for (const [index, step] of steps.entries()) {
        own.simulator.control.fault({ nth: index + 1, do: { kind: 'shift', ...step } });
      }
      const before = await own.get(MOMENTS, 'contact_moment');
      await own.get(MOMENTS, 'contact_moment');
      await own.get(MOMENTS, 'contact_moment');

      const { json } = await own.get(MOMENTS, 'contact_moment');

      expect(before.json.slice(0, 3).map(({ id }: Row) => id)).toEqual([1, 2, 3]);
      expect(json.slice(0, 3)).toMatchObject([{ id: 1 }, { id: 2, revision: 2 }, { id: 4 }]);
      expect((await walk()).at(-1)).toBe(126);
    });
  });
});

test('every kind of fault has a test in this file or in contents-faults.test.ts', () => {
  expect(FAULT_KINDS.toSorted()).toEqual([
    'absentNext',
    'age',
    'beside',
    'body',
    'contentType',
    'cutBody',
    'emptyListing',
    'emptyPage',
    'errorsBeside',
    'errorsWith200',
    'expiredToken',
    'foreignNext',
    'hide',
    'job',
    'largeObjects',
    'latency',
    'loginPage',
    'lostReply',
    'missingList',
    'nextLoop',
    'noContent',
    'noLinks',
    'nullList',
    'oldPage',
    'order',
    'pageCap',
    'redirect',
    'refusedEnd',
    'refusedToken',
    'repeatedLastPage',
    'revokedToken',
    'shift',
    'silence',
    'stalledBody',
    'status',
    'stuckPage',
    'textIds',
    'ties',
  ]);
});

test('docs/procurios.md lists every kind of fault', async () => {
  const text = await readFile(new URL('../../../docs/procurios.md', import.meta.url), 'utf8');
  const [, table = ''] = text.split('| fault | the answer | options |');
  const [rows = ''] = table.split('\n\n');

  const listed = rows.split('\n').flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)]);

  expect(listed.map(([, kind]) => kind).toSorted()).toEqual(FAULT_KINDS.toSorted());
});
