import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { ALARMS, type AlarmKey, alarmName, runbookIn } from '../../lambda/deployment/alarms.ts';
import { METRICS } from '../../lambda/deployment/metrics.ts';
import { statementsOf } from '../support/rights.ts';
import { OTHER_OPTIONS, resourcesOf, synthesize, USER_LOGIN } from '../support/synthesize.ts';

const template = synthesize();
const functions = () => resourcesOf(template, 'AWS::Lambda::Function');
const KEYS = Object.keys(ALARMS) as AlarmKey[];

/** An alarm's properties, by its key. */
function alarmOf(key: AlarmKey, of = template): Record<string, unknown> {
  const [found] = Object.values(
    of.findResources('AWS::CloudWatch::Alarm', { Properties: { AlarmName: alarmName('acme', key) } }),
  );
  return found?.Properties ?? {};
}

/** An alarm's metrics, as `namespace/name` with their dimensions. */
function metricsOf(key: AlarmKey): { name: string; dimensions: Record<string, unknown> }[] {
  const alarm = alarmOf(key);
  const inExpression = alarm.Metrics as { MetricStat?: { Metric: typeof alarm } }[] | undefined;
  const metrics = inExpression?.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : [])) ?? [
    alarm,
  ];
  return metrics.map(({ Namespace, MetricName, Dimensions }) => ({
    name: `${Namespace}/${MetricName}`,
    dimensions: Object.fromEntries(
      (Dimensions as { Name: string; Value: unknown }[]).map(({ Name, Value }) => [Name, Value]),
    ),
  }));
}

