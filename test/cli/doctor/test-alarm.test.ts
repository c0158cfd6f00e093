import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { alarmDescription, alarmName } from '../../../lambda/deployment/alarms.ts';
import { newFolder, run, type Setting, writeConfig } from '../../support/command-line.ts';
import {
  type DeployedAws,
  deploy,
  startDeployedAws,
  TOPIC_ARN,
} from '../../support/deployed-aws/deployed-aws.ts';
import { accessDenied } from '../../support/deployed-aws/refusals.ts';
import { PLAIN_CONFIG } from '../../support/plain-config.ts';

let aws: DeployedAws;
let setting: Setting;
beforeEach(async () => {
  aws = await startDeployedAws();
  const credentials = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };
  setting = { cwd: await newFolder('test-alarm'), env: { ...aws.environment, ...credentials } };
  await writeConfig(setting.cwd, { ...PLAIN_CONFIG, region: 'eu-west-1' });
  const since = '2026-11-24T03:00:00.000Z';
  const alarms = (['run-failed', 'run-cut-off', 'changes-held'] as const).map((key) => ({
    ...{ name: alarmName('acme', key), description: alarmDescription(key), since },
    state: key === 'run-failed' ? ('ALARM' as const) : ('OK' as const),
  }));
  deploy(aws, 'acme', alarms);
});
afterEach(async () => {
  await aws[Symbol.asyncDispose]();
});

const statesOf = () => aws.watched.alarms.map(({ state }) => state);

test('test-alarm raises an alarm that is quiet, because one that is on sends no message', async () => {
  const { code, stdout } = await run(['test-alarm', '--json'], setting);

  expect([code, JSON.parse(stdout)]).toEqual([
    0,
    { alarm: 'procurios-sync-acme-run-cut-off', subscriptions: 1 },
  ]);
  expect(statesOf()).toEqual(['ALARM', 'ALARM', 'OK']);
});

test.each([
  ['no subscription', [], 'the topic has no subscription'],
  ['a subscription that waits', ['PendingConfirmation'], 'the subscription waits to be confirmed'],
] as const)('test-alarm raises nothing if the topic has %s', async (_what, subscriptions, why) => {
  aws.topics.set(TOPIC_ARN, [...subscriptions]);

  const { code, stderr } = await run(['test-alarm'], setting);

  expect(code).toBe(1);
  expect(stderr).toContain(`NOT_POSSIBLE: no alarm was raised, because it would reach no operator: ${why}`);
  expect(statesOf()).toEqual(['ALARM', 'OK', 'OK']);
});

test('test-alarm names the right that is missing', async () => {
  aws.refusals.set('cloudwatch:SetAlarmState', accessDenied('cloudwatch:SetAlarmState'));

  const { code, stderr } = await run(['test-alarm'], setting);

  expect([code, stderr]).toEqual([1, expect.stringContaining('AWS does not allow cloudwatch:SetAlarmState')]);
});
