import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ALARMS, alarmDescription, alarmName } from '../../../lambda/deployment/alarms.ts';
import { readAlarms } from '../../../operator/deployed/alarms.ts';
import { createDeployedClients, type DeployedClients } from '../../../operator/deployed/aws-clients.ts';
import { listExecutions, readExecution, startExecution } from '../../../operator/deployed/executions.ts';
import { readOldestMessageAge } from '../../../operator/deployed/queue.ts';
import { readSchedule } from '../../../operator/deployed/schedule.ts';
import { readStack, requireOutput } from '../../../operator/deployed/stack.ts';
import { type DeployedAws, deploy, startDeployedAws } from '../../support/deployed-aws/deployed-aws.ts';
import { accessDenied } from '../../support/deployed-aws/refusals.ts';

const SURROUNDINGS = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };

let aws: DeployedAws;
let clients: DeployedClients;
beforeEach(async () => {
  aws = await startDeployedAws();
  Object.assign(process.env, SURROUNDINGS, aws.environment);
  clients = createDeployedClients();
});
afterEach(async () => {
  clients[Symbol.dispose]();
  for (const name of [...Object.keys(SURROUNDINGS), ...Object.keys(aws.environment)])
    delete process.env[name];
  await aws[Symbol.asyncDispose]();
});

function alarm(name: string, state: 'OK' | 'ALARM' = 'OK', description = '') {
  return { name, state, description, since: '2026-11-24T03:00:00.000Z' };
}

describe('readStack()', () => {
  test('readStack() returns the stack with its outputs', async () => {
    deploy(aws, 'acme');

    const stack = await readStack(clients.cloudFormation, 'acme');

    expect(stack).toMatchObject({ name: 'procurios-sync-acme', status: 'UPDATE_COMPLETE' });
    expect(requireOutput(stack, 'pullFunction')).toMatch(/:function:acme-pull:live$/);
    expect(requireOutput(stack, 'pullSchedule')).toBe('pull-nightly');
  });

  test('readStack() names a stack that does not exist', async () => {
    await expect(readStack(clients.cloudFormation, 'acme')).rejects.toMatchObject({
      code: 'NOT_DEPLOYED',
      message: 'there is no stack procurios-sync-acme in this account and region',
    });
  });

  test('readStack() names a missing output of a stack that is being created', async () => {
    const { stack } = deploy(aws, 'acme');
    stack.status = 'CREATE_IN_PROGRESS';
    delete stack.outputs.PullFunction;

    const found = await readStack(clients.cloudFormation, 'acme');

    expect(() => requireOutput(found, 'pullFunction')).toThrow(
      'stack procurios-sync-acme (CREATE_IN_PROGRESS) has no output PullFunction: deploy again',
    );
  });

  test.each([
    [
      accessDenied('cloudformation:DescribeStacks'),
      'AWS does not allow cloudformation:DescribeStacks (AccessDenied)',
    ],
    [
      { code: 'ExpiredToken', message: 'The security token included in the request is expired', status: 403 },
      'the AWS credentials have expired; sign in again',
    ],
    [
      { code: 'InvalidClientTokenId', message: 'x', status: 403 },
      'no AWS credentials that work; sign in or set a profile',
    ],
    [{ code: 'Throttling', message: 'Rate exceeded' }, 'AWS answered Throttling'],
    [{ code: 'ValidationError', message: 'no' }, 'AWS answered ValidationError'],
  ])('readStack() translates the refusal %j', async (refusal, message) => {
    aws.refusals.set('*', refusal);

    await expect(readStack(clients.cloudFormation, 'acme')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: `stack procurios-sync-acme: ${message}`,
    });
  });
});

describe('readAlarms()', () => {
  test('readAlarms() reads all pages, and no alarm of an environment whose name begins alike', async () => {
    const names = (['run-failed', 'changes-held', 'changes-late'] as const).map((key) =>
      alarmName('acme', key),
    );
    aws.watched.alarms.push(...names.map((name) => alarm(name)), alarm(alarmName('acme-test', 'run-failed')));
    aws.watched.alarms.push(alarm('procurios-sync-acme-test'));

    const alarms = await readAlarms(clients.cloudWatch, 'acme');

    expect(alarms.map(({ name }) => name)).toEqual(names);
  });

  test('readAlarms() returns the state of each alarm, since when, its impact and its part of the runbook', async () => {
    const name = alarmName('acme', 'run-failed');
    aws.watched.alarms.push(alarm(name, 'ALARM', alarmDescription('run-failed')));

    expect(await readAlarms(clients.cloudWatch, 'acme')).toEqual([
      {
        name,
        state: 'ALARM',
        since: '2026-11-24T03:00:00.000Z',
        impact: ALARMS['run-failed'],
        runbook: 'docs/runbook.md#run-failed',
      },
    ]);
  });

  test('readAlarms() reports that AWS refuses to show the alarms', async () => {
    aws.refusals.set('cloudwatch:DescribeAlarms', accessDenied('cloudwatch:DescribeAlarms'));

    await expect(readAlarms(clients.cloudWatch, 'acme')).rejects.toThrow(
      'alarms: AWS does not allow cloudwatch:DescribeAlarms (AccessDenied)',
    );
  });
});

