import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { listRunReceipts } from '../../lambda/aws/state/run-store.ts';
import { readLease } from '../../lambda/aws/state/take-lease.ts';
import { readUnfinishedWalk } from '../../lambda/aws/state/walk-store.ts';
import { stateTableName, streamTableName } from '../../lambda/deployment/names.ts';
import { SIMULATOR_CREDENTIALS } from '../../local/simulator/simulator.ts';
import {
  CLIENT_SECRET,
  type DeployedPull,
  deployPull,
  killEveryOther,
  SHORT_SLICES,
} from '../support/deployed-pull.ts';
import type { Execution } from '../support/durable-service.ts';
import { actionsOf, keysOf, matches, refused, type Use, usesOf } from '../support/recorded-uses.ts';
import { rightsOf } from '../support/rights.ts';
import { synthesize } from '../support/synthesize.ts';
import { expectKeysToExpire } from '../support/walk-rows.ts';

// Each invocation is a process.
jest.setTimeout(180_000);

const RELATIONS = 250;

let deployed: DeployedPull;
/** The first execution, which fills the tables in several invocations, and the calls that it made to DynamoDB. */
let sliced: Execution;
const uses: Use[] = [];
/** The second execution, in one invocation, and the requests that it made to Procurios. */
let second: Execution;
let requestsOfSecond: Readonly<Record<string, number>>;

beforeAll(async () => {
  deployed = await deployPull({ relations: RELATIONS, requestsPerSecond: 100 });
  const { procurios, proxy } = deployed;
  proxy.onCall((call) => {
    uses.push(...usesOf(call));
    return undefined;
  });
  sliced = await deployed.execute(SHORT_SLICES);
  proxy.onCall(() => undefined);
  procurios.control.resetRequests();
  second = await deployed.execute();
  requestsOfSecond = procurios.control.requests();
});

afterAll(async () => {
  await deployed?.[Symbol.asyncDispose]();
});

const resultOf = ({ result = 'null' }: Execution) => JSON.parse(result);

