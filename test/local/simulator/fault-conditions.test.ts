import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { countsFor } from '../../../local/simulator/data/model.ts';
import { personOf } from '../../../local/simulator/data/people.ts';
import { createPools } from '../../../local/simulator/data/pools.ts';
import { SIMULATOR_COLLECTION, SIMULATOR_CREDENTIALS } from '../../../local/simulator/simulator.ts';
import { DEFAULT_SWITCHES } from '../../../local/simulator/switches.ts';
import { consentAt, post } from '../../support/consent.ts';
import { type Api, read, requestToken, startApi } from './api.ts';

const RELATIONS = `/l/relation_list_api/collection/${SIMULATOR_COLLECTION}`;
const OTHER_COLLECTION = '/l/relation_list_api/collection/9b1d2c1e-6f0a-4b8e-8a53-2f7a0c6c1d44';
const MOMENTS = '/l/contact_moment_api/contact_moment';

let api: Api;
beforeEach(async () => {
  // 40 relations on 10 pages.
  api = await startApi({ relations: 40, switches: { collectionPageSize: 4 } });
});
afterEach(() => api.simulator.close());

/** Reads pages of the relations and returns the statuses. */
async function statuses(pages: readonly number[], path = RELATIONS): Promise<number[]> {
  const found: number[] = [];
  for (const page of pages) found.push((await api.get(`${path}?page=${page}`)).status);
  return found;
}

const pagesFrom = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
const ALL = pagesFrom(1, 10);
const affected = (found: readonly number[]) =>
  found.flatMap((status, index) => (status === 500 ? [index + 1] : []));
const FAILURE = { kind: 'status', status: 500 } as const;

describe('walks', () => {
  test('a condition that counts per walk counts anew in each walk of each path', async () => {
    const { control } = api.simulator;
    control.fault({ route: '/l/relation_list_api', nth: 3, perWalk: true, do: FAILURE });

    const walks = [await statuses(ALL), await statuses(ALL), await statuses(ALL, OTHER_COLLECTION)];

    expect(walks.map(affected)).toEqual([[3], [3], [3]]);
    expect(control.faults()).toMatchObject([{ happened: 3, fault: { nth: 3 } }]);
  });

  test('without perWalk, requests of all walks are counted together', async () => {
    api.simulator.control.fault({ route: '/l/relation_list_api', nth: 3, do: FAILURE });

    expect([await statuses(ALL), await statuses(ALL)].map(affected)).toEqual([[3], []]);
  });

  test('a repeated request for the first page begins no walk', async () => {
    api.simulator.control.fault({ from: 3, times: 1, perWalk: true, do: FAILURE });

    expect(affected(await statuses([1, 1, 2, 3, 1, 1, 2, 3]))).toEqual([3, 7]);
    expect(api.simulator.control.walks()[RELATIONS]).toEqual({ walk: 2, requests: 4, pages: 10 });
  });

  test('each request for a listing of one page begins a walk', async () => {
    await api.get('/l/engagement_api/channel', 'engagement');
    await api.get('/l/engagement_api/channel', 'engagement');

    expect(api.simulator.control.walks()).toMatchObject({ '/l/engagement_api/channel': { walk: 2 } });
  });

  test('a cursor begins a walk without a value', async () => {
    const emails = '/l/email_api/tracking/emails';
    for (const query of ['', '?after=100', '?after=200', '', '?after=100']) {
      await api.get(emails + query, 'emailtracking');
    }

    expect(api.simulator.control.walks()[emails]).toEqual({ walk: 2, requests: 2, pages: 3 });
  });

  test('once a walk was announced, only announcements begin walks', async () => {
    const { control } = api.simulator;
    control.fault({ nth: 2, perWalk: true, do: FAILURE });
    const down = [1, 10, 9, 8, 1];
    control.beginWalk();
    const first = await statuses(down);
    control.beginWalk();
    const second = await statuses(down);

    expect([first, second].map(affected)).toEqual([[2], [2]]);
    expect(control.walks()[RELATIONS]).toMatchObject({ walk: 2, requests: 5 });
  });
});

