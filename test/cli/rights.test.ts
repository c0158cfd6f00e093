import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { channels } from '../../config/catalogue/streams.ts';
import { createLedger } from '../../lambda/aws/state/ledger.ts';
import { STATE_KEYS } from '../../lambda/aws/state/state-keys.ts';
import { createStateTable } from '../../lambda/aws/state/state-table.ts';
import { takeLease } from '../../lambda/aws/state/take-lease.ts';
import { heldIdOf } from '../../lambda/core/deletes/held.ts';
import { parseChange } from '../../lambda/core/push/change.ts';
import { conclude, newEntry } from '../../lambda/core/push/transitions.ts';
import { alarmDescription, alarmName } from '../../lambda/deployment/alarms.ts';
import { stateTableName, streamTableName } from '../../lambda/deployment/names.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/endpoints/embedded-aws.ts';
import { createQueues } from '../../local/endpoints/queues.ts';
import { createTables } from '../../local/endpoints/tables.ts';
import { SIMULATOR_CREDENTIALS, type Simulator, startSimulator } from '../../local/simulator/simulator.ts';
import { newFolder, run, type Setting, start, writeConfig } from '../support/command-line.ts';
import { consentAt, visit } from '../support/consent.ts';
import { type DeployedAws, deploy, startDeployedAws } from '../support/deployed-aws/deployed-aws.ts';
import { dynamoDbOf, secretsManagerOf, sqsOf } from '../support/embedded-aws.ts';
import { heldKnown, MISSED, saveKnown, storeObjects } from '../support/held-world.ts';
import { freePort, type HttpServer, startHttpServer } from '../support/http-server.ts';
import { operationOf } from '../support/push-world.ts';

const { name: _name, ...operation } = operationOf();
const CONFIG = {
  environment: 'rights',
  host: 'https://procurios.example.com',
  auth: { grant: 'clientCredentials', scopes: ['engagement/read'] },
  streams: [
    channels('channels', { deletes: 'fromWalk', archive: { stream: 'archived', by: 'channelId' } }),
    channels('archived', { deletes: 'never' }),
  ],
  operations: { register: operation },
};
const AS_USER = { grant: 'authorizationCode', scopes: ['engagement/read'] };
const ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:acme-pull:1/durable-execution/nightly/1';
/** The services that have an embedded endpoint, by the beginning of the header that names the action. */
const SERVICES = { DynamoDB: 'dynamodb', AmazonSQS: 'sqs', secretsmanager: 'secretsmanager' };

const recorded = new Set<string>();
let procurios: Simulator;
let aws: EmbeddedAws;
let deployed: DeployedAws;
const proxies: HttpServer[] = [];
let setting: Setting;
let asUser: Setting;

beforeAll(async () => {
  const redirectUrl = `http://127.0.0.1:${await freePort()}/callback`;
  [procurios, aws, deployed] = await Promise.all([
    startSimulator({ relations: 10, switches: { redirectUrls: [redirectUrl] } }),
    startEmbeddedAws(),
    startDeployedAws(),
  ]);
  const env: Record<string, string> = {
    ...aws.environment,
    ...deployed.environment,
    PROCURIOS_HOST: procurios.url,
  };
  for (const name of ['DYNAMODB', 'SQS', 'SECRETS_MANAGER'].map((service) => `AWS_ENDPOINT_URL_${service}`)) {
    const proxy = await startRecorder(env[name] ?? '');
    proxies.push(proxy);
    env[name] = proxy.origin;
  }
  [setting, asUser] = [
    { cwd: await newFolder('rights'), env },
    { cwd: await newFolder('rights as user'), env },
  ];
  await writeConfig(setting.cwd, CONFIG);
  await writeConfig(asUser.cwd, { ...CONFIG, auth: { ...AS_USER, redirectUrl } });
  await createTables(dynamoDbOf(aws), CONFIG);
  await createQueues(sqsOf(aws.environment.AWS_ENDPOINT_URL_SQS), CONFIG);
  aws.secrets.put('procurios-sync/rights/client', JSON.stringify(SIMULATOR_CREDENTIALS));
  await secretsManagerOf(aws).send(new CreateSecretCommand({ Name: 'procurios-sync/rights/user' }));
  const alarm = { name: alarmName('rights', 'run-failed'), description: alarmDescription('run-failed') };
  deploy(deployed, 'rights', [{ ...alarm, state: 'OK', since: '2026-11-24T03:00:00.000Z' }]);
});

afterAll(async () => {
  await Promise.all([...proxies, deployed].map((server) => server?.[Symbol.asyncDispose]()));
  await Promise.all([procurios?.close(), aws?.close()]);
});