describe('the bundled pull', () => {
  test('the bundled pull reads its config and the secret, fills the tables and reports the run', async () => {
    expect([sliced, second]).toMatchObject([{ status: 'SUCCEEDED' }, { status: 'SUCCEEDED' }]);
    const { runId, streams } = resultOf(sliced);
    expect(streams.members).toMatchObject({ status: 'complete', fetched: RELATIONS, written: RELATIONS });
    expect(resultOf(second).streams.members).toMatchObject({ written: 0, unchanged: RELATIONS });
    expect((await deployed.objectsOf('members')).size).toBe(RELATIONS);
    expect((await deployed.objectsOf('channels')).size).toBe(6);
    expect(requestsOfSecond['POST /l/oauth2/token']).toBe(1);
    expect(deployed.service.events[0]).toMatchObject({
      source: 'procurios-sync',
      'detail-type': 'Procurios Pull Finished',
      detail: { environment: 'acme', ...resultOf(sliced) },
    });
    expect(sliced.logs).toContainEqual(
      expect.objectContaining({
        level: 'INFO',
        message: 'stream ends',
        stream: 'members',
        written: RELATIONS,
      }),
    );
    expect(sliced.logs).toContainEqual(
      expect.objectContaining({ Environment: 'acme', RunComplete: 1, RunFailed: 0 }),
    );
    expect(await listRunReceipts(deployed.state, 20, Date.now())).toContainEqual(
      expect.objectContaining({ runId }),
    );
  });

  test('the bundled pull continues in a fresh invocation when the time is up', () => {
    expect(resultOf(sliced)).toMatchObject({
      status: 'complete',
      streams: { members: { status: 'complete', pages: 3, fetched: RELATIONS } },
    });
    expect(sliced.invocations).toBe(5);
    expect(sliced.printed.match(/"stream begins"/g)).toHaveLength(2);
    expect(sliced.printed.match(/"stream ends"/g)).toHaveLength(2);
  });

  test('a walk of several invocations scans its table once, and passes on what the scan found', () => {
    const members = streamTableName(deployed.config.environment, 'members');
    const scans = uses.filter(({ action, resource }) => action === 'dynamodb:Scan' && resource === members);

    // One for each segment of the table.
    expect(scans).toHaveLength(4);
  });

  test('the bundled pull makes no call to DynamoDB that the stack does not allow it, and needs every right it has', () => {
    const template = synthesize(deployed.config);
    const granted = rightsOf(template, 'PullFunctionRole');
    expect(refused(uses, granted, template)).toEqual([]);

    const state = stateTableName(deployed.config.environment);
    const ofState = granted.find((statement) => keysOf(statement).length > 0);
    expect(actionsOf(uses, state)).toEqual(ofState?.Action);
    const keys = uses.filter(({ resource }) => resource === state).map(({ key }) => key);
    expect(ofState && keysOf(ofState).filter((each) => !keys.some((key) => matches(each, key)))).toEqual([]);
  });

  test('the bundle of the pull is smaller than 700 KB', () => {
    expect(deployed.bundle.bytes).toBeLessThan(700 * 1024);
  });

  // pull.soak.ts has the other unusable secrets.
  test.each([
    [
      'is wrong',
      JSON.stringify({ ...SIMULATOR_CREDENTIALS, clientSecret: 'hunter2' }),
      'CREDENTIALS_REFUSED',
    ],
    ['is not JSON', 'hunter2', 'SECRET_INVALID'],
  ])(
    'the bundled pull fails with one clear error when the secret %s, and does not print it',
    async (_what, value, code) => {
      deployed.aws.secrets.put(CLIENT_SECRET, value);
      deployed.procurios.control.resetRequests();

      const execution = await deployed.execute();

      deployed.aws.secrets.put(CLIENT_SECRET, JSON.stringify(SIMULATOR_CREDENTIALS));
      expect(execution).toMatchObject({ status: 'FAILED', error: { ErrorType: code } });
      expect(execution.error?.ErrorMessage).toMatch(/^run [-\w]+ failed for members, channels: /);
      expect(JSON.stringify(execution)).not.toContain('hunter2');
      expect(execution.logs).toContainEqual(
        expect.objectContaining({ RunFailed: 1, RunComplete: 0, AccessRefused: 2 }),
      );
      expect(deployed.procurios.control.requests()['POST /l/oauth2/token'] ?? 0).toBeLessThanOrEqual(1);
    },
  );
});

/** Objects of the stream that the metrics say the run fetched. */
const fetchedBy = ({ logs }: Execution) =>
  logs
    .filter(({ Stream, ObjectsFetched }) => Stream === 'members' && ObjectsFetched !== undefined)
    .reduce((sum, { ObjectsFetched }) => sum + Number(ObjectsFetched), 0);

test('a pull whose invocations are killed ends with the tables as without a kill', async () => {
  const { procurios, proxy, state } = deployed;
  for (let id = 1; id <= RELATIONS; id += 1)
    procurios.control.edit('relation', id, { last_name: `new ${id}` });
  const killing = killEveryOther(deployed, (invocation) => 2 + ((invocation * 3) % 11));

  const execution = await deployed.execute(killing);

  expect(killing.kills).toBeGreaterThan(2);
  expect(execution.invocations).toBeGreaterThan(killing.kills);
  expect(resultOf(execution)).toMatchObject({ status: 'complete' });
  const { members } = resultOf(execution).streams;
  // Page 1 is read twice, because the walk reads down.
  expect(members).toMatchObject({ direction: 'down', fetched: RELATIONS + 100, rejected: 0, repeated: 100 });
  expect(members.written + members.unchanged).toBe(RELATIONS);
  proxy.onCall(() => undefined);
  const again = await deployed.execute();
  expect(resultOf(again).streams.members).toMatchObject({ fetched: RELATIONS + 100, unchanged: RELATIONS });
  const objects = await deployed.objectsOf('members');
  expect(objects.size).toBe(RELATIONS);
  expect([...objects.values()].every((object) => object.includes('"new '))).toBe(true);
  expect(await readUnfinishedWalk(state, 'members')).toBeUndefined();
  await expectKeysToExpire(state, 'members');
  expect(await readLease(state)).toMatchObject({ until: 0, writesUntil: 0 });
});