describe('readSchedule()', () => {
  const NOON = Date.parse('2026-11-24T12:00:00Z');

  test('readSchedule() returns the next start', async () => {
    deploy(aws, 'acme');

    expect(await readSchedule(clients.scheduler, 'pull-nightly', NOON)).toEqual({
      isEnabled: true,
      expression: 'cron(0 4 * * ? *)',
      timeZone: 'Europe/Amsterdam',
      nextStartAt: '2026-11-25T03:00:00.000Z',
    });
  });

  test('readSchedule() reads a disabled schedule in a group, which has no next start', async () => {
    aws.schedules.set('nightly/pull', {
      state: 'DISABLED',
      expression: 'cron(0 4 * * ? *)',
      timeZone: 'UTC',
    });

    const schedule = await readSchedule(clients.scheduler, 'nightly/pull', NOON);

    expect(schedule).toEqual({ isEnabled: false, expression: 'cron(0 4 * * ? *)', timeZone: 'UTC' });
  });

  test('readSchedule() names a schedule that does not exist', async () => {
    await expect(readSchedule(clients.scheduler, 'gone', NOON)).rejects.toMatchObject({
      code: 'STORE_MISSING',
      message: 'schedule gone does not exist in this account and region',
    });
  });
});

describe('readOldestMessageAge()', () => {
  test('readOldestMessageAge() returns the latest datapoint', async () => {
    const now = Date.now();
    aws.watched.queueAges.set('q', [
      { at: now - 60_000, seconds: 40 },
      { at: now - 600_000, seconds: 500 },
      { at: now - 60 * 60_000, seconds: 9000 },
    ]);

    expect(await readOldestMessageAge(clients.cloudWatch, 'q', now)).toBe(40);
    expect(await readOldestMessageAge(clients.cloudWatch, 'unused', now)).toBeUndefined();
  });
});

describe('executions of the pull', () => {
  test('one name starts one execution', async () => {
    const { pull } = deploy(aws, 'acme');

    const started = await startExecution(clients.lambda, `${pull.arn}:live`, 'by-hand');
    await startExecution(clients.lambda, `${pull.arn}:live`, 'by-hand');

    expect(pull.executions).toHaveLength(1);
    expect(started).toEqual({ name: 'by-hand', arn: pull.executions[0]?.arn });
    expect(await readExecution(clients.lambda, started.arn ?? '')).toMatchObject({
      name: 'by-hand',
      status: 'RUNNING',
    });
  });

  test('listExecutions() finds those at work, paused ones too, and those of a name, over all pages and versions', async () => {
    const { pull } = deploy(aws, 'acme');
    const live = `${pull.arn}:live`;
    for (const name of ['one', 'two', 'three']) await startExecution(clients.lambda, live, name);
    Object.assign(pull.executions[0] ?? {}, { status: 'SUCCEEDED', endedAt: Date.now() });
    Object.assign(pull.executions[1] ?? {}, { status: 'PAUSED' });

    const running = await listExecutions(clients.lambda, live, { areAtWork: true });
    const named = await listExecutions(clients.lambda, live, { name: 'three' });

    expect(running.map(({ name }) => name)).toEqual(['two', 'one']);
    expect(named).toMatchObject([{ name: 'three', status: 'SUCCEEDED' }]);
  });

  test('readExecution() returns the error of a failed execution, and undefined for an unknown one', async () => {
    const { pull } = deploy(aws, 'acme');
    const { arn = '' } = await startExecution(clients.lambda, `${pull.arn}:live`, 'by-hand');
    const error = { type: 'SyncError', message: 'no way' };
    Object.assign(pull.executions[0] ?? {}, { status: 'FAILED', endedAt: Date.now(), error });

    expect(await readExecution(clients.lambda, arn)).toMatchObject({ status: 'FAILED', error });
    expect(await readExecution(clients.lambda, `${arn}x`)).toBeUndefined();
  });

  test('startExecution() fails without a version, and without the right to invoke', async () => {
    const { pull } = deploy(aws, 'acme');
    await expect(startExecution(clients.lambda, pull.arn, 'x')).rejects.toThrow(
      'the pull function: AWS answered InvalidParameterValueException',
    );
    aws.refusals.set('lambda:Invoke', accessDenied('lambda:InvokeFunction'));
    await expect(startExecution(clients.lambda, `${pull.arn}:live`, 'x')).rejects.toThrow(
      'the pull function: AWS does not allow lambda:InvokeFunction (AccessDenied)',
    );
  });
});
