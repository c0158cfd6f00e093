import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { saveRunReceipt } from '../../../lambda/aws/state/run-store.ts';
import { createStateTable, type StateTable } from '../../../lambda/aws/state/state-table.ts';
import { noCounts } from '../../../lambda/core/pull/counts.ts';
import type { RunReceipt, WalkStatus } from '../../../lambda/core/pull/receipt.ts';
import { stateTableName } from '../../../lambda/deployment/names.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../local/endpoints/embedded-aws.ts';
import { createTables, deleteTables } from '../../../local/endpoints/tables.ts';
import {
  type Ended,
  newFolder,
  type Running,
  run,
  type Setting,
  start,
  writeConfig,
} from '../../support/command-line.ts';
import { type DeployedAws, deploy, startDeployedAws } from '../../support/deployed-aws/deployed-aws.ts';
import type { ExecutionState, FunctionState } from '../../support/deployed-aws/lambda.ts';
import { accessDenied } from '../../support/deployed-aws/refusals.ts';
import { dynamoDbOf } from '../../support/embedded-aws.ts';

const THINGS = { path: '/l/things', mediaType: 'application/json', key: 'id', paging: { kind: 'onePage' } };
const CONFIG = {
  environment: 'acme',
  host: 'https://procurios.example.com',
  auth: { grant: 'clientCredentials', scopes: ['x'] },
  streams: ['members', 'orders'].map((name) => ({ name, ...THINGS })),
};

let embedded: EmbeddedAws;
let dynamoDb: DynamoDBClient;
let state: StateTable;
let cwd: string;
let aws: DeployedAws;
let pull: FunctionState;
let setting: Setting;
beforeAll(async () => {
  embedded = await startEmbeddedAws();
  aws = await startDeployedAws();
  dynamoDb = dynamoDbOf(embedded);
  state = createStateTable(dynamoDb, stateTableName('acme'));
  cwd = await newFolder('pull-deployed');
  await writeConfig(cwd, CONFIG);
  setting = { cwd, env: { ...embedded.environment, ...aws.environment } };
});
beforeEach(async () => {
  aws.stacks.clear();
  aws.functions.length = 0;
  aws.refusals.clear();
  ({ pull } = deploy(aws, 'acme'));
  await deleteTables(dynamoDb, CONFIG);
  await createTables(dynamoDb, CONFIG);
});
afterAll(async () => {
  dynamoDb.destroy();
  await aws[Symbol.asyncDispose]();
  await embedded.close();
});

const deployed = (...flags: string[]): Promise<Ended> => run(['pull', '--deployed', ...flags], setting);
const begin = (...flags: string[]): Running => start(['pull', '--deployed', ...flags], setting);

function receiptOf(status: WalkStatus, startedAt = new Date().toISOString()): RunReceipt {
  const counts = { ...noCounts(), pages: 2, fetched: 20, written: 5, unchanged: 15, requests: 2 };
  const failure = { code: 'ACCESS_DENIED', message: 'GET /l/things (orders): answered 403' } as const;
  return {
    ...{ runId: 'run-1', startedAt, finishedAt: startedAt, status },
    streams: {
      members: { status: 'complete', ...counts },
      orders: { status, ...counts, ...(status === 'failed' && { error: failure }) },
    },
  };
}

function succeed(execution: ExecutionState, result: unknown): void {
  Object.assign(execution, {
    status: 'SUCCEEDED',
    endedAt: Date.now() + 1000,
    result: JSON.stringify(result),
  });
}

function fail(execution: ExecutionState, type: string, message: string): void {
  Object.assign(execution, { status: 'FAILED', endedAt: Date.now() + 1000, error: { type, message } });
}

/** The receipt of a complete run that has something for an operator to decide. */
function holding(): RunReceipt {
  const { streams, ...run } = receiptOf('complete');
  const { members, orders } = streams;
  if (members === undefined || orders === undefined) throw new Error('the run has other streams');
  return {
    ...run,
    streams: { members: { ...members, held: 1200, gone: 0 }, orders: { ...orders, gone: 3 } },
  };
}

/** A run that is in progress already, of the schedule's. */
function running(): ExecutionState {
  const arn = `${pull.arn}:1/durable-execution/nightly/1`;
  const execution: ExecutionState = {
    arn,
    name: 'nightly',
    status: 'RUNNING',
    startedAt: Date.now() - 60_000,
  };
  pull.executions.unshift(execution);
  return execution;
}

