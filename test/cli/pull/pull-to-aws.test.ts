import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { channels } from '../../../config/catalogue/streams.ts';
import { listRunReceipts } from '../../../lambda/aws/state/run-store.ts';
import { createStateTable, type StateTable } from '../../../lambda/aws/state/state-table.ts';
import {
  readLease,
  releaseExecutionLease,
  resumeLease,
  takeLease,
} from '../../../lambda/aws/state/take-lease.ts';
import type { HolderState, LeaseRow } from '../../../lambda/core/pull/lease.ts';
import { systemClock } from '../../../lambda/runtime/clock.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../local/endpoints/embedded-aws.ts';
import { startEmbeddedLambda } from '../../../local/endpoints/embedded-lambda.ts';
import { type Endpoint, ServiceError } from '../../../local/endpoints/json-service.ts';
import { createTables } from '../../../local/endpoints/tables.ts';
import { SIMULATOR_CREDENTIALS, type Simulator, startSimulator } from '../../../local/simulator/simulator.ts';
import { findStaleLease, freeLease } from '../../../operator/pull/unlock.ts';
import { type Ended, newFolder, run, type Setting, writeConfig } from '../../support/command-line.ts';
import { dynamoDbOf } from '../../support/embedded-aws.ts';

const CONFIG = {
  environment: 'remote',
  host: 'https://procurios.example.com',
  auth: { grant: 'clientCredentials', scopes: ['engagement/read'] },
  streams: [channels('channels')],
};
const ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:pull:1/durable-execution/nightly/1';

let procurios: Simulator;
let aws: EmbeddedAws;
let lambda: Endpoint;
let state: StateTable;
let setting: Setting;
/** What Lambda says of every execution. */
let status: 'RUNNING' | 'STOPPED' | 'AccessDeniedException';

beforeAll(async () => {
  const unused = async () => ({});
  const describe = () => {
    if (status === 'AccessDeniedException') throw new ServiceError(status, 'refused by the test');
    return { Status: status };
  };
  [procurios, aws, lambda] = await Promise.all([
    startSimulator({ relations: 10 }),
    startEmbeddedAws(),
    startEmbeddedLambda({ checkpoint: unused, readState: unused, describe }),
  ]);
  await createTables(dynamoDbOf(aws), CONFIG);
  aws.secrets.put('procurios-sync/remote/client', JSON.stringify(SIMULATOR_CREDENTIALS));
  state = createStateTable(dynamoDbOf(aws), 'procurios-sync-remote-state');
  const env = { ...aws.environment, AWS_ENDPOINT_URL_LAMBDA: lambda.url, PROCURIOS_HOST: procurios.url };
  setting = { cwd: await newFolder('pull-to-aws'), env };
  await writeConfig(setting.cwd, CONFIG);
});

afterAll(() => Promise.all([procurios?.close(), aws?.close(), lambda?.close()]));

/** Tonight's run has the lease, and nothing of it in progress. */
beforeEach(async () => {
  await takeLease({
    state,
    holderName: `execution ${ARN}`,
    runId: 'tonight',
    execution: { arn: ARN, endsAtMs: Date.now() + 23 * 60 * 60 * 1000 },
    isAlone: true,
    readHolderState: async () => 'unknown',
    noteCutOff: async () => {},
    onWatch() {},
    clock: systemClock,
  });
});

const pull = (): Promise<Ended> => run(['pull'], setting);

test.each([
  [
    'is at work there',
    'RUNNING',
    /^RUN_ACTIVE: another pull has been in progress since .*nightly.*, in Lambda$/m,
  ],
  ['may be', 'AccessDeniedException', /^RUN_ACTIVE: .*lambda:GetDurableExecution may not be allowed here/m],
] as const)('a pull is not begun beside an execution that %s', async (_what, says, expected) => {
  status = says;

  const { code, stderr } = await pull();

  expect(code).toBe(1);
  expect(stderr).toMatch(expected);
  expect(procurios.control.requests()).toEqual({});
});

