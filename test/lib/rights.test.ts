import { describe, expect, test } from '@jest/globals';
import { rightsOf as rightsIn, statementsOf } from '../support/rights.ts';
import { resourcesOf, synthesize } from '../support/synthesize.ts';

const template = synthesize();
const roles = resourcesOf(template, 'AWS::IAM::Role');
const policies = resourcesOf(template, 'AWS::IAM::Policy');

const rightsOf = (role: string) => rightsIn(template, role);

/** What a role may do, by resource: the logical ids are cut to what a construct's name makes of them. */
function byResource(role: string): Record<string, string[]> {
  const rights = rightsOf(role).flatMap(({ Action, Resource }) =>
    [Resource]
      .flat()
      .flatMap((resource) => [Action].flat().map((action) => ({ name: nameOf(resource), action }))),
  );
  const grouped = Object.entries(Object.groupBy(rights, ({ name }) => name));
  return Object.fromEntries(
    grouped.map(([name, all = []]) => [name, all.map(({ action }) => action).sort()]),
  );
}

function nameOf(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  return JSON.stringify(resource)
    .replace(/\{"Fn::GetAtt":\["(\w+?)[0-9A-F]{8}","Arn"\]\}/g, '$1')
    .replace(/\{"Ref":"([\w:]+?)(?:[0-9A-F]{8})?"\}/g, '$1')
    .replace(/^\{"Fn::Join":\["",\[(.*)\]\]\}$/, (_whole, parts: string) => parts.replaceAll(/[",]/g, ''));
}

const LOGS = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const TRACES = { '*': ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'] };

describe('the pull may', () => {
  test('do what it does, to what it does it to, and nothing else', () => {
    const stream = ['dynamodb:BatchGetItem', 'dynamodb:BatchWriteItem'];
    expect(byResource('PullFunctionRole')).toEqual({
      ...TRACES,
      PullFunctionLogs: LOGS,
      PullDeadLetters: ['sqs:SendMessage'],
      Streamsmembers: stream,
      Streamsdonors: stream,
      StateTable: [
        'dynamodb:BatchWriteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
      ],
      SecretsClient: ['secretsmanager:GetSecretValue'],
      'arn:AWS::Partition:events:AWS::Region:AWS::AccountId:event-bus/default': ['events:PutEvents'],
      'PullFunction:*': [
        'lambda:CheckpointDurableExecution',
        'lambda:GetDurableExecution',
        'lambda:GetDurableExecutionState',
      ],
    });
  });

  test('put no event but the one that tells of its end', () => {
    expect(
      rightsOf('PullFunctionRole').find(({ Action }) => Action === 'events:PutEvents')?.Condition,
    ).toEqual({
      StringEquals: { 'events:source': 'procurios-sync', 'events:detail-type': 'Procurios Pull Finished' },
    });
  });
});

describe('the push may', () => {
  test('do what it does, to what it does it to, and touch no stream’s table', () => {
    expect(byResource('PushFunctionRole')).toEqual({
      ...TRACES,
      PushFunctionLogs: LOGS,
      PushQueue: [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
        'sqs:ReceiveMessage',
      ],
      StateTable: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      SecretsClient: ['secretsmanager:GetSecretValue'],
    });
  });
});

describe('enqueue may', () => {
  test('do what it does, to what it does it to, and read no secret', () => {
    expect(byResource('PushEnqueueRole')).toEqual({
      ...TRACES,
      PushEnqueueLogs: LOGS,
      PushEventDeadLetters: ['sqs:SendMessage'],
      PushQueue: ['sqs:GetQueueUrl', 'sqs:SendMessage'],
      StateTable: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    });
  });
});

describe('the schedule may', () => {
  test('start one alias, and write down what could not be started', () => {
    expect(byResource('SchedulerRole')).toEqual({
      PullFunctionAliaslive: ['lambda:InvokeFunction'],
      PullDeadLetters: ['sqs:SendMessage'],
    });
  });
});

describe('the state table is open', () => {
  test.each([
    ['PullFunctionRole', ['lease', 'run', 'stream#*', 'walk#*']],
    ['PushFunctionRole', ['change#*']],
    ['PushEnqueueRole', ['change#*']],
  ])('to the %s for its own keys only', (role, keys) => {
    const conditions = rightsOf(role)
      .filter(({ Resource }) => nameOf(Resource) === 'StateTable')
      .map(({ Condition }) => Condition);

    expect(conditions).toEqual([
      {
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys },
        Null: { 'dynamodb:LeadingKeys': 'false' },
      },
    ]);
  });
});

describe('nobody', () => {
  test('has a policy that AWS manages, nor one that is not in these tests', () => {
    for (const [, { Properties }] of roles) {
      expect(Properties).not.toHaveProperty('ManagedPolicyArns');
      expect(Properties).not.toHaveProperty('Policies');
    }
    expect(roles.map(([id]) => id.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual([
      'PullFunctionRole',
      'PushEnqueueRole',
      'PushFunctionRole',
      expect.stringMatching(/^SchedulerRoleForTarget/),
    ]);
  });

  test('is allowed an action by a wildcard, or a resource by one alone, but for traces', () => {
    for (const { Action, Resource } of policies.flatMap(([, policy]) => statementsOf(policy))) {
      for (const action of [Action].flat()) expect(action).not.toContain('*');
      if (![Action].flat().every((action) => action.startsWith('xray:'))) {
        expect([Resource].flat()).not.toContain('*');
      }
    }
  });

  test('is allowed anything in a condition that is not one of these', () => {
    const conditions = policies.flatMap(([, policy]) =>
      statementsOf(policy).flatMap(({ Condition }) => Condition ?? []),
    );
    expect(conditions).toHaveLength(4);
  });
});

test('a stack of very many streams still fits into policies that IAM takes', () => {
  const streams = Array.from({ length: 120 }, (_, index) => ({
    name: `a-stream-with-a-rather-long-name-number-${index}`,
    path: '/l/module_api/object',
    mediaType: 'application/json',
    key: 'id',
    paging: { kind: 'onePage' },
  }));
  const many = synthesize({ streams });

  for (const [, policy] of resourcesOf(many, 'AWS::IAM::Policy')) {
    // Arns come in for references: a bit over 100 characters each, with the longest name.
    const size = JSON.stringify(policy.Properties.PolicyDocument).replaceAll(
      /\{"Fn::GetAtt":[^}]*\}/g,
      '-'.repeat(120),
    );
    expect(size.length).toBeLessThan(10_240);
  }
  const granted = JSON.stringify([
    many.findResources('AWS::IAM::Policy'),
    many.findResources('AWS::IAM::ManagedPolicy'),
  ]);
  for (const [id] of resourcesOf(many, 'AWS::DynamoDB::GlobalTable')) expect(granted).toContain(`"${id}"`);
});