describe('without --wait', () => {
  test('pull --deployed starts the pull and says how to follow it', async () => {
    const payloads: string[] = [];
    pull.onStart = (_execution, payload) => payloads.push(payload);

    const { code, stdout, stderr } = await deployed('--json');

    const [execution] = pull.executions;
    expect(code).toBe(0);
    expect(payloads).toEqual(['{}']);
    expect(JSON.parse(stdout)).toEqual({ started: { name: execution?.name, arn: execution?.arn } });
    expect(execution?.name).toMatch(/^by-hand-\d{8}T\d{6}Z-[0-9a-f]{8}$/);
    expect(stderr).toContain('to follow it: npx procurios-sync pull --deployed --wait\n');
  });

  test('pull --deployed names a run in progress and starts no other', async () => {
    running();

    const { code, stderr } = await deployed();

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^RUN_ACTIVE: the deployed pull has been in progress since 20\S+ \d\d:\d\d Europe\/Amsterdam \(execution nightly\)/,
    );
    expect(pull.executions).toHaveLength(1);
  });

  test.each([[[]], [['--wait']]])(
    'pull --deployed %j names a pull of the command line and starts nothing',
    async (flags) => {
      const until = Date.now() + 40_000;
      const lease = { owner: 'process 7 on build-3', holder: 'h', runId: 'r', fence: 3 };
      await state.put({
        pk: 'lease',
        sk: 'pull',
        ...lease,
        since: '2026-11-24T03:00:00.000Z',
        until,
        writesUntil: until,
      });

      const { code, stderr } = await deployed(...flags);

      expect(code).toBe(1);
      expect(stderr).toContain(
        'RUN_ACTIVE: another pull has been in progress since 2026-11-24 04:00 Europe/Amsterdam (process 7 on build-3); nothing was started',
      );
      expect(pull.executions).toEqual([]);
    },
  );
});