test('pull takes over the lease of a stopped execution and records its run as cut off', async () => {
  status = 'STOPPED';

  const { code, stderr } = await pull();

  expect([code, stderr]).toEqual([0, expect.stringContaining('channels')]);
  const [mine, lost] = await listRunReceipts(state, 2, Date.now());
  expect([mine, lost]).toMatchObject([
    { status: 'complete' },
    { runId: 'tonight', status: 'failed', error: { code: 'INTERRUPTED' } },
  ]);
  expect(await readLease(state)).toMatchObject({ until: 0 });
});

describe('unlock', () => {
  const session = () => ({
    state: () => state,
    isAlone: false,
    readHolderState: async (): Promise<HolderState> => 'unknown',
  });

  test('unlock refuses while Lambda says that the execution is running', async () => {
    status = 'RUNNING';

    const { code, stderr } = await run(['unlock', '--yes'], setting);

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /NOT_POSSIBLE: the lease of execution .*nightly.* was not freed: Lambda says that it is running/,
    );
    expect(await readLease(state)).toMatchObject({ holder: ARN });
  });

  test('unlock refuses if the lease changes while it is watched', async () => {
    const clock = {
      now: Date.now,
      sleep: async () => void (await resumeLease(state, ARN, systemClock)).pause(),
    };

    const found = findStaleLease(session(), () => {}, clock);

    await expect(found).rejects.toThrow('the lease changed while it was watched');
  });

  test('unlock frees the lease of an execution that Lambda cannot be asked about; the next pull records it as cut off', async () => {
    status = 'AccessDeniedException';
    const watched: number[] = [];
    const clock = { now: Date.now, sleep: async (ms: number) => void watched.push(ms) };

    const lease = await findStaleLease(session(), () => {}, clock);
    const nextPullAt = await freeLease(session(), lease as LeaseRow, clock);

    expect(watched).toEqual([5_000, 5_000, 5_000, 5_000]);
    expect(Date.parse(nextPullAt)).toBeLessThanOrEqual(Date.now());
    await expect(resumeLease(state, ARN, systemClock)).rejects.toMatchObject({ code: 'RUN_ACTIVE' });
    const { code } = await pull();
    expect(code).toBe(0);
    const [, lost] = await listRunReceipts(state, 2, Date.now());
    expect(lost).toMatchObject({ runId: 'tonight', status: 'failed', error: { code: 'INTERRUPTED' } });
  });

  test('a lease that was just written keeps pulls out for the time in which its former holder may write', async () => {
    await (await resumeLease(state, ARN, systemClock)).pause();
    await resumeLease(state, ARN, systemClock);
    const lease = (await readLease(state)) as LeaseRow;

    const nextPullAt = Date.parse(await freeLease(session(), lease));

    expect(nextPullAt).toBe(lease.writesUntil);
    expect(nextPullAt).toBeGreaterThan(Date.now() + 20_000);
    await expect(freeLease(session(), lease)).rejects.toMatchObject({ code: 'NOT_POSSIBLE' });
    await state.update({ pk: 'lease', sk: 'pull' }, { update: 'SET #until = :zero', values: { ':zero': 0 } });
  });

  test('a command works in the region of the config, whatever AWS_REGION says', async () => {
    const { AWS_REGION: _region, ...env } = setting.env ?? {};
    const cwd = await newFolder('region');
    await writeConfig(cwd, { ...CONFIG, region: 'eu-west-1' });
    status = 'RUNNING';

    const { stderr } = await run(['unlock'], { cwd, env });

    expect(stderr).toMatch(/^NOT_POSSIBLE/);
  });

  test('unlock does nothing if no lease keeps pulls out', async () => {
    await releaseExecutionLease(state, ARN);

    expect(await run(['unlock', '--json'], setting)).toEqual({
      code: 0,
      stdout: '{"freed":false}\n',
      stderr: '',
    });
  });
});
