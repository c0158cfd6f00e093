import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { saveRunReceipt } from '../../../lambda/aws/state/run-store.ts';
import { createStateTable } from '../../../lambda/aws/state/state-table.ts';
import { noCounts } from '../../../lambda/core/pull/counts.ts';
import { type AlarmKey, alarmDescription, alarmName } from '../../../lambda/deployment/alarms.ts';
import { stateTableName } from '../../../lambda/deployment/names.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../local/endpoints/embedded-aws.ts';
import { createQueues, deleteQueues } from '../../../local/endpoints/queues.ts';
import { createTables } from '../../../local/endpoints/tables.ts';
import {
  type DeployedAws,
  deploy,
  startDeployedAws,
  TOPIC_ARN,
} from '../../support/deployed-aws/deployed-aws.ts';
import { accessDenied } from '../../support/deployed-aws/refusals.ts';
import { dynamoDbOf, sqsOf } from '../../support/embedded-aws.ts';
import { heldKnown, saveKnown } from '../../support/held-world.ts';
import { type HttpServer, startHttpServer } from '../../support/http-server.ts';
import { configFor, examine, procurios, things } from './examine.ts';

const CREDENTIALS = { clientId: 'acme', clientSecret: 'not-to-be-seen' };

let aws: EmbeddedAws;
let dynamoDb: HttpServer;
let host: HttpServer;
let deployed: DeployedAws;
let environments = 0;
let environment: string;

beforeAll(async () => {
  aws = await startEmbeddedAws();
  dynamoDb = await withTimeToLive(aws.environment.AWS_ENDPOINT_URL_DYNAMODB ?? '');
  host = await startHttpServer(procurios(() => things(1, 3)));
});
afterAll(async () => {
  await Promise.all([dynamoDb[Symbol.asyncDispose](), host[Symbol.asyncDispose](), aws.close()]);
});
beforeEach(async () => {
  deployed = await startDeployedAws();
  environments += 1;
  environment = `acme-${environments}`;
  aws.secrets.put(`procurios-sync/${environment}/client`, JSON.stringify(CREDENTIALS));
});
afterEach(async () => {
  await deployed[Symbol.asyncDispose]();
});

/** Starts a proxy of the embedded DynamoDB, which has no time to live. The proxy says that tables have it, except for `…-lasting`. */
async function withTimeToLive(endpoint: string): Promise<HttpServer> {
  return await startHttpServer(async ({ headers, body, method }, response) => {
    if (String(headers['x-amz-target']).endsWith('.DescribeTimeToLive') && !body.includes('-lasting"')) {
      const description = { AttributeName: '_expiresAt', TimeToLiveStatus: 'ENABLED' };
      response
        .writeHead(200, { 'content-type': 'application/x-amz-json-1.0' })
        .end(JSON.stringify({ TimeToLiveDescription: description }));
      return;
    }
    const passed = Object.entries(headers).filter(([name]) => name !== 'host' && name !== 'content-length');
    const answer = await fetch(endpoint, {
      method,
      body,
      headers: Object.fromEntries(passed.map(([name, value]) => [name, String(value)])),
    });
    response
      .writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
      .end(await answer.text());
  });
}

const client = () => dynamoDbOf(aws);
const tableName = (stream: string) => `procurios-sync-${environment}-${stream}`;

/** Creates everything that a deployment creates. */
async function deployAll(alarms: Parameters<typeof deploy>[2] = [alarm('run-failed', 'OK')]) {
  await createTables(client(), { environment, streams: [{ name: 'things' }] });
  await createQueues(sqsOf(aws.environment.AWS_ENDPOINT_URL_SQS), { environment });
  return deploy(deployed, environment, alarms);
}

function alarm(key: AlarmKey, state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA') {
  const since = '2026-11-24T03:00:00.000Z';
  return { name: alarmName(environment, key), state, description: alarmDescription(key), since };
}

function examineInAws(env: Readonly<Record<string, string>> = {}, rest: object = {}) {
  const endpoints = {
    ...aws.environment,
    ...deployed.environment,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.origin,
  };
  return examine(configFor(host.origin, {}, { environment, ...rest }), {
    inAws: true,
    env: { ...endpoints, ...env },
  });
}

const finding = (check: string, status: string, what: RegExp, fix: RegExp) => ({
  check,
  status,
  what: expect.stringMatching(what),
  fix: expect.stringMatching(fix),
});