test('a pull that its execution’s time is too short for keeps others out while it runs, and the next one continues it and says so', async () => {
  deployed.procurios.control.edit('relation', 1, { last_name: 'van Buren' });
  let other: Execution | undefined;
  const cutOff = await deployed.execute({
    ...SHORT_SLICES,
    mostInvocations: 2,
    async beforeInvocation({ invocations }) {
      if (invocations === 1) other = await deployed.execute();
    },
  });

  const next = await deployed.execute();

  expect(cutOff.status).toBe('TIMED_OUT');
  expect(other).toMatchObject({
    status: 'SUCCEEDED',
    result: expect.stringMatching(/"status":"skipped"/),
  });
  expect(other?.printed).not.toMatch(/RunFailed/);
  expect(other?.printed).toMatch(/"RunsSkipped":1/);
  expect(next.logs).toContainEqual(
    expect.objectContaining({ message: expect.stringMatching(/^the run before was cut off/) }),
  );
  expect(next.logs).toContainEqual(expect.objectContaining({ message: 'run begins', unfinished: 'members' }));
  // Page 1 is read twice, because the walk reads down.
  expect(resultOf(next).streams.members).toMatchObject({
    ...{ status: 'complete', direction: 'down' },
    ...{ pages: 4, fetched: RELATIONS + 100 },
  });
  expect([cutOff, next].map((execution) => fetchedBy(execution))).toEqual([150, 200]);
  const [, lost] = await listRunReceipts(deployed.state, 2, Date.now());
  expect(lost).toMatchObject({
    status: 'failed',
    streams: {
      members: { status: 'incomplete', fetched: 150, error: { code: 'INTERRUPTED' } },
      channels: { status: 'incomplete', fetched: 0, error: { code: 'INTERRUPTED' } },
    },
    error: { code: 'INTERRUPTED' },
  });
});

test('the bundled pull counts the seconds of the pauses that Procurios asks for', async () => {
  deployed.procurios.control.fault({
    ...{ route: '/l/relation_list_api', nth: 1 },
    do: { kind: 'status', status: 429, retryAfter: 1 },
  });

  const { printed } = await deployed.execute();

  const seconds = [...printed.matchAll(/"SecondsPaused":([\d.]+)/g)].map(([, value]) => Number(value));
  expect(seconds).toEqual([expect.any(Number)]);
  expect(seconds[0]).toBeGreaterThanOrEqual(1);
});

test('an object that leaves the listing is a tombstone in the third night, whose judging and look take several invocations, within the rights of the stack', async () => {
  const { procurios, proxy } = deployed;
  procurios.control.remove('relation', 7);
  const usesOfNights: Use[] = [];
  proxy.onCall((call) => {
    usesOfNights.push(...usesOf(call));
    return undefined;
  });

  const nights: Execution[] = [];
  for (let night = 1; night <= 3; night += 1) {
    nights.push(
      await deployed.execute({ ...(night === 3 && SHORT_SLICES), laterMs: night * 24 * 60 * 60 * 1000 }),
    );
  }

  const receipts = nights.map((night) => resultOf(night).streams.members);
  const counted = { status: 'complete', evidence: 'counted', live: RELATIONS };
  expect(receipts).toMatchObject([
    { ...counted, missed: 1, gone: 0 },
    { ...counted, missed: 1, gone: 0 },
    { ...counted, missed: 0, gone: 1, look: 'proved' },
  ]);
  expect(nights[2]?.invocations).toBeGreaterThan(6);
  const walks = nights.map((night) => resultOf(night).runId).join(' ');
  const objects = await deployed.objectsOf('members');
  expect(objects.size).toBe(RELATIONS);
  expect(objects.get('7')).toContain(`"_deletedBecause":"absent ${walks}"`);
  expect([...objects.values()].filter((object) => object.includes('_deletedAt'))).toHaveLength(1);
  const template = synthesize(deployed.config);
  expect(refused(usesOfNights, rightsOf(template, 'PullFunctionRole'), template)).toEqual([]);
  const members = streamTableName(deployed.config.environment, 'members');
  expect(actionsOf(usesOfNights, members)).toContain('dynamodb:UpdateItem');
});
