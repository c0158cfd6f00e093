import { describe, expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { checkConfig } from '../../config/check-config.ts';
import { LONGEST_ATTEMPT_MS } from '../../lambda/core/push/ledger-entry.ts';
import { alarmName } from '../../lambda/deployment/alarms.ts';
import { OUTPUTS } from '../../lambda/deployment/names.ts';
import { PUSH_CONCURRENCY } from '../../lambda/deployment/queues.ts';
import { warnOfSilence } from '../../lib/sync-stack.ts';
import { PLAIN_CONFIG } from '../support/plain-config.ts';
import { rightsOf } from '../support/rights.ts';
import {
  createApp,
  createStack,
  KMS_KEY,
  OTHER_OPTIONS,
  resourcesOf,
  synthesize,
  USER_LOGIN,
} from '../support/synthesize.ts';

const template = synthesize();
const tables = resourcesOf(template, 'AWS::DynamoDB::GlobalTable');
const functions = resourcesOf(template, 'AWS::Lambda::Function');

const LEASE_ONLY = {
  'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['lease'] },
  Null: { 'dynamodb:LeadingKeys': 'false' },
};

/** The logical id of the only resource of a type that has these properties. */
function idOf(type: string, props: object): string {
  const ids = Object.keys(template.findResources(type, { Properties: props }));
  expect(ids).toHaveLength(1);
  return ids[0] ?? '';
}

const pullId = () => idOf('AWS::Lambda::Function', { DurableConfig: Match.anyValue() });

describe('tables', () => {
  test('the stack has a table per stream and a state table, with names from the config', () => {
    expect(tables.map(([, { Properties }]) => Properties.TableName).sort()).toEqual([
      'procurios-sync-acme-donors',
      'procurios-sync-acme-members',
      'procurios-sync-acme-state',
    ]);
  });

  test.each(tables)('%s outlives the stack, can be restored, and is billed by use', (_id, table) => {
    expect(table.DeletionPolicy).toBe('Retain');
    expect(table.UpdateReplacePolicy).toBe('Retain');
    expect(table.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: '_expiresAt', Enabled: true },
    });
    expect(table.Properties.Replicas).toMatchObject([
      {
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      },
    ]);
  });

  test('the tables have the keys that the functions use', () => {
    for (const stream of ['members', 'donors']) {
      template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
        TableName: `procurios-sync-acme-${stream}`,
        KeySchema: [{ AttributeName: '_id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: '_id', AttributeType: 'S' }],
      });
    }
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      TableName: 'procurios-sync-acme-state',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byOutcome',
          KeySchema: [
            { AttributeName: 'outcome', KeyType: 'HASH' },
            { AttributeName: 'queuedAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    });
  });
});

describe('secrets', () => {
  test('a secret is created without a value, and deleted with the stack', () => {
    const [[, secret] = ['']] = resourcesOf(template, 'AWS::SecretsManager::Secret');
    expect(secret?.Properties).toMatchObject({ Name: 'procurios-sync/acme/client' });
    expect(secret?.Properties).not.toHaveProperty('GenerateSecretString');
    expect(secret?.Properties).not.toHaveProperty('SecretString');
    expect(secret?.DeletionPolicy).toBe('Delete');
  });

  test('no secret is created if the config names an existing one', () => {
    const withAnother = synthesize({ secretName: 'shared/procurios' });

    withAnother.resourceCountIs('AWS::SecretsManager::Secret', 0);
    expect(JSON.stringify(withAnother.findResources('AWS::IAM::Policy'))).toContain(
      ':secret:shared/procurios-??????',
    );
  });

  test('functions may decrypt a secret that has a key of its own, through Secrets Manager only', () => {
    const other = synthesize({ secretName: 'shared/procurios', secretKmsKeyArn: KMS_KEY });

    for (const role of ['PullFunctionRole', 'PushFunctionRole']) {
      expect(rightsOf(other, role)).toContainEqual({
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: KMS_KEY,
        Condition: {
          StringEquals: {
            'kms:ViaService': {
              'Fn::Join': ['', ['secretsmanager.', { Ref: 'AWS::Region' }, '.amazonaws.com']],
            },
          },
        },
      });
    }
  });

  test('a secret holds the user’s token if a user consents', () => {
    const withUser = synthesize(USER_LOGIN);

    withUser.hasResourceProperties('AWS::SecretsManager::Secret', { Name: 'procurios-sync/acme/user' });
    expect(
      Object.keys(
        withUser.findResources('AWS::IAM::Policy', {
          Properties: {
            PolicyDocument: {
              Statement: Match.arrayWith([
                Match.objectLike({
                  Action: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
                }),
              ]),
            },
          },
        }),
      ),
    ).toHaveLength(2);
    const renews = { Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], Condition: LEASE_ONLY };
    expect(rightsOf(withUser, 'PushFunctionRole')).toContainEqual(expect.objectContaining(renews));
    expect(rightsOf(template, 'PushFunctionRole')).not.toContainEqual(expect.objectContaining(renews));
  });
});

