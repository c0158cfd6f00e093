import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CATALOGUE_SCOPES } from '../../../config/catalogue/modules.ts';
import { SIMULATOR_CREDENTIALS, type Simulator, startSimulator } from '../../../local/simulator/simulator.ts';
import { chooseOffers } from '../../../operator/discover/choose-offers.ts';
import type { Discovery } from '../../../operator/discover/discovery.ts';
import { explore } from '../../../operator/discover/explore.ts';
import { answerJson, startHttpServer } from '../../support/http-server.ts';

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({ relations: 60 });
});
afterEach(() => simulator.close());

async function findOut(scopes: readonly string[], url = simulator.url, shops = [1]): Promise<Discovery> {
  const address = { host: url, tokenUrl: `${url}/l/oauth2/token` };
  return await explore(address, SIMULATOR_CREDENTIALS, { scopes, shops, onProgress: () => {} });
}

test('explore() passes on the retries of its requests', async () => {
  simulator.control.fault({ route: '/l/oauth2/token', times: 1, do: { kind: 'status', status: 503 } });
  simulator.control.fault({ route: '/l/contact_moment_api', times: 1, do: { kind: 'status', status: 502 } });
  const retries: string[] = [];

  await explore({ host: simulator.url, tokenUrl: `${simulator.url}/l/oauth2/token` }, SIMULATOR_CREDENTIALS, {
    ...{ scopes: ['contact_moment/view'], shops: [], onProgress: () => {} },
    onRetry: ({ reason, attempt }) => retries.push(`${reason} ${attempt}`),
  });

  expect(retries).toEqual(['answered 503 2', 'answered 502 2']);
});

describe('discover, asking for scopes', () => {
  test('discover lists the modules whose scope was not granted, each with that scope', async () => {
    const { scopes, offers, closed } = await findOut(['engagement/read', 'contact_moment/view']);

    expect(scopes.granted).toEqual(['engagement/read', 'contact_moment/view']);
    expect(offers.map(({ name }) => name)).toEqual([
      'contact-moments',
      'engagement-actions',
      'campaigns',
      'channels',
    ]);
    expect(closed).toContainEqual(
      expect.objectContaining({
        title: 'relations of a collection',
        reason: 'scope',
        scopes: ['relation_list_api/relation'],
      }),
    );
    expect(closed.every(({ reason }) => reason === 'scope')).toBe(true);
  });

  test('discover tries the scopes one by one if the server refuses them together', async () => {
    simulator.control.switches({ unknownScope: 'refused' });

    const { scopes, offers } = await findOut(['nothing/like-it', 'engagement/read', 'nor/this']);

    expect(scopes).toEqual({
      asked: ['nothing/like-it', 'engagement/read', 'nor/this'],
      granted: ['engagement/read'],
      refused: ['nothing/like-it', 'nor/this'],
    });
    expect(offers).toHaveLength(3);
    expect(simulator.control.requests()['POST /l/oauth2/token']).toBe(5);
  });

  test('discover fails with ACCESS_DENIED if no scope is granted', async () => {
    simulator.control.switches({ unknownScope: 'refused' });

    await expect(findOut(['nothing/like-it', 'nor/this'])).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  });

  test('discover reads everything with a token whose answer has no scopes', async () => {
    simulator.control.switches({ tokenReplyFields: [] });

    const { scopes, offers } = await findOut(['engagement/read']);

    expect(scopes.granted).toBeUndefined();
    expect(offers.map(({ scope }) => scope)).toEqual([
      'engagement/read',
      'engagement/read',
      'engagement/read',
    ]);
  });
});

test('explore() finds every module of the simulator and writes nothing', async () => {
  const { offers, sets, closed } = await findOut(CATALOGUE_SCOPES);

  expect(closed).toEqual([]);
  expect(offers.filter(({ obstacle, notes }) => obstacle !== undefined || notes.length > 0)).toEqual([]);
  expect(offers[0]).toMatchObject({
    name: 'leden',
    title: 'Leden',
    factory: 'relationCollection',
    id: { collection: '4d036265-2b90-423e-9e54-867bbe1fd5ef' },
    scope: 'relation_list_api/relation',
    objects: 60,
  });
  expect(offers[0]?.fields).toContain('first_name');
  expect(sets).toMatchObject([
    { kind: 'profile', id: '42', title: 'Mijn gegevens' },
    { kind: 'registration', id: '42', title: 'Lid worden' },
    { kind: 'registration', id: '3', title: 'Nieuwsbrief' },
  ]);
  expect(simulator.control.applied()).toEqual([]);
  const { 'POST /l/oauth2/token': _token, ...requests } = simulator.control.requests();
  expect(Object.keys(requests).every((route) => route.startsWith('GET '))).toBe(true);
});

test('explore() sets another key for a collection without its own, and offers none without a unique field', async () => {
  await using server = await startHttpServer(({ path }, response) => {
    if (path.startsWith('/l/oauth2'))
      return answerJson(response, { access_token: 't', scope: 'relation_list_api/relation' });
    if (path === '/l/relation_list_api/collection') {
      return answerJson(response, [
        { id: 'one', title: 'Members' },
        { id: 'two', title: 'Members' },
        { id: 'three', title: 'State' },
      ]);
    }
    if (path.endsWith('/schema')) return answerJson(response, { type: 'object', properties: { phone: {} } });
    if (!path.startsWith('/l/relation_list_api/')) return answerJson(response, { errors: ['No'] }, 404);
    const named = { name: 'A', relation_id: 11, town: 'X' };
    const objects = path.includes('/one')
      ? [named, { ...named, relation_id: 12 }]
      : [{ town: 'X' }, { town: 'X' }];
    answerJson(response, { relations: objects, _links: { self: { href: path } } });
  });

  const { offers, closed } = await findOut(['relation_list_api/relation'], server.origin);

  expect(offers).toMatchObject([
    {
      name: 'members',
      key: ['relation_id'],
      fields: ['name', 'relation_id', 'town', 'phone'],
      notes: [
        'id is not among its fields, so its key is set to relation_id, which is unique in the 2 objects read',
      ],
    },
    {
      name: 'members-2',
      obstacle: expect.stringMatching(/^id is not among its fields, and no unique field is named like a key/),
    },
    { name: 'states' },
  ]);
  expect(closed.every(({ reason }) => reason === 'absent')).toBe(true);
  expect(chooseOffers(offers, undefined).map(({ name }) => name)).toEqual(['members']);
  expect(() => chooseOffers(offers, ['members-2'])).toThrow(/members-2 cannot be pulled: id is not among/);
});

test('explore() reads the other collections if one of them fails', async () => {
  simulator.control.fault({
    route: '/l/relation_list_api/collection/9b1d2c1e-6f0a-4b8e-8a53-2f7a0c6c1d44',
    do: { kind: 'loginPage' },
  });

  const { offers } = await findOut(['relation_list_api/relation']);

  expect(offers).toMatchObject([
    { name: 'leden' },
    { name: 'nieuwsbrief', obstacle: expect.stringMatching(/HTML page/) },
  ]);
  expect(offers[0]?.obstacle).toBeUndefined();
});
