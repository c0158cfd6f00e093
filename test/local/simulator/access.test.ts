import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { SIMULATOR_CREDENTIALS } from '../../../local/simulator/simulator.ts';
import { DEFAULT_SWITCHES, type Switches } from '../../../local/simulator/switches.ts';
import { type Api, mediaType, read, requestToken, startApi } from './api.ts';

const COLLECTIONS = '/l/relation_list_api/collection';
let api: Api;

beforeAll(async () => {
  api = await startApi({ relations: 10 });
});
beforeEach(() => api.simulator.control.switches(DEFAULT_SWITCHES as Switches));
afterAll(() => api.simulator.close());

const postToken = async (init: RequestInit) =>
  read(await fetch(`${api.simulator.url}/l/oauth2/token`, { method: 'POST', ...init }));

describe('token endpoint', () => {
  test('client credentials in the body get a token with type, lifetime and scope', async () => {
    const { status, json } = await requestToken(api.simulator, { scope: 'openid engagement/read' });

    expect(status).toBe(200);
    expect(json).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: 3600,
      scope: 'openid engagement/read',
    });
  });

  test('a token reply has access_token only when tokenReplyFields is empty', async () => {
    api.simulator.control.switches({ tokenReplyFields: [] });

    const { json } = await requestToken(api.simulator);

    expect(Object.keys(json)).toEqual(['access_token']);
  });

  test.each([400, 401] as const)('a wrong secret is refused with %d invalid_client', async (status) => {
    api.simulator.control.switches({ wrongCredentialsStatus: status });

    const refused = await requestToken(api.simulator, { client_secret: 'wrong' });

    expect([refused.status, refused.json]).toEqual([status, { error: 'invalid_client' }]);
  });

  test('an unknown client and a request without credentials are refused', async () => {
    const unknown = await requestToken(api.simulator, { client_id: 'wrong' });
    const none = await postToken({ body: new URLSearchParams({ grant_type: 'client_credentials' }) });

    expect([unknown.json, none.json]).toEqual([{ error: 'invalid_client' }, { error: 'invalid_client' }]);
  });

  test('credentials in a Basic header are ignored', async () => {
    const { clientId, clientSecret } = SIMULATOR_CREDENTIALS;
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');

    const refused = await postToken({
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });

    expect([refused.status, refused.json]).toEqual([401, { error: 'invalid_client' }]);
  });

  test('a token request must be a form with a known grant', async () => {
    const asJson = await postToken({ headers: { 'content-type': 'application/json' }, body: '{}' });
    const otherGrant = await requestToken(api.simulator, { grant_type: 'password' });

    expect([asJson.status, asJson.json.error]).toEqual([400, 'invalid_request']);
    expect([otherGrant.status, otherGrant.json.error]).toEqual([400, 'unsupported_grant_type']);
  });

  test('an unknown scope is dropped, or refused when unknownScope is refused', async () => {
    const dropped = await requestToken(api.simulator, { scope: 'engagement/read nonsense' });
    api.simulator.control.switches({ unknownScope: 'refused' });
    const refused = await requestToken(api.simulator, { scope: 'engagement/read nonsense' });

    expect(dropped.json.scope).toBe('engagement/read');
    expect([refused.status, refused.json]).toEqual([400, { error: 'invalid_scope' }]);
  });

  test('after a rotation only the new credentials are accepted, and issued tokens stay valid', async () => {
    const own = await startApi({ relations: 10 });
    own.simulator.control.setCredentials({ clientSecret: 'rotated' });

    const old = await requestToken(own.simulator);
    const rotated = await requestToken(own.simulator, { client_secret: 'rotated' });
    const listing = await own.get(COLLECTIONS);
    await own.simulator.close();

    expect([old.status, rotated.status, listing.status]).toEqual([401, 200, 200]);
  });
});

describe('access', () => {
  const ask = async (headers: Record<string, string>) =>
    read(await fetch(api.simulator.url + COLLECTIONS, { headers }));

  test('access without a token or with an unknown token is refused with 401', async () => {
    const without = await ask({ accept: mediaType('relation') });
    const unknown = await api.get(COLLECTIONS, 'relation', { authorization: 'Bearer nonsense' });

    expect([without.status, without.json]).toEqual([401, { errors: ['Access token missing'] }]);
    expect([unknown.status, unknown.json]).toEqual([401, { errors: ['Access token unknown'] }]);
  });

  test('access with an expired token is refused with 401', async () => {
    api.simulator.control.switches({ tokenLifetimeSeconds: 0 });
    const { json } = await requestToken(api.simulator);

    const refused = await api.get(COLLECTIONS, 'relation', { authorization: `Bearer ${json.access_token}` });

    expect([refused.status, refused.json]).toEqual([401, { errors: ['Access token expired'] }]);
  });

  test.each([
    [COLLECTIONS, 'relation'],
    ['/l/relation_archive_api/relations/export', 'archived_relations'],
    ['/l/profile_api/profileset', 'profile'],
    ['/l/profile_api/registrationset', 'profile'],
    ['/l/meeting2_api/meetings/registration', 'meeting2'],
    ['/l/contact_moment_api/contact_moment', 'contact_moment'],
    ['/l/engagement_api/action', 'engagement'],
    ['/l/email_api/tracking/emails', 'emailtracking'],
    ['/l/fundraising_api/pledge/export', 'fundraising'],
    ['/l/webshop2_api/webshops/1/orders', 'webshop'],
  ])('access to %s needs its scope and media type', async (path, type) => {
    const { json } = await requestToken(api.simulator, { scope: 'openid' });

    const answered = await api.get(path, type);
    const withoutScope = await api.get(path, type, { authorization: `Bearer ${json.access_token}` });
    const wrongVersion = await api.get(path, `${type};7`);
    const noVendorType = await api.get(path, type, { accept: 'application/json' });

    expect(answered.status).toBe(200);
    expect(answered.headers.get('content-type')).toBe(mediaType(type));
    expect(withoutScope.status).toBe(403);
    expect([wrongVersion.status, noVendorType.status]).toEqual([406, 406]);
  });

  test('switches make access ignore Accept, answer with application/json and refuse without a body', async () => {
    api.simulator.control.switches({ wrongAccept: 'ignored', responseType: 'json', refusalBody: 'empty' });

    const answered = await api.get(COLLECTIONS, 'nonsense');
    const refused = await ask({});

    expect([answered.status, answered.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect([refused.status, refused.text]).toEqual([401, '']);
  });

  test('titles are in the language that Accept-Language ranks highest', async () => {
    const titleFor = async (language: string) =>
      (await api.get(COLLECTIONS, 'relation', { 'accept-language': language })).json[0].title;

    expect(await titleFor('nl-NL,nl;q=0.9,en;q=0.5')).toBe('Leden');
    expect(await titleFor('de, nl;q=0.3, en-US;q=0.8')).toBe('Members');
    api.simulator.control.switches({ acceptLanguage: 'ignored' });
    expect(await titleFor('en')).toBe('Leden');
  });

  test('access to an unknown path is 404', async () => {
    expect((await api.get('/l/no_such_api/thing')).status).toBe(404);
    expect((await api.get(`${COLLECTIONS}/00000000-0000-4000-8000-000000000000`)).status).toBe(404);
    expect((await api.get('/l/webshop2_api/webshops/2/orders', 'webshop')).status).toBe(404);
    expect((await api.get('/l/meeting2_api/meetings/9999/attendees', 'meeting2')).status).toBe(404);
  });
});