test('doctor finds no problem in a sound deployment', async () => {
  await deployAll();

  const { problems, findings } = await examineInAws();

  expect(problems).toEqual([]);
  expect(
    findings.filter(({ status }) => status === 'ok').map(({ check, what }) => `${check}: ${what}`),
  ).toEqual(
    expect.arrayContaining([
      `credentials: secret procurios-sync/${environment}/client`,
      expect.stringMatching(/^stack: procurios-sync-acme-\d+, deployed 2026-11-01 11:00 Europe\/Amsterdam/),
      'tables: 2 tables with the right keys and settings',
      `queue: procurios-sync-${environment}-changes.fifo: 0 messages waiting`,
      'functions: pull (Active)',
      expect.stringMatching(
        /^schedule: cron\(0 4 \* \* \? \*\) Europe\/Amsterdam; next start 20\d\d-\d\d-\d\d 04:00$/,
      ),
      'alarms: 1 alarm: 1 OK, 0 without data yet',
    ]),
  );
  expect(JSON.stringify(findings)).not.toContain(CREDENTIALS.clientSecret);
});

test('doctor reports when the tables were last whole, or what status reports about the pulls', async () => {
  await deployAll();
  const client = dynamoDbOf(aws);
  const state = createStateTable(client, stateTableName(environment));
  const startedAt = new Date(Date.now() - 5.5 * 60 * 60 * 1000).toISOString();
  const things = { status: 'complete', ...noCounts(), fetched: 3, written: 3 } as const;
  const run = {
    runId: 'r',
    startedAt,
    finishedAt: startedAt,
    status: 'complete',
    streams: { things },
  } as const;
  await saveRunReceipt(state, run);
  const listed = async (count: number) =>
    await state.put({ pk: 'stream#things', sk: 'state', wholeAsOf: startedAt, listed: count, inTable: 3 });

  await listed(1);
  const shrunk = await examineInAws();
  await listed(3);
  const sound = await examineInAws();
  await state.put({ pk: 'stream#things', sk: 'reject#1' });
  const rejecting = await examineInAws();
  client.destroy();

  expect(sound.findings).toContainEqual({
    check: 'pulls',
    status: 'ok',
    what: '1 stream, whole as of 5 h ago; 3 objects in the tables',
  });
  expect(rejecting.problems).toMatchObject([
    finding('pulls', 'warning', /^1 object rejected: things$/, /^npx procurios-sync show things --rejects$/),
  ]);
  expect(shrunk.problems).toMatchObject([
    finding('pulls', 'warning', /^things: the last complete walk listed 1, the table has 3$/, /^compare it/),
  ]);
});

test('doctor warns of held deletes, and of a listing that can only be read upwards although its stream marks what is gone', async () => {
  await deployAll();
  const dynamo = client();
  const state = createStateTable(dynamo, stateTableName(environment));
  const { evidence, absences } = heldKnown();
  await saveKnown(state, 'things', { evidence: { ...evidence, isOneWay: true }, absences });
  const startedAt = new Date().toISOString();
  await state.put({ pk: 'stream#things', sk: 'state', wholeAsOf: startedAt, listed: 3, inTable: 3 });
  const [stream] = configFor(host.origin).streams;
  const marking = { ...stream, deletes: 'fromWalk', paging: { kind: 'hal' } };

  const { problems } = await examineInAws({}, { streams: [marking] });
  dynamo.destroy();

  expect(problems).toContainEqual(
    finding(
      'pulls',
      'warning',
      /^deletes of things: 12 held since /,
      /^npx procurios-sync deletes show things$/,
    ),
  );
  expect(problems).toContainEqual(
    finding('pulls', 'warning', /^things: its listing can only be read upwards, /, /deletes: 'report'/),
  );
});

test('doctor reports a missing deployment as information', async () => {
  const given = { PROCURIOS_CLIENT_ID: 'acme', PROCURIOS_CLIENT_SECRET: 'secret' };
  environment = 'nothing-yet';

  const { problems, findings } = await examineInAws(given);

  expect(problems).toEqual([]);
  expect(findings).toContainEqual(
    finding('deployment', 'information', /^not deployed yet$/, /npx cdk deploy, which creates tables/),
  );
  expect(findings).toContainEqual(
    finding(
      'credentials',
      'information',
      /not in AWS .*; using PROCURIOS_CLIENT_ID/,
      /procurios-sync configure/,
    ),
  );
  expect(findings).toContainEqual(expect.objectContaining({ check: 'stream things', status: 'ok' }));
});

