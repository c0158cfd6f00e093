import { describe, expect, test } from '@jest/globals';
import { checkConfig } from '../../config/check-config.ts';
import { checkDeployable, deploymentRegion } from '../../config/check-deployable.ts';
import { type Problem, SyncError } from '../../lambda/core/errors.ts';
import { PLAIN_CONFIG } from '../support/plain-config.ts';

const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/0b1c2d3e-0000-4000-8000-000000000000';

function problemsOf(changes: object, region?: string): readonly Problem[] {
  try {
    checkDeployable(checkConfig({ ...PLAIN_CONFIG, ...changes }), region);
    return [];
  } catch (error) {
    if (error instanceof SyncError && error.code === 'CONFIG_INVALID') return error.problems;
    throw error;
  }
}
const pathsOf = (changes: object) => problemsOf(changes).map(({ path }) => path);

describe('checkDeployable()', () => {
  test('a config with every option can be deployed', () => {
    expect(
      problemsOf(
        {
          schedule: { cron: '30 5 ? * MON-FRI *', timeZone: 'UTC', expectWithinHours: 168 },
          alarmEmail: 'ops+procurios@example.com',
          kmsKeyArn: KEY,
          logRetentionDays: 365,
          region: 'eu-west-1',
          runbookUrl: 'https://wiki.example.com/runbook.md',
          secretName: 'shared/procurios',
          secretKmsKeyArn: KEY.replace('0b1c', '1b1c'),
          memoryMb: { pull: 1024, push: 256 },
          terminationProtection: true,
          tags: { team: 'crm', 'cost center': '4711' },
        },
        'eu-west-1',
      ),
    ).toEqual([]);
  });

  test.each<[string, object]>([
    ['schedule', { schedule: '0 4 * * ? *' }],
    ['schedule.cron', { schedule: { cron: '0 4 * * *' } }],
    ['schedule.cron', { schedule: { cron: 4 } }],
    ['schedule.every', { schedule: { every: 'night' } }],
    ['schedule.timeZone', { schedule: { timeZone: 'Amsterdam' } }],
    ['schedule.timeZone', { schedule: { timeZone: 'europe/amsterdam' } }],
    ['schedule.timeZone', { schedule: { timeZone: '+01:00' } }],
    ['schedule.timeZone', { schedule: { timeZone: '' } }],
    ['schedule.expectWithinHours', { schedule: { expectWithinHours: 0 } }],
    ['schedule.expectWithinHours', { schedule: { expectWithinHours: 169 } }],
    ['schedule.expectWithinHours', { schedule: { expectWithinHours: 26.5 } }],
    ['alarmEmail', { alarmEmail: 'ops at example.com' }],
    ['alarmEmail', { alarmEmail: `${'a'.repeat(250)}@example.com` }],
    ['kmsKeyArn', { kmsKeyArn: 'alias/procurios' }],
    ['kmsKeyArn', { kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:alias/procurios' }],
    ['region', { region: 'Ireland' }],
    ['runbookUrl', { runbookUrl: 'http://wiki.example.com/runbook.md' }],
    ['runbookUrl', { runbookUrl: 'https://wiki.example.com/runbook.md#run-failed' }],
    ['secretKmsKeyArn', { secretKmsKeyArn: KEY }],
    ['memoryMb.pull', { memoryMb: { pull: 128 } }],
    ['terminationProtection', { terminationProtection: 'yes' }],
    ['tags["aws:team"]', { tags: { 'aws:team': 'crm' } }],
    ['tags.team', { tags: { team: '<crm>' } }],
    ['logRetentionDays', { logRetentionDays: 31 }],
    ['logRetentionDays', { logRetentionDays: '30' }],
    ['ledgerRetentionDays', { ledgerRetentionDays: 13 }],
    ['ledgerRetentionDays', { ledgerRetentionDays: 3651 }],
    ['requestsPerSecond.pull', { requestsPerSecond: { pull: 0 } }],
    ['streams[1].name', { streams: [PLAIN_CONFIG.streams[0], PLAIN_CONFIG.streams[0]] }],
    ['environment', { environment: 'a'.repeat(33) }],
  ])('a config is refused for its %s: %j', (path, changes) => {
    expect(pathsOf(changes)).toEqual([path]);
  });

  test.each([
    ['0 4 30 2 ? *', 26, 'schedule.cron'],
    ['0 4 * * ? 2020', 26, 'schedule.cron'],
    ['30 5 ? * MON-FRI *', 26, 'schedule.expectWithinHours'],
    ['30 5 ? * MON-FRI *', 73, 'schedule.expectWithinHours'],
    ['0 4 ? * SUN *', 167, 'schedule.expectWithinHours'],
  ])(
    'a schedule without a start, or with an alarm between two starts, is refused: %s within %d hours',
    (cron, expectWithinHours, path) => {
      expect(pathsOf({ schedule: { cron, expectWithinHours } })).toEqual([path]);
    },
  );

  test.each([
    ['30 5 ? * MON-FRI *', 74],
    ['0 4 ? * SUN *', 168],
    // The night in which the clocks go back is an hour longer.
    ['0 4 * * ? *', 26],
    ['0/15 * * * ? *', 1],
  ])('a schedule may start at %s and expect a run within %d hours', (cron, expectWithinHours) => {
    expect(problemsOf({ schedule: { cron, expectWithinHours } })).toEqual([]);
  });

  test('a config is refused for all problems at once, and no value is quoted', () => {
    const changes = {
      environment: 'A',
      schedule: { cron: 'secret', timeZone: 'secret' },
      alarmEmail: 'secret',
      logRetentionDays: 2,
    };

    expect(pathsOf(changes)).toEqual([
      'environment',
      'schedule.cron',
      'schedule.timeZone',
      'alarmEmail',
      'logRetentionDays',
    ]);
    expect(JSON.stringify(problemsOf(changes))).not.toContain('secret');
  });

  test('the client’s secret cannot have the name of the user’s', () => {
    expect(pathsOf({ secretName: 'procurios-sync/acme/user' })).toEqual(['secretName']);
    expect(pathsOf({ secretName: 'procurios-sync/other/user' })).toEqual([]);
  });

  test('addresses on this machine cannot be deployed', () => {
    expect(pathsOf({ host: 'http://127.0.0.1:4010' })).toEqual(['host', 'tokenUrl']);
    expect(pathsOf({ tokenUrl: 'http://[::1]:4010/token' })).toEqual(['tokenUrl']);
  });

  test('a config has at most as many streams as fit into a stack', () => {
    const streams = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ ...PLAIN_CONFIG.streams[0], name: `stream-${index}` }));

    expect(pathsOf({ streams: streams(401) })).toEqual(['streams']);
    expect(pathsOf({ streams: streams(400) })).toEqual([]);
  });

  test('the KMS key has to be in the region of the deployment', () => {
    expect(problemsOf({ kmsKeyArn: KEY }, 'eu-central-1')).toEqual([
      { path: 'kmsKeyArn', expected: 'a key in eu-central-1, the region of the deployment' },
    ]);
    expect(problemsOf({ kmsKeyArn: KEY }, undefined)).toEqual([]);
  });
});