describe('with --wait', () => {
  test('pull --deployed --wait shows the progress of the walks, then the receipts', async () => {
    const { showsOnStderr, ended } = begin('--wait');
    await showsOnStderr(/started: by-hand/);
    let pages = 0;
    const walking = setInterval(() => {
      pages += 1;
      const counts = { pages, fetched: pages * 100 };
      void state.put({ pk: 'walk#orders', sk: 'position', walkId: 'w', counts });
    }, 500);
    await showsOnStderr(/^\d+ s {2}orders {2}\d+ pages {2}[\d,]+00 objects$/m);
    clearInterval(walking);
    for (const execution of pull.executions) succeed(execution, receiptOf('complete'));

    const { code, stdout } = await ended;

    expect(code).toBe(0);
    expect(stdout).toMatch(/^members +2 +20 +5 +15 +0 +2$/m);
    expect(stdout).toMatch(/^complete: 2 streams, 10 of 40 objects written/m);
  });

  test('pull --deployed --wait shows the receipts of a run in which a stream failed, with exit code 1', async () => {
    await saveRunReceipt(state, receiptOf('complete', '2026-11-24T03:00:00.000Z'));
    let receipt: RunReceipt | undefined;
    pull.onStart = async (execution) => {
      receipt = receiptOf('failed');
      await saveRunReceipt(state, receipt);
      fail(execution, 'ACCESS_DENIED', 'run run-1 failed for orders');
    };

    const { code, stdout } = await deployed('--wait', '--json');

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual(receipt);
  });

  test('pull --deployed --wait says how many deletes of which stream are held, with exit code 1', async () => {
    pull.onStart = (execution) => succeed(execution, holding());

    const { code, stdout } = await deployed('--wait');

    expect(code).toBe(1);
    expect(stdout).toMatch(/^stream .* gone +held\n/);
    expect(stdout).toMatch(/^members .* 0 +1,200$/m);
    expect(stdout).toMatch(/^orders .* 3 +0$/m);
    expect(stdout).toMatch(
      /^deletes held for an operator: 1,200 of members; npx procurios-sync deletes list shows why$/m,
    );
    expect(stdout).toMatch(/^complete: 2 streams/m);
  });

  test('pull --deployed --wait reports a run that a later run recorded as cut off, with exit code 1', async () => {
    pull.onStart = async (execution) => {
      const error = { code: 'INTERRUPTED', message: 'the run was cut off' } as const;
      await saveRunReceipt(state, { ...receiptOf('failed'), streams: {}, error });
      Object.assign(execution, { status: 'TIMED_OUT', endedAt: Date.now() + 1000 });
    };

    const { code, stdout } = await deployed('--wait');

    expect(code).toBe(1);
    expect(stdout).toMatch(/^INTERRUPTED the run was cut off$/m);
    expect(stdout).toMatch(/^failed: 0 of 0 streams complete/m);
  });

  test('pull --deployed --wait reports the status and the error of a run that ended without a receipt', async () => {
    await saveRunReceipt(state, receiptOf('complete', '2026-11-24T03:00:00.000Z'));
    pull.onStart = (execution) => fail(execution, 'SECRET_INVALID', 'secret x has no value');

    const { code, stderr } = await deployed('--wait');

    expect(code).toBe(1);
    expect(stderr).toContain(
      'RUN_FAILED: the run ended as FAILED, without a receipt (SECRET_INVALID: secret x has no value)',
    );
  });

  test('pull --deployed --wait reports a run that found another in progress', async () => {
    pull.onStart = (execution) =>
      succeed(execution, { status: 'skipped', reason: 'another pull is in progress' });

    const { code, stderr } = await deployed('--wait');

    expect(code).toBe(1);
    expect(stderr).toContain('RUN_ACTIVE: another pull is in progress');
  });

  test('pull --deployed --wait follows a run in progress and starts no other', async () => {
    const execution = running();
    const { showsOnStderr, ended } = begin('--wait', '--json');
    await showsOnStderr(/already in progress since 20\S+ \d\d:\d\d Europe\/Amsterdam: following that run/);
    succeed(execution, receiptOf('incomplete'));

    const { code, stdout } = await ended;

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ runId: 'run-1', status: 'incomplete' });
    expect(pull.executions).toHaveLength(1);
  });

  test('Ctrl-C ends pull --deployed --wait and not the run', async () => {
    const { interrupt, showsOnStderr, ended } = begin('--wait');
    await showsOnStderr(/started: by-hand/);
    interrupt();

    const { code, stdout, stderr } = await ended;

    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain('no longer following; the run goes on in AWS');
    expect(pull.executions).toMatchObject([{ status: 'RUNNING' }]);
  });

  test('pull --deployed --wait finds an execution by its name if Lambda shows it late and without its ARN', async () => {
    Object.assign(pull, { tellsArn: false, hiddenLooks: 1 });
    pull.onStart = (execution) => succeed(execution, receiptOf('complete'));

    expect(await deployed('--wait', '--json')).toMatchObject({ code: 0 });
  });

  test('pull --deployed --wait retries while Lambda throttles it', async () => {
    aws.refusals.set('lambda:GetDurableExecution', {
      code: 'TooManyRequestsException',
      message: '',
      status: 429,
    });
    pull.onStart = (execution) => {
      succeed(execution, receiptOf('complete'));
      setTimeout(() => aws.refusals.clear(), 3000);
    };

    expect(await deployed('--wait', '--json')).toMatchObject({ code: 0 });
  });
});

describe('what cannot be started', () => {
  test('pull --deployed reports a missing stack', async () => {
    aws.stacks.clear();

    const { code, stderr } = await deployed();

    expect(code).toBe(1);
    expect(stderr).toContain(
      'NOT_DEPLOYED: there is no stack procurios-sync-acme in this account and region',
    );
  });

  test('pull --deployed reports a missing right to invoke the function', async () => {
    aws.refusals.set('lambda:Invoke', accessDenied('lambda:InvokeFunction'));

    const { code, stderr } = await deployed();

    expect(code).toBe(1);
    expect(stderr).toContain('the pull function: AWS does not allow lambda:InvokeFunction (AccessDenied)');
  });

  test.each([
    [
      ['--deployed', '--stream', 'members'],
      '--deployed pulls all streams in AWS: it does not go with --stream',
    ],
    [['--deployed', '--embedded', '--dry-run'], 'it does not go with --dry-run, --embedded'],
    [['--wait'], '--wait goes with --deployed'],
  ])('pull refuses the combination %j', async (flags, told) => {
    const { code, stderr } = await run(['pull', ...flags], setting);

    expect(code).toBe(2);
    expect(stderr).toMatch(/^USAGE: /);
    expect(stderr).toContain(told);
  });
});
