import { describe, expect, test } from '@jest/globals';
import { rightsOf as rightsIn, statementsOf } from '../support/rights.ts';
import { resourcesOf, synthesize } from '../support/synthesize.ts';

const template = synthesize();
const roles = resourcesOf(template, 'AWS::IAM::Role');
const policies = resourcesOf(template, 'AWS::IAM::Policy');

const rightsOf = (role: string) => rightsIn(template, role);

/** The actions that a role may do, by resource. Logical ids stand without their hashes. */
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

describe('the pull’s role', () => {
  test('the pull may do what it needs, and nothing else', () => {
    const stream = [
      'dynamodb:BatchGetItem',
      'dynamodb:BatchWriteItem',
      'dynamodb:DeleteItem',
      'dynamodb:Scan',
      'dynamodb:UpdateItem',
    ];
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
      'PullFunction:*': ['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState'],
      'arn:AWS::Partition:lambda:AWS::Region:AWS::AccountId:function:procurios-sync-acme-Pull*': [
        'lambda:GetDurableExecution',
      ],
    });
  });

  test.each([
    ['acme', 'procurios-sync-acme-Pull*'],
    ['a-name-of-15-chr', 'procurios-sync-a-name-of*'],
  ])(
    'the pull of %s may ask about executions of every pull function that the environment ever had: %s',
    (environment, pattern) => {
      const asks = rightsIn(synthesize({ environment }), 'PullFunctionRole').find(
        ({ Action }) => Action === 'lambda:GetDurableExecution',
      );

      expect(JSON.stringify(asks?.Resource)).toContain(`:function:${pattern}"`);
    },
  );

  test('the pull may put only the event about the end of its run', () => {
    expect(
      rightsOf('PullFunctionRole').find(({ Action }) => Action === 'events:PutEvents')?.Condition,
    ).toEqual({
      StringEquals: { 'events:source': 'procurios-sync', 'events:detail-type': 'Procurios Pull Finished' },
    });
  });
});

describe('the push’s role', () => {
  test('the push may do what it needs, and may not use a stream’s table', () => {
    expect(byResource('PushFunctionRole')).toEqual({
      ...TRACES,
      PushFunctionLogs: LOGS,
      PushDeadLetters: ['sqs:GetQueueUrl', 'sqs:SendMessage'],
      PushQueue: [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
        'sqs:ReceiveMessage',
      ],
      StateTable: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      'StateTable/index/byOutcome': ['dynamodb:Query'],
      SecretsClient: ['secretsmanager:GetSecretValue'],
    });
  });
});

describe('the role of enqueue', () => {
  test('enqueue may do what it needs, and may not read a secret', () => {
    expect(byResource('PushEnqueueRole')).toEqual({
      ...TRACES,
      PushEnqueueLogs: LOGS,
      PushEventDeadLetters: ['sqs:SendMessage'],
      PushQueue: ['sqs:GetQueueUrl', 'sqs:SendMessage'],
      StateTable: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    });
  });
});

describe('the schedule’s role', () => {
  test('the schedule may start one alias, and queue starts that failed', () => {
    expect(byResource('SchedulerRole')).toEqual({
      PullFunctionAliaslive: ['lambda:InvokeFunction'],
      PullDeadLetters: ['sqs:SendMessage'],
    });
  });
});

describe('the state table', () => {
  test.each([
    ['PullFunctionRole', ['absence#*', 'lease', 'run', 'stream#*', 'walk#*']],
    ['PushFunctionRole', ['change#*']],
    ['PushEnqueueRole', ['change#*']],
  ])('the state table is open to the %s for its own keys only', (role, keys) => {
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

test('the index over the ledger is open to the push for the outcomes of changes that wait only', () => {
  const [query] = rightsOf('PushFunctionRole').filter(({ Action }) => Action === 'dynamodb:Query');

  expect(query?.Condition).toEqual({
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['queued', 'sending', 'waiting', 'unknown'] },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  });
});

describe('all roles', () => {
  test('no role has a policy that AWS manages, and none is missing in these tests', () => {
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

  test('no statement allows an action by a wildcard, and only traces are allowed on all resources', () => {
    for (const { Action, Resource } of policies.flatMap(([, policy]) => statementsOf(policy))) {
      for (const action of [Action].flat()) expect(action).not.toContain('*');
      if (![Action].flat().every((action) => action.startsWith('xray:'))) {
        expect([Resource].flat()).not.toContain('*');
      }
    }
  });

  test('no statement has a condition that is not in these tests', () => {
    const conditions = policies.flatMap(([, policy]) =>
      statementsOf(policy).flatMap(({ Condition }) => Condition ?? []),
    );
    expect(conditions).toHaveLength(5);
  });
});

test('a stack of 120 streams fits into policies that IAM accepts', () => {
  const streams = Array.from({ length: 120 }, (_, index) => ({
    name: `a-stream-with-a-rather-long-name-number-${index}`,
    path: '/l/module_api/object',
    mediaType: 'application/json',
    key: 'id',
    paging: { kind: 'onePage' },
  }));
  const many = synthesize({ streams });

  for (const [, policy] of resourcesOf(many, 'AWS::IAM::Policy')) {
    // ARNs replace references. With the longest name, they have a bit more than 100 characters.
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
