import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SIMULATOR_COLLECTION } from '../../../local/simulator/simulator.ts';
import { type Api, requestToken, startApi } from './api.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi({ relations: 120 });
});
afterAll(() => api.simulator.close());

type Row = Record<string, unknown>;
const lengths = (pages: unknown[][]) => pages.map((page) => page.length);
const LOCAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/;
const OFFSET = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/;
const SPACED = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('relation collections', () => {
  const path = `/l/relation_list_api/collection/${SIMULATOR_COLLECTION}`;

  test('the list of relation collections is a bare array with links', async () => {
    const { json } = await api.get('/l/relation_list_api/collection');

    expect(json[0]).toEqual({
      id: SIMULATOR_COLLECTION,
      title: 'Leden',
      _links: { collection_schema: { href: `${path}/schema` }, collection: { href: path } },
    });
  });

  test('a relation collection is HAL, and its next links lead through all relations', async () => {
    const ids: unknown[] = [];
    const links: Row[] = [];
    for (
      let next: string | undefined = `${path}?page=1`;
      next !== undefined;
      next = links.at(-1)?.next as never
    ) {
      const { json } = await api.get(next);
      ids.push(...json._embedded.relations.map(({ id }: Row) => id));
      links.push(
        Object.fromEntries(Object.entries(json._links).map(([name, link]) => [name, (link as Row).href])),
      );
    }

    expect(ids).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
    const [one, two] = [`${path}?page=1`, `${path}?page=2`];
    expect(links).toEqual([
      { self: one, first: one, next: two, last: two },
      { self: two, first: one, prev: one, last: two },
    ]);
  });

  test('relations have about a kilobyte of JSON and the fields of the schema', async () => {
    const { json: schema } = await api.get(`${path}/schema`);
    const { json } = await api.get(path);
    const relations: Row[] = json._embedded.relations;

    expect(schema).toMatchObject({ $id: 'relations', $schema: 'http://json-schema.org/draft-07/schema' });
    expect(schema.properties.birth_date.type).toBe('date');
    expect(Object.keys(relations[0] ?? {})).toEqual(Object.keys(schema.properties));
    expect(JSON.stringify(relations).length / relations.length).toBeGreaterThan(800);
    expect(relations[0]).toMatchObject({
      id: 1,
      address: { country: 'NL' },
      created_on: expect.stringMatching(LOCAL),
    });
    expect(new Set(relations.map(({ insertion }) => insertion === null))).toEqual(new Set([true, false]));
  });

  test('relations have an empty array for an empty map, and escaped slashes', async () => {
    const { json, text } = await api.get(path);
    const choices = json._embedded.relations.map(({ newsletters }: Row) => newsletters);

    expect(choices).toContainEqual([]);
    expect(choices).toContainEqual(expect.objectContaining({ '7': true }));
    expect(text).toContain('"self":{"href":"\\/l\\/relation_list_api');
    expect(text).not.toMatch(/[^\\]\//);
  });

  test('a second relation collection shows fewer fields of the same relations', async () => {
    const { json: all } = await api.get('/l/relation_list_api/collection');
    const { json } = await api.get(`/l/relation_list_api/collection/${all[1].id}`);

    expect(Object.keys(json._embedded.relations[0])).toEqual([
      'id',
      'name',
      'email_addresses',
      'newsletters',
    ]);
  });
});

describe('relation archive', () => {
  const path = '/l/relation_archive_api/relations/export';

  test('the archive has 25 or amount entries on a page, and plain-string links that keep the filters', async () => {
    const byDefault = await api.get(path, 'archived_relations');
    const asked = await api.get(`${path}?amount=20&since=2010-01-01&page=2`, 'archived_relations');
    const whole = await api.get(`${path}?amount=5000`, 'archived_relations');

    expect(byDefault.json.relations).toHaveLength(25);
    expect(byDefault.json._links).toEqual({ next: `${path}?page=2` });
    expect(asked.json.relations).toHaveLength(20);
    expect(asked.json._links).toEqual({
      prev: `${path}?amount=20&since=2010-01-01&page=1`,
      next: `${path}?amount=20&since=2010-01-01&page=3`,
    });
    expect(whole.json.relations).toHaveLength(60);
  });

  test('the archive is sorted by date, filtered by since and until, and shows merges', async () => {
    const { json: whole } = await api.get(`${path}?amount=60`, 'archived_relations');
    const dates: string[] = whole.relations.map(({ archived_on }: Row) => archived_on);
    const [since, until] = ['2010-02-01T00:00:00', '2010-03-01T00:00:00'];
    const { json: part } = await api.get(
      `${path}?amount=60&since=${since}&until=${until}`,
      'archived_relations',
    );

    expect(dates).toEqual(dates.toSorted());
    expect(dates[0]).toMatch(/\+00:00$/);
    expect(part.relations).toEqual(
      whole.relations.filter(
        ({ archived_on: on }: Row) => String(on) >= '2010-01-31T23' && String(on) < '2010-02-28T23',
      ),
    );
    expect(part.relations.length).toBeGreaterThan(0);
    expect(new Set(whole.relations.map(({ kept_relation_id }: Row) => kept_relation_id === null)).size).toBe(
      2,
    );
    expect((await api.get(`${path}?since=yesterday`, 'archived_relations')).status).toBe(400);
  });
});

describe('profile and registration sets', () => {
  test('profile and registration sets are wrapped and have links and schemas', async () => {
    const { json: profiles } = await api.get('/l/profile_api/profileset', 'profile');
    const { json: registrations } = await api.get('/l/profile_api/registrationset', 'profile');
    const { json: schema } = await api.get('/l/profile_api/registrationset/42/schema', 'profile');

    expect(profiles.profileSet[0]._links.schema).toEqual({
      href: '/l/profile_api/profileset/42/schema',
      type: 'GET',
    });
    expect(registrations.registrationSet.map(({ id }: Row) => id)).toEqual([42, 3]);
    expect(schema.properties.birth_date).toEqual({ title: 'Geboortedatum', type: 'date' });
    expect(schema.properties.address.properties.number).toEqual({ type: 'integer', title: 'Nummer' });
  });

  test('a profile has an image whose document can be read', async () => {
    const { json } = await api.get('/l/profile_api/profileset/42/7', 'profile');
    const accept = 'application/vnd.procurios.profile+binary; version=1';
    const found = await api.get(`/l/profile_api/document/${json.image}`, 'profile', { accept });
    const absent = await api.get('/l/profile_api/document/none', 'profile', { accept });

    expect(json.first_name).toEqual(expect.any(String));
    expect([found.status, found.headers.get('content-type')]).toEqual([200, 'image/gif']);
    expect([absent.status, absent.text]).toEqual([404, '']);
  });

  test('a scope with the number of a set gives access to that set only', async () => {
    const { json } = await requestToken(api.simulator, { scope: 'profile/registration/3' });
    const authorization = `Bearer ${json.access_token}`;

    const listed = await api.get('/l/profile_api/registrationset', 'profile', { authorization });
    const other = await api.get('/l/profile_api/registrationset/42/schema', 'profile', { authorization });

    expect(listed.json.registrationSet.map(({ id }: Row) => id)).toEqual([3]);
    expect(other.status).toBe(404);
  });
});

describe('meetings', () => {
  const root = '/l/meeting2_api';

  test('meetings are listed under version 2 with titles in both languages', async () => {
    const pages = await api.pages(`${root}/meetings`, 'meeting2;2', (json) => json.meetings);
    const english = await api.get(`${root}/meetings`, 'meeting2;2', { 'accept-language': 'en' });
    const { json: schema } = await api.get(`${root}/meetings/schema`, 'meeting2;2');

    expect(lengths(pages)).toEqual([25, 5]);
    const [first] = english.json.meetings;
    expect(first.title).toBe(first.title_ml[1].string);
    expect(Object.keys(schema.properties)).toEqual(Object.keys(first));
  });

  test('meeting registrations are listed under both versions, 25 on a page', async () => {
    const pages = await api.pages(`${root}/meetings/registration`, 'meeting2', (json) => json.registrations);
    const older = await api.get(`${root}/meetings/registration`, 'meeting2;2');

    expect(lengths(pages)).toEqual([25, 25, 10]);
    expect(Object.keys(pages[0]?.[0])).toEqual([
      'registrationId',
      'meetingId',
      'ticketId',
      'relationId',
      'registrationDate',
    ]);
    expect(pages[0]?.[0].registrationDate).toMatch(LOCAL);
    expect(older.status).toBe(200);
  });

  test('a meeting lists all its registrations and attendees on one page', async () => {
    const { json: listed } = await api.get(`${root}/meetings/3/registration`, 'meeting2');
    const { json: attendees } = await api.get(`${root}/meetings/3/attendees`, 'meeting2');
    const [first] = listed.registrations;
    const { json: one } = await api.get(
      `${root}/meetings/3/registration/${first.registrationId}`,
      'meeting2',
    );
    const { json: schema } = await api.get(`${root}/meetings/3/registration/schema`, 'meeting2');

    expect(listed.registrations.map(({ registrationId }: Row) => registrationId)).toEqual([3, 33]);
    expect(Object.keys(first)).toEqual(['registrationId', 'ticketId', 'relationId']);
    expect(attendees.attendees.map(({ relation_id }: Row) => relation_id)).toEqual(
      listed.registrations.map(({ relationId }: Row) => relationId),
    );
    expect([0, 1, 2]).toContain(attendees.attendees[0].presence);
    expect(Object.keys(one)).toEqual(['relationId', 'ticketId', 'remark']);
    expect(schema.required).toEqual(['relationId']);
  });

  test('locations are filtered by number and by meeting', async () => {
    const { json: all } = await api.get(`${root}/location`, 'meeting2');
    const { json: two } = await api.get(`${root}/location?locationIds[]=2&locationIds[]=5`, 'meeting2');
    const { json: meetings } = await api.get(`${root}/meetings`, 'meeting2;2');
    const { json: ofMeeting } = await api.get(`${root}/location?meetingIds=1`, 'meeting2');

    expect(all.locations).toHaveLength(12);
    expect(two.locations.map(({ id }: Row) => id)).toEqual([2, 5]);
    expect(ofMeeting.locations.map(({ id }: Row) => id)).toEqual(meetings.meetings[0].locationIds);
    expect(all.locations[0]).toMatchObject({ description_ml: [], address: { state: '' } });
  });
});

describe('contact moments', () => {
  const path = '/l/contact_moment_api/contact_moment';

  test('contact moments are a bare array, 25 on a page, with a map of tags', async () => {
    const pages = await api.pages(path, 'contact_moment');

    expect(lengths(pages)).toEqual([25, 25, 10]);
    expect(pages[0]?.[0]).toMatchObject({
      id: 1,
      dateTime: expect.stringMatching(LOCAL),
      recipients: expect.any(Array),
    });
    expect(pages.flat().map(({ tags }) => tags)).toContainEqual([]);
  });

  test('contact moments are filtered by relation', async () => {
    const all = (await api.pages(path, 'contact_moment')).flat();
    const [wanted, other] = [all[0].recipients[0], all[9].recipients[0]];

    const { json } = await api.get(`${path}?relationIds=${wanted},${other}`, 'contact_moment');

    const isTheirs = ({ recipients }: { recipients: number[] }) =>
      recipients.includes(wanted) || recipients.includes(other);
    expect(json).toEqual(all.filter(isTheirs));
    expect((await api.get(`${path}?relationIds=x`, 'contact_moment')).status).toBe(400);
  });

  test('contact moments have a schema per type, wrapped in an array', async () => {
    const { json } = await api.get(`${path}/type/ContactMomentPhone/schema`, 'contact_moment');
    const unknown = await api.get(`${path}/type/Nonsense/schema`, 'contact_moment');

    expect(json).toEqual([expect.objectContaining({ title: 'ContactMomentPhone' })]);
    expect(unknown.status).toBe(404);
  });
});

describe('engagement', () => {
  test('engagement actions and campaigns have pages of 25', async () => {
    const actions = await api.pages('/l/engagement_api/action', 'engagement');
    const campaigns = await api.pages('/l/engagement_api/campaign', 'engagement');

    expect([lengths(actions), lengths(campaigns)]).toEqual([
      [25, 25, 10],
      [25, 25, 5],
    ]);
    expect(Object.keys(actions[0]?.[0])).toEqual(['code', 'description', 'campaign', 'theme', 'channel']);
    expect(campaigns[0]?.[0].startDate).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  test('channels are on one page, with UUIDs and titles by language', async () => {
    const { json } = await api.get('/l/engagement_api/channel', 'engagement', { 'accept-language': 'en' });
    const { json: dutch } = await api.get('/l/engagement_api/channel?page=9', 'engagement');

    expect(json[0]).toEqual({ channelId: expect.stringMatching(UUID), title: 'Newsletter' });
    expect(dutch[0].title).toBe('Nieuwsbrief');
    expect(dutch).toHaveLength(6);
  });
});

describe('email tracking', () => {
  const root = '/l/email_api/tracking';

  test('emails are listed after a tracking id, 100 at a time', async () => {
    const sizes: number[] = [];
    let after = 0;
    for (let emails: Row[] = [{}]; emails.length > 0; ) {
      emails = (await api.get(`${root}/emails?after=${after}`, 'emailtracking')).json.emails;
      sizes.push(emails.length);
      after = Number(emails.at(-1)?.trackingId ?? after);
    }

    expect([sizes, after]).toEqual([[100, 100, 20, 0], 220]);
    expect((await api.get(`${root}/emails?after=x`, 'emailtracking')).status).toBe(400);
  });

  test('recipients are in the order of their last update and listed after a tracking code', async () => {
    const { json: all } = await api.get(`${root}/3/recipients`, 'emailtracking');
    const codes: string[] = all.recipients.map(({ trackingCode }: Row) => trackingCode);
    const dates: string[] = all.recipients.map(({ lastUpdate }: Row) => lastUpdate);

    const { json: rest } = await api.get(`${root}/3/recipients?after=${codes[9]}`, 'emailtracking');

    expect(rest.recipients).toEqual(all.recipients.slice(10));
    expect(dates).toEqual(dates.toSorted());
    expect(dates[0]).toMatch(OFFSET);
    expect(new Set(codes).size).toBe(codes.length);
    expect((await api.get(`${root}/3/recipients?after=4-0001`, 'emailtracking')).status).toBe(400);
    expect((await api.get(`${root}/9999/recipients`, 'emailtracking')).status).toBe(404);
  });
});

describe('fundraising and webshop', () => {
  test('pledges are flat rows, 25 on a page, with null or an empty text for empty fields', async () => {
    const pages = await api.pages('/l/fundraising_api/pledge/export', 'fundraising');
    const rows = pages.flat();

    expect(lengths(pages)).toEqual([25, 25, 10]);
    expect(rows[0]).toMatchObject({
      creation_date: expect.stringMatching(SPACED),
      campaign: null,
      payee_name: '',
    });
    expect(rows.some(({ amount }) => !Number.isInteger(amount))).toBe(true);
    const { json } = await api.get(
      `/l/fundraising_api/pledge/export?relationIds=${rows[4].relation_id}`,
      'fundraising',
    );
    expect(json).toEqual(rows.filter(({ relation_id }) => relation_id === rows[4].relation_id));
  });

  test('orders are a bare array, 100 on a page, filtered by date', async () => {
    const path = '/l/webshop2_api/webshops/1/orders';
    const pages = await api.pages(path, 'webshop');
    const orders = pages.flat();
    const from = encodeURIComponent('2010-06-01 00:00:00');

    const { json } = await api.get(`${path}?dateCreatedFrom=${from}&dateCreatedUntil=2010-07-01`, 'webshop');

    expect(lengths(pages)).toEqual([100, 100, 10]);
    expect(orders[0]).toMatchObject({ orderId: 1, dateCreated: expect.stringMatching(OFFSET) });
    expect(orders[0].orderLines[0].price).toEqual({ amount: expect.any(Number), precision: 2 });
    expect(json.length).toBeGreaterThan(0);
    expect(json).toEqual(orders.filter(({ dateCreated }) => dateCreated.startsWith('2010-06')));
  });
});

test('userinfo has an integer sub, and claims by scope', async () => {
  const { json: token } = await requestToken(api.simulator, { scope: 'openid email' });

  const { json } = await api.get('/l/oauth2/userinfo', 'any', {
    authorization: `Bearer ${token.access_token}`,
  });

  expect(json).toEqual({ sub: 1, email: expect.stringMatching(/@example\.com$/), email_verified: true });
});