describe('alarms', () => {
  test('the stack has every alarm of the list, and no other', () => {
    const names = resourcesOf(template, 'AWS::CloudWatch::Alarm').map(
      ([, { Properties }]) => Properties.AlarmName,
    );

    expect(names.sort()).toEqual(KEYS.map((key) => `procurios-sync-acme-${key}`).sort());
  });

  test.each(KEYS)('the alarm %s says its impact, and is sent to the topic', (key) => {
    const [topic] = resourcesOf(template, 'AWS::SNS::Topic');

    expect(alarmOf(key)).toMatchObject({
      AlarmDescription: `${ALARMS[key]} What to do: docs/runbook.md#${key}`,
      AlarmActions: [{ Ref: topic?.[0] }],
    });
  });

  test('an alarm links to the runbook where the config says that it is', () => {
    const linked = synthesize({ runbookUrl: 'https://wiki.example.com/sync/runbook' });
    const { AlarmDescription } = alarmOf('run-failed', linked);

    expect(AlarmDescription).toMatch(/ What to do: https:\/\/wiki\.example\.com\/sync\/runbook#run-failed$/);
    expect(runbookIn(AlarmDescription as string)).toBe('https://wiki.example.com/sync/runbook#run-failed');
  });

  test('the topic accepts the environment’s alarms, and nothing else', () => {
    const [[, policy] = ['']] = resourcesOf(template, 'AWS::SNS::TopicPolicy');
    const allowed = policy ? statementsOf(policy).filter(({ Effect }) => Effect === 'Allow') : [];

    expect(allowed).toEqual([
      {
        Sid: expect.any(String),
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: { Ref: expect.stringMatching(/^AlarmsTopic/) },
        Condition: {
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
          ArnLike: {
            'aws:SourceArn': {
              'Fn::Join': [
                '',
                [
                  'arn:',
                  { Ref: 'AWS::Partition' },
                  ':cloudwatch:',
                  { Ref: 'AWS::Region' },
                  ':',
                  { Ref: 'AWS::AccountId' },
                  ':alarm:procurios-sync-acme-*',
                ],
              ],
            },
          },
        },
      },
    ]);
  });

  test('the alarm access-refused names the login command if a user consents', () => {
    const asUser = synthesize(USER_LOGIN);

    expect(alarmOf('access-refused', asUser).AlarmDescription).toContain(
      'npx procurios-sync login, with the config of the environment acme.',
    );
  });

  test.each(KEYS)('the alarm %s adds up events, or takes the maximum of a level', (key) => {
    const alarm = alarmOf(key);
    const inExpression = alarm.Metrics as { MetricStat?: { Stat: string } }[] | undefined;
    const statistics = inExpression?.flatMap(({ MetricStat }) => MetricStat?.Stat ?? []) ?? [alarm.Statistic];
    const levels = ['changes-late', 'changes-held', 'deletes-held', 'deletes-not-judged'];
    const isLevel = key.endsWith('-dead-letters') || levels.includes(key);

    expect(new Set(statistics)).toEqual(new Set([isLevel ? 'Maximum' : 'Sum']));
  });

  test.each(KEYS)('the runbook has a section for %s, with all its parts', (key) => {
    const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
    const section = runbook.split(/^## /m).find((text) => text.startsWith(`${key}\n`)) ?? '';

    for (const part of ['What it means', 'What to look at', 'What to do', 'When it clears']) {
      expect(section).toContain(`**${part}.**`);
    }
    expect(section).toContain(ALARMS[key]);
  });

  test('the runbook has no section for an alarm that does not exist', () => {
    const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
    const headings = [...runbook.matchAll(/^## ([\w-]+)$/gm)].map(([, heading]) => heading);

    expect(headings.sort()).toEqual([...KEYS].sort());
  });
});

describe('no complete run', () => {
  test.each([
    [26, {}],
    [168, OTHER_OPTIONS],
  ])(
    'no complete run within %i hours raises an alarm, even if nothing ever ran',
    (expectWithinHours, options) => {
      const alarm = alarmOf('no-complete-run', synthesize(options));

      expect(alarm).toMatchObject({
        EvaluationPeriods: expectWithinHours,
        ComparisonOperator: 'LessThanThreshold',
        Threshold: 1,
        TreatMissingData: 'breaching',
      });
      expect(alarm).not.toHaveProperty('DatapointsToAlarm');
      expect(alarm.Metrics).toEqual([
        expect.objectContaining({ Expression: 'FILL(happened, 0)' }),
        expect.objectContaining({
          Id: 'happened',
          ReturnData: false,
          MetricStat: {
            Metric: {
              Namespace: 'ProcuriosSync',
              MetricName: 'RunComplete',
              Dimensions: [{ Name: 'Environment', Value: 'acme' }],
            },
            Period: 3600,
            Stat: 'Sum',
          },
        }),
      ]);
    },
  );
});

describe('whenHappened()', () => {
  test.each<[AlarmKey, (keyof typeof METRICS)[]]>([
    ['run-failed', ['runFailed']],
    ['stream-incomplete', ['streamsIncomplete']],
    ['objects-rejected', ['rejects']],
    ['access-refused', ['accessRefused']],
    ['changes-rejected', ['changesRejected', 'messagesRejected']],
    ['changes-unknown', ['changesUnknown']],
  ])('an event raises %s', (key, counts) => {
    const own = metricsOf(key).filter(({ name }) => name.startsWith('ProcuriosSync/'));

    expect(own).toEqual(
      counts.map((count) => ({
        name: `ProcuriosSync/${METRICS[count]}`,
        dimensions: { Environment: 'acme' },
      })),
    );
    expect(alarmOf(key)).toMatchObject({
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      DatapointsToAlarm: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  test('an alarm about an event stands for half a day, so that the next night sends a message again', () => {
    expect(alarmOf('run-failed').EvaluationPeriods).toBe((12 * 60) / 5);
    expect(alarmOf('changes-unknown')).toMatchObject({ Period: 300, EvaluationPeriods: 12 });
  });

  test('an alarm over several metrics counts if only one of them has a value', () => {
    expect(alarmOf('changes-rejected').Metrics).toContainEqual(
      expect.objectContaining({ Expression: 'SUM([m0, m1])' }),
    );
  });
});

describe('whenRepeated()', () => {
  test.each([
    [52, {}],
    [168, OTHER_OPTIONS],
  ])('starts that are skipped in two different hours out of %i raise run-skipped', (hours, options) => {
    expect(alarmOf('run-skipped', synthesize(options))).toMatchObject({
      Namespace: 'ProcuriosSync',
      MetricName: 'RunsSkipped',
      Period: 3600,
      EvaluationPeriods: hours,
      DatapointsToAlarm: 2,
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
  });
});

test('pauses for a fifth of an hour raise procurios-throttles, which stands for half a day', () => {
  expect(alarmOf('procurios-throttles')).toMatchObject({
    MetricName: 'SecondsPaused',
    Statistic: 'Sum',
    Period: 3600,
    Threshold: 720,
    EvaluationPeriods: 12,
    DatapointsToAlarm: 1,
  });
});

describe('durable executions', () => {
  test('a durable execution that fails, runs out of time or is stopped raises an alarm', () => {
    const [[pull] = []] = Object.entries(
      template.findResources('AWS::Lambda::Function', { Properties: { DurableConfig: Match.anyValue() } }),
    );
    const lambda = (name: string) => ({
      name: `AWS/Lambda/${name}`,
      dimensions: { FunctionName: { Ref: pull } },
    });

    expect(metricsOf('run-failed')).toContainEqual(lambda('DurableExecutionFailed'));
    expect(metricsOf('run-cut-off')).toEqual([
      lambda('DurableExecutionTimedOut'),
      lambda('DurableExecutionStopped'),
    ]);
  });
});

describe('functions', () => {
  const ids = functions().map(([id]) => id);
  const watchedBy = (keys: readonly AlarmKey[], metric: string) =>
    keys
      .flatMap(metricsOf)
      .filter(({ name }) => name === `AWS/Lambda/${metric}`)
      .map(({ dimensions }) => (dimensions.FunctionName as { Ref: string }).Ref);

  test('every function has an alarm for its errors', () => {
    expect(watchedBy(KEYS, 'Errors').sort()).toEqual(ids.toSorted());
  });

  test('every function has an alarm for being throttled', () => {
    expect(watchedBy(['functions-throttled'], 'Throttles').sort()).toEqual(ids.toSorted());
  });
});

test('what could not even be put on a dead-letter queue raises dead-letters-lost', () => {
  const [[rule] = []] = resourcesOf(template, 'AWS::Events::Rule');
  const lost = metricsOf('dead-letters-lost');
  const withDeadLetters = functions().filter(([, { Properties }]) => Properties.DeadLetterConfig);

  expect(lost.filter(({ name }) => name === 'AWS/Lambda/DeadLetterErrors')).toHaveLength(
    withDeadLetters.length,
  );
  expect(lost).toContainEqual({
    name: 'AWS/Events/InvocationsFailedToBeSentToDlq',
    dimensions: { RuleName: { Ref: rule } },
  });
});

describe('queues', () => {
  test('every queue that should be empty has an alarm that stands while it is not', () => {
    const watched = (['pull-dead-letters', 'change-dead-letters', 'event-dead-letters'] as const).map(
      (key) => {
        expect(alarmOf(key)).toMatchObject({
          MetricName: 'ApproximateNumberOfMessagesVisible',
          Statistic: 'Maximum',
          Threshold: 1,
          EvaluationPeriods: 1,
          TreatMissingData: 'notBreaching',
        });
        return JSON.stringify(metricsOf(key)[0]?.dimensions.QueueName);
      },
    );

    const others = resourcesOf(template, 'AWS::SQS::Queue').filter(([id]) => !watched.join().includes(id));
    expect(others.map(([, { Properties }]) => Properties.QueueName)).toEqual([
      'procurios-sync-acme-changes.fifo',
    ]);
  });

  test('a late change has an alarm, whether SQS or only the ledger knows its age', () => {
    expect(alarmOf('changes-late')).toMatchObject({ Threshold: 3600, TreatMissingData: 'ignore' });
    expect(alarmOf('changes-late').Metrics).toContainEqual(
      expect.objectContaining({ Expression: 'MAX([queue, ledger])' }),
    );
    expect(metricsOf('changes-late').map(({ name }) => name)).toEqual([
      'AWS/SQS/ApproximateAgeOfOldestMessage',
      'ProcuriosSync/OldestChangeSeconds',
    ]);
  });

  test('held changes have an alarm that stands while there are any, and keeps its state while the ledger cannot be read', () => {
    expect(alarmOf('changes-held')).toMatchObject({
      MetricName: 'ChangesHeld',
      Statistic: 'Maximum',
      Threshold: 1,
      EvaluationPeriods: 1,
      TreatMissingData: 'ignore',
    });
  });

  test('a look at the ledger falls into each period of the alarms about its levels', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(15 minutes)',
      Targets: [Match.objectLike({ Input: '{"watch":"ledger"}' })],
    });
    expect(alarmOf('changes-held').Period).toBe(30 * 60);
  });

  test('the queue of failed starts is empty again before the next night', () => {
    template.hasResourceProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 20 * 60 * 60 });
  });
});

describe('deletes', () => {
  test.each<[AlarmKey, string, number]>([
    ['deletes-held', 'DeletesHeld', 1],
    ['deletes-not-judged', 'DaysUnjudged', 14],
  ])(
    '%s stands while its level is reached, and keeps its state in a night without a pull',
    (key, name, level) => {
      expect(alarmOf(key)).toMatchObject({
        MetricName: name,
        Dimensions: [{ Name: 'Environment', Value: 'acme' }],
        Statistic: 'Maximum',
        Threshold: level,
        EvaluationPeriods: 1,
        TreatMissingData: 'ignore',
      });
    },
  );

  test('neither an alarm’s text nor the runbook about deletes tells the operator to pull again', () => {
    const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
    const sections = runbook.split(/^## /m).filter((text) => text.startsWith('deletes-'));

    expect(sections).toHaveLength(2);
    for (const text of [...Object.values(ALARMS), ...sections]) {
      expect(text).not.toMatch(/procurios-sync pull|pull again|start a pull/i);
    }
  });
});

describe('the topic', () => {
  test('the topic has a subscription only if the config has an e-mail address', () => {
    template.resourceCountIs('AWS::SNS::Subscription', 0);
    synthesize(OTHER_OPTIONS).hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'ops@example.com',
    });
  });
});