describe('shares of a walk', () => {
  test('a share counts the requests before, as a part of the pages', async () => {
    const { control } = api.simulator;
    control.fault({ fromShare: 0.5, toShare: 0.7, do: FAILURE });

    expect(affected(await statuses(ALL))).toEqual([6, 7]);
    expect(affected(await statuses([1, ...ALL.toReversed()]))).toEqual([6, 7]);
  });

  test('a share without an end includes the requests beyond the last page', async () => {
    api.simulator.control.fault({ fromShare: 0.9, do: FAILURE });

    expect(affected(await statuses(pagesFrom(1, 12)))).toEqual([10, 11, 12]);
  });

  test('the first request of a share is affected once in each walk', async () => {
    api.simulator.control.fault({ fromShare: 0.35, times: 1, perWalk: true, do: FAILURE });

    expect([await statuses(ALL), await statuses(ALL)].map(affected)).toEqual([[5], [5]]);
  });

  test('the size of pages changes in the middle of a walk', async () => {
    api.simulator.control.switches({ collectionPageSize: 5 });
    api.simulator.control.fault({ route: RELATIONS, fromShare: 0.5, do: { kind: 'pageCap', max: 4 } });
    const pages: number[][] = [];
    for (const page of pagesFrom(1, 8)) {
      const { json } = await api.get(`${RELATIONS}?page=${page}`);
      pages.push(json._embedded.relations.map(({ id }: { id: number }) => id));
    }

    // Pages 1 to 4 of 5 show the relations up to 20, and page 5 of 4 shows 17 to 20 once more.
    expect(pages.map(({ length }) => length)).toEqual([5, 5, 5, 5, 4, 4, 4, 4]);
    expect(pages.map(([first]) => first)).toEqual([1, 6, 11, 16, 17, 21, 25, 29]);
  });

  test('the same objects are out of the list for a share of every walk', async () => {
    api.simulator.control.fault({
      route: RELATIONS,
      fromShare: 0.2,
      toShare: 0.4,
      do: { kind: 'hide', objects: { oldest: 2 } },
    });
    const walk = async () => {
      const found: number[] = [];
      for (const page of ALL) {
        const { json } = await api.get(`${RELATIONS}?page=${page}`);
        found.push(...json._embedded.relations.map(({ id }: { id: number }) => id));
      }
      return found;
    };

    const [first, second] = [await walk(), await walk()];

    // Pages 3 and 4 begin two objects later.
    expect(pagesFrom(1, 40).filter((id) => !first.includes(id))).toEqual([9, 10]);
    expect(second).toEqual(first);
  });
});

describe('who asks', () => {
  const MODEL = { seed: 1, pools: createPools(1), counts: countsFor(40), switches: DEFAULT_SWITCHES };
  const REDIRECT = 'http://127.0.0.1:8400/callback';

  /** Signs a user in. @returns The user's token. */
  async function tokenOf(user: number): Promise<string> {
    const { clientId, clientSecret } = SIMULATOR_CREDENTIALS;
    const { url } = api.simulator;
    const query = new URLSearchParams({
      client_id: clientId,
      scope: 'relation_list_api/relation',
      response_type: 'code',
      redirect_uri: REDIRECT,
    });
    const { email } = personOf(MODEL, user);
    const callback = await consentAt(`${url}/l/oauth2/authorize?${query}`, { email });
    const { json } = await read(
      await post(`${url}/l/oauth2/token`, {
        grant_type: 'authorization_code',
        client_id: clientId,
        client_secret: clientSecret,
        code: new URL(callback).searchParams.get('code') ?? '',
      }),
    );
    return json.access_token;
  }

  const relationsFor = async (token: string): Promise<number> => {
    const { json } = await api.get(RELATIONS, 'relation', { authorization: `Bearer ${token}` });
    return Number(/page=(\d+)/.exec(json._links.last.href)?.[1]) * 4;
  };

  test('a user sees fewer objects than another and than the client', async () => {
    api.simulator.control.fault({ user: 7, do: { kind: 'hide', objects: { every: 5 } } });

    const counts = [await relationsFor(await tokenOf(7)), await relationsFor(await tokenOf(8))];

    expect([...counts, await relationsFor(api.token)]).toEqual([32, 40, 40]);
  });

  test('a token that lacks a scope sees fewer objects', async () => {
    const narrow = await requestToken(api.simulator, { scope: 'relation_list_api/relation' });
    api.simulator.control.fault({
      withoutScope: 'contact_moment/view',
      do: { kind: 'hide', objects: { newest: 20 } },
    });

    expect([await relationsFor(narrow.json.access_token), await relationsFor(api.token)]).toEqual([20, 40]);
  });

  test('a filter in the query hides objects, and so does another path', async () => {
    const { control } = api.simulator;
    control.fault({ query: 'filter_1=online', do: { kind: 'hide', objects: { oldest: 1 } } });
    control.fault({ route: OTHER_COLLECTION, do: { kind: 'hide', objects: { oldest: 2 } } });
    const firstOf = async (path: string) => (await api.get(path)).json._embedded.relations[0].id;

    expect([
      await firstOf(`${RELATIONS}?filter_1=online`),
      await firstOf(`${RELATIONS}?filter_1=offline`),
      await firstOf(RELATIONS),
      await firstOf(OTHER_COLLECTION),
    ]).toEqual([2, 1, 1, 3]);
  });
});

test.each([
  [{ fromShare: 2 }, "'fromShare' of a fault must be a share from 0 to 1"],
  [{ fromShare: 0.5, toShare: 0.5 }, "'toShare' of a fault must be more than 'fromShare'"],
  [{ toShare: 0 }, "'toShare' of a fault must be more than 'fromShare'"],
  [{ perWalk: 1 }, "'perWalk' of a fault must be true or false"],
  [{ user: 'ada' }, "'user' of a fault must be a whole number from 1"],
  [{ withoutScope: '' }, "'withoutScope' of a fault must be a scope"],
  [{ query: 'filter' }, "'query' of a fault must be a parameter, NAME=VALUE"],
  [{ toString: 1 }, "'toString' is not a field of a fault"],
])('the conditions %j are refused', (conditions, message) => {
  expect(() => api.simulator.control.fault({ ...conditions, do: FAILURE } as never)).toThrow(message);
});

test('a fault for one listing leaves the others alone', async () => {
  api.simulator.control.fault({ route: RELATIONS, do: { kind: 'hide', objects: { oldest: 1 } } });

  expect((await api.get(MOMENTS, 'contact_moment')).json[0].id).toBe(1);
});