describe('doctor, examining the secret', () => {
  test.each([
    ['doctor reports a secret without a value', '', /SECRET_INVALID .*(is not JSON|has no value)/],
    ['doctor reports a secret that is not JSON', 'id:secret', /SECRET_INVALID .*is not JSON/],
    [
      'doctor reports an empty clientSecret',
      '{"clientId": "acme", "clientSecret": " "}',
      /has no clientSecret/,
    ],
  ])('%s', async (_name, value, what) => {
    await deployAll();
    aws.secrets.put(`procurios-sync/${environment}/client`, value);

    const { problems } = await examineInAws();

    expect(problems).toMatchObject([
      finding('credentials', 'failure', what, /run npx procurios-sync configure, which stores /),
    ]);
  });
});

describe('doctor, examining AWS', () => {
  test('doctor reports a missing region', async () => {
    const { problems } = await examine(configFor(host.origin), { inAws: true });

    expect(problems).toContainEqual(
      finding(
        'credentials',
        'failure',
        /REGION_INVALID no AWS region is set/,
        /set AWS_PROFILE and AWS_REGION, or add --embedded/,
      ),
    );
  });

  test('doctor reports that AWS refuses to show the stack', async () => {
    await deployAll();
    deployed.refusals.set('cloudformation:DescribeStacks', accessDenied('cloudformation:DescribeStacks'));

    const { problems, findings } = await examineInAws();

    expect(problems).toMatchObject([
      finding(
        'stack',
        'failure',
        /STORE_UNAVAILABLE/,
        /let an administrator allow cloudformation:DescribeStacks; docs\/deploy\.md#permissions/,
      ),
    ]);
    expect(findings).toContainEqual(expect.objectContaining({ check: 'tables', status: 'ok' }));
  });

  test('doctor reports a failed deployment', async () => {
    const { stack } = await deployAll();
    stack.status = 'UPDATE_ROLLBACK_FAILED';

    const { problems } = await examineInAws();

    expect(problems).toMatchObject([
      finding('stack', 'failure', /is UPDATE_ROLLBACK_FAILED/, /open the events of .* in CloudFormation/),
    ]);
  });
});

describe('doctor, examining the tables', () => {
  test('doctor reports a table that does not exist', async () => {
    await deployAll();
    await client().send(new DeleteTableCommand({ TableName: tableName('things') }));

    const { problems } = await examineInAws();

    expect(problems).toMatchObject([
      finding(
        'tables',
        'failure',
        /-things does not exist/,
        /check account and region .*, then run npx cdk deploy/,
      ),
    ]);
  });

  test('doctor reports a table with another key', async () => {
    await deployAll();
    await client().send(new DeleteTableCommand({ TableName: tableName('things') }));
    await createTable(tableName('things'), { id: 'N' });

    const { problems } = await examineInAws();

    expect(problems).toMatchObject([
      finding(
        'tables',
        'failure',
        /-things has the key id \(number\); expected _id \(string\)/,
        /delete the table and create it again/,
      ),
    ]);
  });

  test('doctor reports a state table without its index', async () => {
    await deployAll();
    await client().send(new DeleteTableCommand({ TableName: tableName('state') }));
    await createTable(tableName('state'), { pk: 'S', sk: 'S' });

    const { problems } = await examineInAws();

    expect(problems).toMatchObject([
      finding(
        'tables',
        'failure',
        /-state has no index byOutcome/,
        /create the global secondary index byOutcome: outcome \(string\), queuedAt \(string\)/,
      ),
    ]);
  });

  test('doctor warns of a table whose items never expire', async () => {
    await deployAll();
    await createTables(client(), { environment, streams: [{ name: 'lasting' }] });
    const { streams } = configFor(host.origin, { name: 'lasting' });

    const { problems } = await examineInAws({}, { streams });

    expect(problems).toMatchObject([
      finding(
        'tables',
        'warning',
        /-lasting: items never expire; expected on _expiresAt/,
        /turn on time to live for _expiresAt/,
      ),
    ]);
  });
});

/** @param key - Types by name, the partition key first. */
async function createTable(name: string, key: Readonly<Record<string, 'S' | 'N'>>): Promise<void> {
  const attributes = Object.entries(key);
  await client().send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: attributes.map(([AttributeName, AttributeType]) => ({
        AttributeName,
        AttributeType,
      })),
      KeySchema: attributes.map(([AttributeName], index) => ({
        AttributeName,
        KeyType: index === 0 ? 'HASH' : 'RANGE',
      })),
    }),
  );
}