describe('functions', () => {
  test('the stack has three functions', () => {
    expect(functions).toHaveLength(3);
  });

  test.each(functions)(
    '%s runs on Node 24 and arm64, is traced, and logs JSON to its own group',
    (_id, { Properties }) => {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: expect.any(String) } },
      });
    },
  );

  test('the functions’ environment holds nothing secret, and nothing from the config', () => {
    for (const [, { Properties }] of functions) {
      expect(Properties.Environment).toEqual({ Variables: { NODE_OPTIONS: '--enable-source-maps' } });
    }
  });

  test('the functions’ logs are kept as long as the config says', () => {
    const groups = resourcesOf(synthesize(OTHER_OPTIONS), 'AWS::Logs::LogGroup');

    expect(groups.map(([, { Properties }]) => Properties.RetentionInDays)).toEqual([30, 30, 30]);
    expect(resourcesOf(template, 'AWS::Logs::LogGroup')[0]?.[1].Properties.RetentionInDays).toBe(90);
  });
});

describe('the pull', () => {
  test('the pull may run for less than a day, and each invocation for as long as Lambda allows', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      DurableConfig: { ExecutionTimeout: 23 * 60 * 60, RetentionPeriodInDays: 30 },
      Timeout: 900,
      MemorySize: 512,
    });
  });

  test('the schedule starts the pull through its alias, at the config’s time, and hands a start over for two hours', () => {
    const scheduled = synthesize(OTHER_OPTIONS);
    const alias = Object.keys(
      scheduled.findResources('AWS::Lambda::Alias', { Properties: { Name: 'live' } }),
    )[0];

    scheduled.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(30 5 ? * MON-FRI *)',
      ScheduleExpressionTimezone: 'Europe/Brussels',
      State: 'ENABLED',
      Target: {
        Arn: { Ref: alias },
        RetryPolicy: { MaximumRetryAttempts: 10, MaximumEventAgeInSeconds: 2 * 60 * 60 },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^PullDeadLetters'), 'Arn'] } },
      },
    });
    scheduled.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 0,
      Qualifier: { 'Fn::Select': [7, { 'Fn::Split': [':', { Ref: alias }] }] },
    });
  });

  test('the pull’s versions are retained, because runs in progress need them, except those of a failed deployment', () => {
    const versions = resourcesOf(template, 'AWS::Lambda::Version');

    expect(versions).toHaveLength(1);
    expect(versions[0]?.[1]).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('the pull has a dead-letter queue, and no destination, which durable functions do not support', () => {
    expect(functions.find(([id]) => id === pullId())?.[1].Properties.DeadLetterConfig).toEqual({
      TargetArn: { 'Fn::GetAtt': [expect.stringMatching(/^PullDeadLetters/), 'Arn'] },
    });
    expect(JSON.stringify(template.findResources('AWS::Lambda::EventInvokeConfig'))).not.toContain(
      'Destination',
    );
  });
});

