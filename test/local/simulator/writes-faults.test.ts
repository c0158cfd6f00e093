import { describe, expect, test } from '@jest/globals';
import {
  CONTROL_HEADER,
  type FaultAction,
  SIMULATOR_COLLECTION,
} from '../../../local/simulator/simulator.ts';
import { waitUntil } from '../../support/command-line.ts';
import { type Api, requestToken, startApi } from './api.ts';
import { send } from './send.ts';

const RELATIONS = `/l/relation_list_api/collection/${SIMULATOR_COLLECTION}`;
const SET = '/l/profile_api/registrationset';
const REGISTRATION = `${SET}/42/registration`;

/** The status of a registration's answer, or the name of the error if there is no answer. */
async function register(api: Api, name = 'Hopper', signal = AbortSignal.timeout(30_000)): Promise<unknown> {
  const sent = send(api, 'POST', REGISTRATION, 'profile', { last_name: name }, { signal });
  return await sent.then(
    ({ status }) => status,
    (error: Error) => error.name,
  );
}

/** Registers a relation under a fault. Looks for the relation in the collection, and for the write in the record. */
async function registerUnder(
  action: FaultAction,
  timeoutMs: number,
): Promise<[outcome: unknown, made: number, applied: number]> {
  await using api = await startApi({ relations: 20 });
  const { control } = api.simulator;
  control.fault({ route: `POST ${SET}/{set}/registration`, do: action });

  const outcome = await register(api, undefined, AbortSignal.timeout(timeoutMs));

  control.clearFaults();
  // The fault may have revoked the token.
  const { json: fresh } = await requestToken(api.simulator);
  const { json } = await api.get(RELATIONS, 'relation', { authorization: `Bearer ${fresh.access_token}` });
  return [outcome, json._embedded.relations.length - 20, control.applied().length];
}

/** A second if no answer is expected. An answer may take longer on a busy machine. */
const timeoutFor = (outcome: unknown): number => (outcome === 'TimeoutError' ? 1_000 : 30_000);

const NOTHING = [0, 0];
const ONE = [1, 1];

test.each<[FaultAction, unknown]>([
  [{ kind: 'status', status: 429, retryAfter: 1 }, 429],
  [{ kind: 'status', status: 503 }, 503],
  [{ kind: 'status', status: 500 }, 500],
  [{ kind: 'loginPage' }, 200],
  [{ kind: 'body', text: '{' }, 200],
  [{ kind: 'errorsWith200' }, 200],
  [{ kind: 'noContent' }, 204],
  [{ kind: 'redirect' }, 302],
  [{ kind: 'revokedToken' }, 401],
  [{ kind: 'expiredToken' }, 401],
  [{ kind: 'lostReply', applied: false }, 'TypeError'],
  [{ kind: 'silence', applied: false }, 'TimeoutError'],
])('a write takes no effect under %j', async (action, outcome) => {
  expect(await registerUnder(action, timeoutFor(outcome))).toEqual([outcome, ...NOTHING]);
});

test.each<[FaultAction, unknown]>([
  [{ kind: 'lostReply' }, 'TypeError'],
  [{ kind: 'silence' }, 'TimeoutError'],
  [{ kind: 'cutBody' }, 'TypeError'],
  [{ kind: 'stalledBody' }, 'TimeoutError'],
  [{ kind: 'status', status: 500, applied: true }, 500],
  [{ kind: 'status', status: 502, applied: true }, 502],
  [{ kind: 'status', status: 503, retryAfter: 1, applied: true }, 503],
  [{ kind: 'loginPage', applied: true }, 200],
  [{ kind: 'body', text: '<html>', contentType: 'text/html', status: 502, applied: true }, 502],
  [{ kind: 'errorsWith200', applied: true }, 200],
  [{ kind: 'noContent', applied: true }, 204],
  [{ kind: 'redirect', applied: true }, 302],
  [{ kind: 'contentType' }, 200],
  [{ kind: 'missingList' }, 200],
  [{ kind: 'latency', ms: 10 }, 200],
])('a write takes effect under %j', async (action, outcome) => {
  expect(await registerUnder(action, timeoutFor(outcome))).toEqual([outcome, ...ONE]);
});

test('a write takes effect also if the client has stopped waiting', async () => {
  await using api = await startApi({ relations: 20 });
  const { control } = api.simulator;
  control.fault({ times: 1, do: { kind: 'latency', ms: 1_000 } });
  const client = new AbortController();

  const registering = register(api, undefined, client.signal);
  await waitUntil(() => Object.keys(control.requests()).some((route) => route.startsWith(`POST ${SET}`)));
  client.abort();
  const outcome = await registering;
  const early = control.applied().length;
  await waitUntil(() => control.applied().length > 0);

  expect([outcome, early, control.applied().length]).toEqual(['AbortError', 0, 1]);
});

test('a refused write takes no effect when its answer is lost or replaced', async () => {
  await using api = await startApi({ relations: 20 });
  const { control } = api.simulator;
  control.fault({ nth: 1, do: { kind: 'lostReply' } });
  control.fault({ nth: 2, do: { kind: 'status', status: 502, applied: true } });

  const outcomes = [await register(api, ''), await register(api, '')];

  expect([outcomes, control.applied()]).toEqual([['TypeError', 502], []]);
});

test('a write sent again after its answer was lost is recorded twice, in order', async () => {
  await using api = await startApi({ relations: 20 });
  const { control } = api.simulator;
  control.fault({ route: `POST ${SET}`, nth: 1, do: { kind: 'lostReply' } });

  const outcomes = [await register(api, 'One'), await register(api, 'One'), await register(api, 'Two')];

  expect(outcomes).toEqual(['TypeError', 200, 200]);
  expect(control.applied().map(({ body }) => body)).toEqual([
    { last_name: 'One' },
    { last_name: 'One' },
    { last_name: 'Two' },
  ]);
});

describe('a fault', () => {
  test('a fault affects one meeting by its path', async () => {
    await using api = await startApi({ relations: 20 });
    const path = (meeting: number) => `/l/meeting2_api/meetings/${meeting}/registration`;
    api.simulator.control.fault({ route: `POST ${path(3)}`, do: { kind: 'status', status: 503 } });

    const statuses = [3, 4].map(
      async (meeting) => (await send(api, 'POST', path(meeting), 'meeting2', { relationId: 5 })).status,
    );

    expect(await Promise.all(statuses)).toEqual([503, 200]);
  });

  test('a fault that loses an answer is planned over HTTP', async () => {
    await using api = await startApi({ relations: 20 });
    const fault = { route: 'POST /l/profile_api', times: 1, do: { kind: 'lostReply', applied: false } };
    await fetch(`${api.simulator.url}/_simulator/faults`, {
      method: 'POST',
      headers: { [CONTROL_HEADER]: '1' },
      body: JSON.stringify(fault),
    });

    expect([await register(api), await register(api)]).toEqual(['TypeError', 200]);
  });
});