/** Starts a proxy that records the actions. The embedded DynamoDB has no time to live, so the proxy answers for it. */
async function startRecorder(endpoint: string): Promise<HttpServer> {
  return await startHttpServer(async ({ method, path, headers, body }, response) => {
    const [service = '', action = ''] = String(headers['x-amz-target']).split('.');
    const prefix = Object.entries(SERVICES).find(([name]) => service.startsWith(name))?.[1];
    recorded.add(`${prefix}:${action}`);
    if (action === 'DescribeTimeToLive') {
      const TimeToLiveDescription = { AttributeName: '_expiresAt', TimeToLiveStatus: 'ENABLED' };
      response
        .writeHead(200, { 'content-type': 'application/x-amz-json-1.0' })
        .end(JSON.stringify({ TimeToLiveDescription }));
      return;
    }
    const { host: _host, 'content-length': _length, connection: _connection, ...passed } = headers;
    const answer = await fetch(endpoint + path, { method, body, headers: passed as Record<string, string> });
    const type = answer.headers.get('content-type') ?? '';
    response.writeHead(answer.status, { 'content-type': type }).end(await answer.text());
  });
}

/** The rights that the calls since the last time have taken. */
function takeRecorded(): string[] {
  const calls = [...recorded, ...deployed.refusals.calls];
  recorded.clear();
  deployed.refusals.calls.clear();
  // Batches of SQS take the right of the single call, and an invocation that of `InvokeFunction`.
  const rights = calls.map((call) =>
    call.replace(/^(sqs:.*)Batch$/, '$1').replace('lambda:Invoke', 'lambda:InvokeFunction'),
  );
  return [...new Set(rights)].sort();
}

/** The rights in the table of docs/deploy.md, by command. */
function documented(): Record<string, string[]> {
  const page = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `([^|]*)` \| (.*:.*) \|$/gm)];
  return Object.fromEntries(
    rows.map(([, command = '', rights = '']) => [
      command,
      [...rights.matchAll(/`([a-z]+:)(\w+)`/g)].map(([, service, action]) => `${service}${action}`).sort(),
    ]),
  );
}

async function runs(...args: string[]): Promise<void> {
  const { stderr, code } = await run(args, setting);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
}

/** An execution holds the lease, and no walk is going on. */
async function holdLease(): Promise<void> {
  await takeLease({
    state: state(),
    holderName: `execution ${ARN}`,
    runId: 'tonight',
    execution: { arn: ARN, endsAtMs: Date.now() + 60 * 60 * 1000 },
    isAlone: true,
    readHolderState: async () => 'unknown',
    noteCutOff: async () => {},
    onWatch() {},
    clock: systemClock,
  });
}

const state = () => createStateTable(dynamoDbOf(aws), stateTableName('rights'));

/** The stream `channels` holds deletes. @returns The held id. */
async function holdChannels(): Promise<string> {
  await storeObjects(
    dynamoDbOf(aws),
    streamTableName('rights', 'channels'),
    MISSED.map((id) => ({ id })),
  );
  await saveKnown(state(), 'channels', heldKnown());
  return heldIdOf(MISSED);
}

/** A change that was refused, in the ledger. */
async function refusedChange(changeId: string): Promise<string> {
  const text = JSON.stringify({
    changeId,
    operation: 'register',
    subject: changeId,
    parameters: {},
    body: { n: 1 },
  });
  const checked = parseChange(text, { register: operationOf() });
  if ('problems' in checked) throw new Error('the test makes no change');
  const conclusion = {
    outcome: 'rejected',
    status: 422,
    errors: ['no'],
    ids: {},
    mayBeApplied: false,
  } as const;
  const entry = newEntry(checked.change, Date.now());
  await createLedger(state()).write(conclude(entry, conclusion, Date.now(), { retentionDays: 30 }));
  return text;
}

