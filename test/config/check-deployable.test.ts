import { describe, expect, test } from '@jest/globals';
import { checkConfig } from '../../config/check-config.ts';
import { checkDeployable } from '../../config/check-deployable.ts';
import { type Problem, SyncError } from '../../lambda/core/errors.ts';
import { ALARMS, type AlarmKey, alarmDescription, alarmName } from '../../lambda/deployment/alarms.ts';
import {
  changeQueueName,
  clientSecretName,
  dashboardName,
  deadLetterQueueName,
  stackName,
  stateTableName,
  streamTableName,
  userSecretName,
} from '../../lambda/deployment/names.ts';
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

describe('what is deployed', () => {
  test('may have every option', () => {
    expect(
      problemsOf(
        {
          schedule: { cron: '30 5 ? * MON-FRI *', timeZone: 'UTC', expectWithinHours: 168 },
          alarmEmail: 'ops+procurios@example.com',
          kmsKeyArn: KEY,
          logRetentionDays: 365,
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
    ['logRetentionDays', { logRetentionDays: 31 }],
    ['logRetentionDays', { logRetentionDays: '30' }],
    ['ledgerRetentionDays', { ledgerRetentionDays: 13 }],
    ['ledgerRetentionDays', { ledgerRetentionDays: 3651 }],
    ['requestsPerSecond.pull', { requestsPerSecond: { pull: 0 } }],
    ['streams[1].name', { streams: [PLAIN_CONFIG.streams[0], PLAIN_CONFIG.streams[0]] }],
    ['environment', { environment: 'a'.repeat(33) }],
  ])('is refused for its %s: %j', (path, changes) => {
    expect(pathsOf(changes)).toEqual([path]);
  });

  test.each([
    ['0 4 30 2 ? *', 26, 'schedule.cron'],
    ['0 4 * * ? 2020', 26, 'schedule.cron'],
    ['30 5 ? * MON-FRI *', 26, 'schedule.expectWithinHours'],
    ['30 5 ? * MON-FRI *', 73, 'schedule.expectWithinHours'],
    ['0 4 ? * SUN *', 167, 'schedule.expectWithinHours'],
  ])(
    'has starts to come, and no alarm that stands between them: %s within %d hours',
    (cron, expectWithinHours, path) => {
      expect(pathsOf({ schedule: { cron, expectWithinHours } })).toEqual([path]);
    },
  );

  test.each([
    ['30 5 ? * MON-FRI *', 74],
    ['0 4 ? * SUN *', 168],
    // The night on which the clocks go back is an hour longer.
    ['0 4 * * ? *', 26],
    ['0/15 * * * ? *', 1],
  ])('may start at %s and be expected within %d hours', (cron, expectWithinHours) => {
    expect(problemsOf({ schedule: { cron, expectWithinHours } })).toEqual([]);
  });

  test('is refused for everything at once, without a value', () => {
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

  test('keeps the client’s secret apart from the user’s', () => {
    expect(pathsOf({ secretName: 'procurios-sync/acme/user' })).toEqual(['secretName']);
    expect(pathsOf({ secretName: 'procurios-sync/other/user' })).toEqual([]);
  });

  test('is not on this machine', () => {
    expect(pathsOf({ host: 'http://127.0.0.1:4010' })).toEqual(['host', 'tokenUrl']);
    expect(pathsOf({ tokenUrl: 'http://[::1]:4010/token' })).toEqual(['tokenUrl']);
  });

  test('has no more streams than a stack has room for', () => {
    const streams = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ ...PLAIN_CONFIG.streams[0], name: `stream-${index}` }));

    expect(pathsOf({ streams: streams(401) })).toEqual(['streams']);
    expect(pathsOf({ streams: streams(400) })).toEqual([]);
  });

  test('is encrypted with a key of its own region', () => {
    expect(problemsOf({ kmsKeyArn: KEY }, 'eu-central-1')).toEqual([
      { path: 'kmsKeyArn', expected: 'a key in eu-central-1, the region of the deployment' },
    ]);
    expect(problemsOf({ kmsKeyArn: KEY }, undefined)).toEqual([]);
  });
});

describe('the longest names that a config can have', () => {
  const environment = 'a'.repeat(32);

  test('are not too long for AWS', () => {
    expect(streamTableName(environment, 'b'.repeat(64)).length).toBeLessThanOrEqual(255);
    expect(stateTableName(environment).length).toBeLessThanOrEqual(255);
    expect(clientSecretName(environment).length).toBeLessThanOrEqual(512);
    expect(userSecretName(environment).length).toBeLessThanOrEqual(512);
    expect(changeQueueName(environment).length).toBeLessThanOrEqual(80);
    expect(deadLetterQueueName(environment).length).toBeLessThanOrEqual(80);
    expect(stackName(environment).length).toBeLessThanOrEqual(128);
    expect(dashboardName(environment).length).toBeLessThanOrEqual(255);
    for (const key of Object.keys(ALARMS) as AlarmKey[]) {
      expect(alarmName(environment, key).length).toBeLessThanOrEqual(255);
      expect(
        alarmDescription(key, { environment: 'a'.repeat(32), grant: 'authorizationCode' }).length,
      ).toBeLessThanOrEqual(1024);
    }
  });

  test('are the longest', () => {
    expect(pathsOf({ environment, streams: [{ ...PLAIN_CONFIG.streams[0], name: 'b'.repeat(64) }] })).toEqual(
      [],
    );
    expect(
      pathsOf({
        environment: 'a'.repeat(33),
        streams: [{ ...PLAIN_CONFIG.streams[0], name: 'b'.repeat(65) }],
      }),
    ).toEqual(['environment', 'streams[0].name']);
  });
});