describe('the push', () => {
  const queue = (name: string) =>
    template.findResources('AWS::SQS::Queue', { Properties: { QueueName: name } });
  const CHANGES = 'procurios-sync-acme-changes.fifo';
  const DEAD = 'procurios-sync-acme-changes-dead.fifo';

  test('the change queue survives throttling, and its dead-letter queue keeps messages as long as SQS can', () => {
    const [dead] = Object.keys(queue(DEAD));
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: CHANGES,
      FifoQueue: true,
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [dead, 'Arn'] }, maxReceiveCount: 1000 },
    });
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: DEAD,
      FifoQueue: true,
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
    });
  });

  test('the change queue refuses a larger message than the ledger can keep, and every dead-letter queue takes one', () => {
    const largest = resourcesOf(template, 'AWS::SQS::Queue').map(([id, { Properties }]) => [
      id.replace(/[0-9A-F]{8}$/, ''),
      Properties.MaximumMessageSize,
    ]);

    expect(Object.fromEntries(largest)).toMatchObject({
      PushQueue: 256 * 1024,
      PushDeadLetters: 1024 * 1024,
      PushEventDeadLetters: 1024 * 1024,
    });
  });

  test('the queues of changes limit calls by subject, so that a thousand events at once can be queued', () => {
    for (const QueueName of [CHANGES, DEAD]) {
      template.hasResourceProperties('AWS::SQS::Queue', {
        QueueName,
        DeduplicationScope: 'messageGroup',
        FifoThroughputLimit: 'perMessageGroupId',
      });
    }
  });

  test('the change queue hides a message for six times the push’s timeout, which leaves time for attempts', () => {
    const [[, source] = ['']] = resourcesOf(template, 'AWS::Lambda::EventSourceMapping');
    const [changes] = Object.values(queue(CHANGES));
    const push = functions.find(([id]) => JSON.stringify(source?.Properties.FunctionName).includes(id));
    const seconds = push?.[1].Properties.Timeout as number;

    expect(changes?.Properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * seconds);
    expect(seconds * 1000).toBeGreaterThan(2 * LONGEST_ATTEMPT_MS);
    expect(source?.Properties.BatchSize).toBe(10);
  });

  test('the push hands single messages back, and runs on as many functions as share the rate', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [Object.keys(queue(CHANGES))[0], 'Arn'] },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: PUSH_CONCURRENCY },
    });
  });

  test('events of the type "Procurios Change" are queued, or go to a dead-letter queue', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'detail-type': ['Procurios Change'],
        detail: { environment: ['acme', { exists: false }] },
      },
      Targets: [
        Match.objectLike({
          Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^PushEnqueue'), 'Arn'] },
          DeadLetterConfig: {
            Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^PushEventDeadLetters'), 'Arn'] },
          },
        }),
      ],
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: Match.stringLikeRegexp('as events'),
      DeadLetterConfig: {
        TargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^PushEventDeadLetters'), 'Arn'] },
      },
    });
  });
});

describe('encryption', () => {
  test.each(['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'])(
    'every %s demands encryption in transit',
    (type) => {
      const policies = resourcesOf(template, type);

      expect(policies.length).toBe(
        type === 'AWS::SNS::TopicPolicy' ? 1 : resourcesOf(template, 'AWS::SQS::Queue').length,
      );
      for (const [, { Properties }] of policies) {
        expect(Properties.PolicyDocument).toMatchObject({
          Statement: expect.arrayContaining([
            expect.objectContaining({
              Effect: 'Deny',
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            }),
          ]),
        });
      }
    },
  );

  test('the config’s key encrypts everything that holds data of the customer', () => {
    const encrypted = synthesize(OTHER_OPTIONS);

    for (const [, { Properties }] of resourcesOf(encrypted, 'AWS::DynamoDB::GlobalTable')) {
      expect(Properties.SSESpecification).toEqual({ SSEEnabled: true, SSEType: 'KMS' });
      expect(Properties.Replicas).toMatchObject([
        { Region: 'eu-west-1', SSESpecification: { KMSMasterKeyId: KMS_KEY } },
      ]);
    }
    const keys = (type: string, property: string) =>
      resourcesOf(encrypted, type).map(([id, { Properties }]) => [
        id.replace(/[0-9A-F]{8}$/, ''),
        Properties[property],
      ]);
    expect(keys('AWS::SQS::Queue', 'KmsMasterKeyId')).toEqual([
      ['PullDeadLetters', undefined],
      ['PushDeadLetters', KMS_KEY],
      ['PushQueue', KMS_KEY],
      ['PushEventDeadLetters', KMS_KEY],
    ]);
    expect(keys('AWS::SecretsManager::Secret', 'KmsKeyId')).toEqual([['SecretsClient', KMS_KEY]]);
    expect(keys('AWS::SNS::Topic', 'KmsMasterKeyId')).toEqual([['AlarmsTopic', KMS_KEY]]);
    for (const role of ['PullFunctionRole', 'PushFunctionRole', 'PushEnqueueRole']) {
      expect(rightsOf(encrypted, role)).toContainEqual({
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
        Resource: KMS_KEY,
        Condition: {
          StringEquals: {
            'kms:ViaService': ['dynamodb', 'secretsmanager', 'sqs'].map((service) => ({
              'Fn::Join': ['', [`${service}.`, { Ref: 'AWS::Region' }, '.amazonaws.com']],
            })),
          },
        },
      });
    }
    expect(new Set(keys('AWS::Logs::LogGroup', 'KmsKeyId').map(([, key]) => key))).toEqual(
      new Set([KMS_KEY]),
    );
  });

  test('SQS’s own key encrypts queues if the config names no key', () => {
    for (const [, { Properties }] of resourcesOf(template, 'AWS::SQS::Queue')) {
      expect(Properties.SqsManagedSseEnabled).toBe(true);
    }
  });
});