/** Runs each command of the table in the ways that take all of its rights. */
const COMMANDS: Readonly<Record<string, () => Promise<void>>> = {
  async pull() {
    await runs('pull');
    // The lease of an execution is asked about.
    await holdLease();
    await run(['pull'], setting);
    await runs('pull');
    // The items of a table that is too large are read back by key.
    await state().put({
      ...STATE_KEYS.stream('channels'),
      inTable: 8_000_001,
      countedAt: new Date().toISOString(),
    });
    await runs('pull');
  },
  'pull --dry-run': () => runs('pull', '--dry-run'),
  async 'pull --deployed --wait'() {
    const [pull] = deployed.functions;
    if (pull === undefined) throw new Error('the test deploys no function');
    pull.tellsArn = false;
    pull.onStart = (execution) =>
      Object.assign(execution, {
        status: 'SUCCEEDED',
        endedAt: Date.now(),
        result: '{"status":"skipped","reason":""}',
      });
    await run(['pull', '--deployed', '--wait'], setting);
    // The receipt of a run that failed is looked for in the state table.
    pull.onStart = (execution) => Object.assign(execution, { status: 'FAILED', endedAt: Date.now() });
    await run(['pull', '--deployed', '--wait'], setting);
  },
  async 'show STREAM'() {
    await runs('show', 'channels');
    await run(['show', 'channels', 'no-such-id'], setting);
    await runs('show', 'channels', '--rejects');
  },
  'export STREAM': () => runs('export', 'channels'),
  async 'push FILE --wait'() {
    await writeFile(join(setting.cwd, 'changes.jsonl'), await refusedChange('pushed'));
    await run(['push', 'changes.jsonl', '--yes', '--wait'], setting);
  },
  'changes list': () => runs('changes', 'list'),
  async 'changes show ID'() {
    await runs('changes', 'show', await refusedChange('shown').then(() => 'shown'));
  },
  async 'changes resend ID'() {
    await refusedChange('resent');
    await runs('changes', 'resend', 'resent', '--yes');
  },
  async 'changes settle ID'() {
    await refusedChange('settled');
    await runs('changes', 'settle', 'settled', '--rejected', '--note', 'seen');
  },
  async 'deletes list'() {
    await holdChannels();
    await runs('deletes', 'list');
  },
  async 'deletes show STREAM'() {
    await holdChannels();
    await runs('deletes', 'show', 'channels', '--reveal');
  },
  async 'deletes approve STREAM HELD_ID'() {
    // The lease of an execution is asked about.
    await holdLease();
    await runs('deletes', 'approve', 'channels', await holdChannels(), '--yes', '--count', '12');
  },
  async 'deletes reject STREAM HELD_ID'() {
    await holdLease();
    await runs('deletes', 'reject', 'channels', await holdChannels(), '--note', 'seen');
  },
  async 'deletes release STREAM ID'() {
    await runs('deletes', 'reject', 'channels', await holdChannels(), '--note', 'seen');
    takeRecorded();
    await holdLease();
    await runs('deletes', 'release', 'channels', '1');
  },
  async 'explain STREAM ID'() {
    // The archive is asked by this field.
    const object = { id: '1', channelId: '1' };
    await storeObjects(dynamoDbOf(aws), streamTableName('rights', 'channels'), [object]);
    await runs('explain', 'channels', '1');
  },
  async status() {
    await holdLease();
    await run(['status'], setting);
  },
  async doctor() {
    await holdLease();
    await run(['doctor'], setting);
  },
  async unlock() {
    await holdLease();
    const clock = { now: Date.now, sleep: async () => {} };
    const { findStaleLease, freeLease } = await import('../../operator/pull/unlock.ts');
    const { openSessionAsItIs } = await import('../../operator/session.ts');
    const { checkConfig } = await import('../../config/check-config.ts');
    // Not the command itself, which watches the lease for 20 seconds.
    const before = { ...process.env };
    Object.assign(process.env, setting.env);
    try {
      await using session = await openSessionAsItIs(checkConfig(CONFIG), { config: 'unused' });
      const lease = await findStaleLease(session, () => {}, clock);
      if (lease === undefined) throw new Error('the test holds no lease');
      await freeLease(session, lease, clock);
    } finally {
      for (const name of Object.keys(setting.env ?? {})) delete process.env[name];
      Object.assign(process.env, before);
    }
  },
  'test-alarm': () => runs('test-alarm'),
  async configure() {
    const { code, stderr } = await run(['configure', '--stdin'], {
      ...setting,
      input: JSON.stringify(SIMULATOR_CREDENTIALS),
    });
    if (code !== 0) throw new Error(stderr);
  },
  async login() {
    const login = start(['login', '--no-browser'], asUser);
    await login.showsOnStderr(/waiting for the browser/);
    await visit(await consentAt(/http:\S+authorize\S+/.exec(login.stderr())?.[0] ?? ''));
    expect((await login.ended).code).toBe(0);
  },
  async logout() {
    expect((await run(['logout'], asUser)).code).toBe(0);
  },
};

test.each(Object.keys(COMMANDS))(
  'docs/deploy.md lists the rights that %s takes, and no others',
  async (command) => {
    takeRecorded();

    await COMMANDS[command]?.();

    expect(takeRecorded()).toEqual(documented()[command]);
  },
);

test('docs/deploy.md lists no command whose rights are not tested', () => {
  expect(Object.keys(documented()).sort()).toEqual(Object.keys(COMMANDS).sort());
});