describe('doctor, examining the queue', () => {
  const sqs = () => sqsOf(aws.environment.AWS_ENDPOINT_URL_SQS);

  test('doctor reports a queue that does not exist', async () => {
    await deployAll();
    await deleteQueues(sqs(), { environment });

    const { problems } = await examineInAws();

    expect(problems).toMatchObject([
      finding(
        'queue',
        'failure',
        /-changes\.fifo does not exist, so changes cannot be queued/,
        /npx cdk deploy/,
      ),
    ]);
  });

  test('doctor reports messages in the dead-letter queue', async () => {
    await deployAll();
    const { deadLetters } = await createQueues(sqs(), { environment });
    await sqs().send(
      new SendMessageCommand({
        QueueUrl: deadLetters,
        MessageBody: '{}',
        MessageGroupId: 'g',
        MessageDeduplicationId: 'd',
      }),
    );

    const { problems } = await examineInAws();

    expect(problems).toMatchObject([
      finding(
        'queue',
        'failure',
        /1 message in procurios-sync-acme-\d+-changes-dead\.fifo/,
        /docs\/runbook\.md/,
      ),
    ]);
  });
});

describe('doctor, examining functions, schedule and alarms', () => {
  test('doctor reports a pull function that no longer exists', async () => {
    await deployAll();
    deployed.functions.length = 0;

    const { problems } = await examineInAws();

    expect(problems).toMatchObject([
      finding('functions', 'failure', /the pull function no longer exists/, /npx cdk deploy --revert-drift/),
    ]);
  });

  test('doctor reports a pull function whose deployment failed', async () => {
    const { pull } = await deployAll();
    pull.state = 'Failed';

    const { problems } = await examineInAws();

    expect(problems).toMatchObject([
      finding('functions', 'failure', /pull function failed/, /npx cdk deploy/),
    ]);
  });

  test('doctor warns of a paused schedule', async () => {
    await deployAll();
    const schedule = deployed.schedules.get('default/pull-nightly');
    if (schedule !== undefined) schedule.state = 'DISABLED';

    const { problems } = await examineInAws();

    expect(problems).toMatchObject([
      finding(
        'schedule',
        'warning',
        /pull-nightly is paused, so no pull starts/,
        /enable pull-nightly in the AWS console: Amazon EventBridge/,
      ),
    ]);
  });

  test('doctor reports a schedule that no longer exists', async () => {
    await deployAll();
    deployed.schedules.clear();

    const { problems } = await examineInAws();

    expect(problems).toMatchObject([
      finding('schedule', 'failure', /pull-nightly no longer exists/, /npx cdk deploy --revert-drift/),
    ]);
  });

  test('doctor reports an alarm that fires', async () => {
    await deployAll([alarm('run-failed', 'ALARM'), alarm('changes-late', 'OK')]);

    const { problems } = await examineInAws();

    expect(problems).toMatchObject([
      finding(
        'alarms',
        'failure',
        /run-failed since 2026-11-24 04:00 Europe\/Amsterdam/,
        /see docs\/runbook\.md#run-failed/,
      ),
    ]);
  });

  test('doctor warns of a stack without alarms', async () => {
    await deployAll([]);

    const { problems } = await examineInAws();

    expect(problems).toMatchObject([
      finding('alarms', 'warning', /a pull that fails raises none/, /npx cdk deploy --revert-drift/),
    ]);
  });
});

describe('doctor, examining the readers of the alarms', () => {
  test.each([
    ['no subscription', [], /the topic has no subscription/, /set alarmEmail in the config/],
    ['only a deleted one', ['Deleted'], /the topic has no subscription/, /set alarmEmail in the config/],
    ['only one that waits', ['PendingConfirmation'], /waits to be confirmed/, /open the link in the mail/],
  ] as const)('doctor fails if the topic of the alarms has %s', async (_what, subscriptions, what, fix) => {
    await deployAll();
    deployed.topics.set(TOPIC_ARN, [...subscriptions]);

    const { problems } = await examineInAws();

    expect(problems).toMatchObject([finding('alarm mails', 'failure', what, fix)]);
  });

  test('doctor counts the confirmed subscriptions of all pages', async () => {
    await deployAll();
    deployed.topics.set(TOPIC_ARN, ['PendingConfirmation', 'confirmed', 'confirmed']);

    const { problems, findings } = await examineInAws();

    expect(problems).toEqual([]);
    expect(findings).toContainEqual({
      check: 'alarm mails',
      status: 'ok',
      what: '2 subscriptions; npx procurios-sync test-alarm tries the way',
    });
  });

  test('doctor reports a topic that was deleted by hand', async () => {
    await deployAll();
    deployed.topics.clear();

    const { problems } = await examineInAws();

    expect(problems).toMatchObject([
      finding('alarm mails', 'failure', /no longer exists/, /npx cdk deploy --revert-drift/),
    ]);
  });
});