describe('options of the stack', () => {
  test('the functions have the memory of the config', () => {
    const sized = synthesize({ memoryMb: { pull: 1024, push: 256 } });
    const memory = (of: typeof template) =>
      resourcesOf(of, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties.MemorySize);

    expect(memory(template)).toEqual([512, 512, 256]);
    expect(memory(sized)).toEqual([1024, 256, 256]);
  });

  test('everything has the tags of the config', () => {
    const tagged = synthesize({ tags: { team: 'crm' } });

    for (const type of ['AWS::Lambda::Function', 'AWS::SQS::Queue', 'AWS::SNS::Topic', 'AWS::IAM::Role']) {
      for (const [, { Properties }] of resourcesOf(tagged, type)) {
        expect(Properties.Tags).toContainEqual({ Key: 'team', Value: 'crm' });
      }
    }
    expect(resourcesOf(tagged, 'AWS::DynamoDB::GlobalTable')[0]?.[1].Properties.Replicas).toMatchObject([
      { Tags: [{ Key: 'team', Value: 'crm' }] },
    ]);
  });

  test('CloudFormation protects the stack if the config says so', () => {
    expect(createStack(createApp()).terminationProtection).toBe(false);
    expect(createStack(createApp(), { terminationProtection: true }).terminationProtection).toBe(true);
  });

  test.each([
    [1, {}],
    [0, { alarmEmail: 'ops@example.com' }],
  ])('synthesis gives %i warnings about alarms that reach no operator: %j', (count, options) => {
    const stack = createStack(createApp(), options);
    warnOfSilence(stack, checkConfig({ ...PLAIN_CONFIG, ...options }));

    // Not by the CDK's `Annotations`, which would print the warning.
    const warnings = stack.node.metadata.filter(({ type }) => type === 'aws:cdk:warning');

    expect(warnings).toHaveLength(count);
    for (const { data } of warnings) expect(data).toMatch(/^No alarm reaches you/);
  });
});

describe('two environments', () => {
  test('two environments in one account have no name in common', () => {
    const app = createApp();
    const stacks = ['acme', 'acme-test'].map((environment) => createStack(app, { environment }));
    const names = stacks.map((stack) => {
      const found = Object.values(
        Template.fromStack(stack).toJSON().Resources as Record<string, { Properties: object }>,
      );
      return found.flatMap(({ Properties }) =>
        Object.entries(Properties).flatMap(([key, value]) =>
          /^(TableName|QueueName|AlarmName|DashboardName|TopicName|FunctionName|RoleName)$/.test(key) ||
          (key === 'Name' && String(value).startsWith('procurios'))
            ? [JSON.stringify(value)]
            : [],
        ),
      );
    });

    const named = names.map((each) => each.filter((name) => name.startsWith('"')));
    expect(named[0]?.length).toBeGreaterThan(20);
    expect(named[0]?.filter((name) => named[1]?.includes(name))).toEqual([]);
    expect(stacks.map(({ stackName }) => stackName)).toEqual([
      'procurios-sync-acme',
      'procurios-sync-acme-test',
    ]);
  });
});

test('the stack has every output that commands read', () => {
  expect(Object.keys(template.findOutputs('*')).sort()).toEqual(Object.values(OUTPUTS).sort());
  template.hasOutput(OUTPUTS.pullFunction, { Value: { Ref: Match.stringLikeRegexp('Alias') } });
});

test('the dashboard shows every stream and every alarm', () => {
  const [[, dashboard] = ['']] = resourcesOf(template, 'AWS::CloudWatch::Dashboard');
  const body = JSON.stringify(dashboard?.Properties.DashboardBody);

  expect(dashboard?.Properties.DashboardName).toBe('procurios-sync-acme');
  for (const stream of ['members', 'donors']) {
    expect(body).toContain(`\\"ObjectsFetched\\",\\"Environment\\",\\"acme\\",\\"Stream\\",\\"${stream}\\"`);
    expect(body).toContain(
      `\\"ConsumedWriteCapacityUnits\\",\\"TableName\\",\\"procurios-sync-acme-${stream}\\"`,
    );
  }
  for (const [id] of resourcesOf(template, 'AWS::CloudWatch::Alarm')) expect(body).toContain(id);
  expect(alarmName('acme', 'run-failed')).toBe('procurios-sync-acme-run-failed');
});