test('the longest names can be deployed, and names that are one character longer are refused', () => {
  const named = (length: number) => [{ ...PLAIN_CONFIG.streams[0], name: 'b'.repeat(length) }];

  expect(pathsOf({ environment: 'a'.repeat(32), streams: named(64) })).toEqual([]);
  expect(pathsOf({ environment: 'a'.repeat(33), streams: named(65) })).toEqual([
    'environment',
    'streams[0].name',
  ]);
});

describe('deploymentRegion()', () => {
  const regionOf = (changes: object, surroundings: Record<string, string>) =>
    deploymentRegion(checkConfig({ ...PLAIN_CONFIG, ...changes }), surroundings);
  /** What the CDK's command line sets if it finds no region. */
  const NONE = { CDK_DEFAULT_REGION: 'us-east-1' };
  const IRELAND = { region: 'eu-west-1' };

  test.each<[string | undefined, string, object, Record<string, string>]>([
    ['eu-west-1', 'the config', IRELAND, NONE],
    ['eu-west-1', 'the config before AWS_REGION', IRELAND, { ...NONE, AWS_REGION: 'us-east-1' }],
    ['us-east-1', 'AWS_REGION', {}, { ...NONE, AWS_REGION: 'us-east-1' }],
    ['eu-north-1', 'the profile', {}, { CDK_DEFAULT_REGION: 'eu-north-1' }],
    ['eu-west-1', 'the KMS key', { kmsKeyArn: KEY }, NONE],
    ['unknown', 'nothing', {}, NONE],
    [undefined, 'no command line of the CDK', {}, {}],
  ])('the stack is deployed to %s if the region is named by %s', (expected, _what, changes, surroundings) => {
    expect(regionOf(changes, surroundings)).toBe(expected);
  });

  test('a config is refused if nothing names a region, because the CDK would take us-east-1 without a word', () => {
    expect(problemsOf({}, 'unknown')).toEqual([
      { path: 'region', expected: expect.stringContaining("such as 'eu-west-1'") },
    ]);
  });

  test.each(['kmsKeyArn', 'secretKmsKeyArn'])('%s must be in the region of the deployment', (path) => {
    const changes = { secretName: 'shared/procurios', [path]: KEY };

    expect(problemsOf(changes, 'eu-central-1')).toEqual([
      { path, expected: 'a key in eu-central-1, the region of the deployment' },
    ]);
  });
});
