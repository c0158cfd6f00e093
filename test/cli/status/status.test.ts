import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createLedger } from '../../../lambda/aws/state/ledger.ts';
import { saveRunReceipt } from '../../../lambda/aws/state/run-store.ts';
import { createStateTable, type StateTable } from '../../../lambda/aws/state/state-table.ts';
import { NOTHING_KNOWN } from '../../../lambda/core/deletes/evidence.ts';
import { heldIdOf } from '../../../lambda/core/deletes/held.ts';
import { noteUncounted } from '../../../lambda/core/deletes/judge.ts';
import { noCounts } from '../../../lambda/core/pull/counts.ts';
import type { Receipt, RunReceipt } from '../../../lambda/core/pull/receipt.ts';
import { runStatus } from '../../../lambda/core/pull/verdict.ts';
import { newEntry } from '../../../lambda/core/push/transitions.ts';
import { ALARMS, alarmDescription, alarmName } from '../../../lambda/deployment/alarms.ts';
import { stateTableName } from '../../../lambda/deployment/names.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../local/endpoints/embedded-aws.ts';
import { createQueues, deleteQueues, type QueueUrls } from '../../../local/endpoints/queues.ts';
import { createTables, deleteTables } from '../../../local/endpoints/tables.ts';
import { minuteIn } from '../../../operator/words.ts';
import { DEMO_CONFIG, type Ended, newFolder, run, writeConfig } from '../../support/command-line.ts';
import { walkOf } from '../../support/deletes/facts.ts';
import { type DeployedAws, deploy, startDeployedAws } from '../../support/deployed-aws/deployed-aws.ts';
import { accessDenied } from '../../support/deployed-aws/refusals.ts';
import { dynamoDbOf, sqsOf } from '../../support/embedded-aws.ts';
import { heldKnown, MISSED, saveKnown } from '../../support/held-world.ts';
import { operationOf } from '../../support/push-world.ts';

const THINGS = { path: '/l/things', mediaType: 'application/json', key: 'id', paging: { kind: 'onePage' } };
const { name: _name, ...operation } = operationOf();
const CONFIG = {
  environment: 'acme',
  host: 'https://procurios.example.com',
  auth: { grant: 'clientCredentials', scopes: ['x'] },
  streams: ['members', 'orders', 'channels'].map((name) => ({ name, ...THINGS })),
  operations: { register: operation },
};
const COUNTS = { ...noCounts(), pages: 2, fetched: 20, written: 5, unchanged: 15, requests: 2 };
const WELL: Receipt = { status: 'complete', ...COUNTS };

let embedded: EmbeddedAws;
let dynamoDb: DynamoDBClient;
let sqs: SQSClient;
let state: StateTable;
let cwd: string;
let aws: DeployedAws;
let queues: QueueUrls;
beforeAll(async () => {
  embedded = await startEmbeddedAws();
  dynamoDb = dynamoDbOf(embedded);
  sqs = sqsOf(embedded.environment.AWS_ENDPOINT_URL_SQS);
  state = createStateTable(dynamoDb, stateTableName('acme'));
  cwd = await newFolder('status');
  await writeConfig(cwd, CONFIG);
});
beforeEach(async () => {
  aws = await startDeployedAws();
  await deleteTables(dynamoDb, CONFIG);
  await createTables(dynamoDb, CONFIG);
  await deleteQueues(sqs, CONFIG);
  queues = await createQueues(sqs, CONFIG);
});
afterEach(async () => {
  await aws[Symbol.asyncDispose]();
});
afterAll(async () => {
  dynamoDb.destroy();
  sqs.destroy();
  await embedded.close();
});

/** RFC 3339. */
function hoursAgo(hours: number): string {
  return new Date(Date.now() - hours * 60 * 60 * 1000).toISOString();
}

/** As `status` shows it: `2026-11-24 04:00, 5 h ago`. */
function shown(time: string): string {
  return minuteIn('Europe/Amsterdam', time);
}

async function status(flags: readonly string[] = [], env = {}): Promise<Ended> {
  return await run(['status', ...flags], {
    cwd,
    env: { ...embedded.environment, ...aws.environment, ...env },
  });
}

async function pulled(startedAt: string, streams: Readonly<Record<string, Receipt>>): Promise<void> {
  const status = runStatus(Object.values(streams));
  const run: RunReceipt = { runId: startedAt, startedAt, finishedAt: startedAt, status, streams };
  await saveRunReceipt(state, run);
}

/** Puts a change into the ledger as it stands after an attempt. */
async function changed(
  changeId: string,
  outcome: 'accepted' | 'rejected' | 'unknown' | 'waiting',
  note?: string,
) {
  const change = { changeId, operation: 'register', subject: 's/1', parameters: {}, body: { n: 1 } };
  const entry = newEntry(change, Date.now());
  const more = note === undefined ? {} : { note };
  await createLedger(state).write({ ...entry, version: 1, outcome, ...more });
}

function firing(key: keyof typeof ALARMS) {
  const since = '2026-11-24T03:10:00.000Z';
  return { name: alarmName('acme', key), state: 'ALARM' as const, since, description: alarmDescription(key) };
}

describe('status', () => {
  test('status shows a sound deployment on one screen, with exit code 0', async () => {
    deploy(aws, 'acme', [{ ...firing('run-failed'), state: 'OK' }]);
    const [yesterday, today] = [hoursAgo(25.5), hoursAgo(5.5)];
    await pulled(yesterday, { members: WELL, orders: WELL, channels: WELL });
    await pulled(today, { members: WELL, orders: WELL });
    await state.put({ pk: 'stream#members', sk: 'state', wholeAsOf: today, listed: 20, inTable: 20 });
    await state.put({ pk: 'stream#orders', sk: 'state', wholeAsOf: today, listed: 900, inTable: 1000 });
    // A walk that was not complete has ended since the upgrade from a version without this row.
    await state.put({ pk: 'stream#channels', sk: 'state', inTable: 20 });
    await changed('c1', 'accepted');
    await changed('c2', 'rejected', 'settled by hand');

    const { code, stdout, stderr } = await status();

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(
      'acme, deployed 2026-11-01 11:00 (UPDATE_COMPLETE); times are in Europe/Amsterdam\n',
    );
    expect(stdout).toMatch(/^next start {4}\d{4}-\d\d-\d\d 04:00, in (\d+ h )?\d+ min$/m);
    expect(stdout).toContain(`last runs     ${shown(today)}, 5 h ago: complete, 10 of 40 written, 0.0 s\n`);
    const squeezed = stdout.replace(/ +/g, ' ');
    expect(squeezed).toContain(`\nmembers complete 5 h ago ${shown(today)} 20 20 0\n`);
    expect(squeezed).toContain(`\norders complete 5 h ago ${shown(today)} 900 1,000 0\n`);
    // An earlier version's receipts are the evidence where no complete walk is in the stream's state.
    expect(squeezed).toContain(`\nchannels complete 25 h ago ${shown(yesterday)} 20 0\n`);
    expect(stdout).toMatch(/^changes {7}1 accepted in 7 days$/m);
    expect(stdout).toMatch(/^queue {9}empty\ndead letters {2}empty\nalarms {8}1 OK$/m);
    expect(stdout).toMatch(/\n\nall is well\n$/);
  });
});

describe('a list that has shrunk', () => {
  test('status names a list that is empty now and does not say that all is well, with exit code 0', async () => {
    deploy(aws, 'acme', []);
    const today = hoursAgo(5);
    await pulled(today, { members: WELL, orders: WELL, channels: WELL });
    await state.put({ pk: 'stream#members', sk: 'state', wholeAsOf: today, listed: 0, inTable: 3002 });
    await state.put({ pk: 'stream#orders', sk: 'state', wholeAsOf: today, listed: 10, inTable: 20 });

    const { code, stdout } = await status();
    const document = JSON.parse((await status(['--json'])).stdout);

    const line = 'members: the last complete walk listed 0, the table has 3,002';
    expect(code).toBe(0);
    expect(stdout).toContain(`\nworth a look:\n  ${line}\n\n`);
    expect(stdout).toMatch(/\nmembers .* 0 +3,002 +0\n/);
    expect(stdout).toMatch(/\n\nnothing needs an operator; 1 thing worth a look\n$/);
    expect(document).toMatchObject({ needsPerson: [], shrunkLists: [line] });
  });
});

describe('deletes', () => {
  const streams = CONFIG.streams.map((stream) => ({ ...stream, deletes: 'fromWalk' }));
  /** Runs `status` with a config whose streams mark what is gone. */
  async function statusOfMarking(flags: readonly string[] = []): Promise<Ended> {
    const folder = await newFolder('status-deletes');
    await writeConfig(folder, { ...CONFIG, streams });
    return await run(['status', ...flags], {
      cwd: folder,
      env: { ...embedded.environment, ...aws.environment },
    });
  }

  test('status begins with what is held: how many, since when and why, with exit code 1', async () => {
    deploy(aws, 'acme', [firing('changes-unknown')]);
    await pulled(hoursAgo(5), { members: WELL, orders: WELL, channels: WELL });
    await saveKnown(state, 'orders', heldKnown());

    const { code, stdout } = await statusOfMarking();
    const document = JSON.parse((await statusOfMarking(['--json'])).stdout);

    expect(code).toBe(1);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'needs an operator: deletes of orders: 12 held since 2026-01-04 05:00 Europe/Amsterdam, because they are more than may go ' +
        'without an operator (10) npx procurios-sync deletes show orders',
    );
    expect(document.needsPerson[0]).toMatchObject({ next: 'npx procurios-sync deletes show orders' });
    const [members, orders] = document.streams;
    expect(members).not.toHaveProperty('held');
    expect(orders.held).toMatchObject({ id: heldIdOf(MISSED), count: 12, limit: 10, reason: 'too many' });
  });

  test('status names a stream of which no walk has counted for 14 days, and why the last one did not', async () => {
    deploy(aws, 'acme', []);
    await pulled(hoursAgo(5), { members: WELL, orders: WELL, channels: WELL });
    const began = hoursAgo(15 * 24 + 1);
    const cached = (at: string) => walkOf(1, { began: at, ended: at, isCached: true });
    await saveKnown(
      state,
      'members',
      noteUncounted(NOTHING_KNOWN, cached(began), () => true),
    );
    await saveKnown(
      state,
      'orders',
      noteUncounted(NOTHING_KNOWN, cached(hoursAgo(13 * 24)), () => true),
    );

    const { code, stdout } = await statusOfMarking();
    const document = JSON.parse((await statusOfMarking(['--json'])).stdout);

    expect(code).toBe(1);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      `members: no walk has counted as evidence since ${shown(began)}, for 15 days, so nothing goes from its table ` +
        'the last walk did not count, because it got answers from a cache docs/runbook.md#deletes-not-judged',
    );
    expect(stdout).toMatch(/\n\n1 thing for an operator to look at\n$/);
    expect(document.streams[0].unjudged).toMatchObject({ days: 15, reason: 'cached' });
  });

  test('status asks nothing about deletes of streams that only report what is gone', async () => {
    deploy(aws, 'acme', []);
    await pulled(hoursAgo(5), { members: WELL, orders: WELL, channels: WELL });
    await saveKnown(state, 'orders', heldKnown());

    expect(await status()).toMatchObject({ code: 0, stdout: expect.stringMatching(/\n\nall is well\n$/) });
  });
});

describe('a table that was not scanned', () => {
  test('status says in words why its items were read back, and all is well', async () => {
    deploy(aws, 'acme', []);
    await pulled(hoursAgo(5), {
      members: { ...WELL, readBack: 'table too large' },
      orders: WELL,
      channels: WELL,
    });

    const { code, stdout } = await status();

    expect(code).toBe(0);
    const words = stdout.replace(/\s+/g, ' ');
    expect(words).toContain(
      ' members: table too large, so its items were read back by key and not scanned changes ',
    );
    expect(stdout).toMatch(/\n\nall is well\n$/);
  });
});

describe('status of a deployment with problems', () => {
  test('status begins with the problems, each with what to run or to read, and exit code 1', async () => {
    const { pull } = deploy(aws, 'acme', [firing('changes-unknown')]);
    const startedAt = Date.parse(hoursAgo(1.5));
    pull.executions.push({ arn: `${pull.arn}:1/x/1`, name: 'nightly', status: 'RUNNING', startedAt });
    const failed: Receipt = { ...WELL, status: 'failed', error: { code: 'ACCESS_DENIED', message: 'no' } };
    await pulled(hoursAgo(29), { members: WELL, orders: WELL, channels: WELL });
    await pulled(hoursAgo(5), { members: failed, orders: failed, channels: WELL });
    const walk = { walkId: 'w', startedAt: '2026-11-24T03:00:00.000Z', counts: { ...COUNTS, pages: 7 } };
    await state.put({ pk: 'walk#members', sk: 'position', ...walk });
    await state.put({ pk: 'stream#orders', sk: 'reject#7' });
    await changed('c1', 'unknown');
    await changed('c2', 'rejected');
    await changed('c3', 'waiting');
    const message = { MessageBody: '{}', MessageGroupId: 'g', MessageDeduplicationId: 'd' };
    await sqs.send(new SendMessageCommand({ QueueUrl: queues.deadLetters, ...message }));
    await sqs.send(new SendMessageCommand({ QueueUrl: queues.changes, ...message }));
    aws.watched.queueAges.set('procurios-sync-acme-changes.fifo', [{ at: Date.now() - 90_000, seconds: 75 }]);

    const { code, stdout } = await status();

    expect(code).toBe(1);
    const lines = stdout.slice(0, stdout.indexOf('\n\nin progress')).split('\n');
    expect(lines.join(' ').replace(/ +/g, ' ')).toContain(
      `alarm changes-unknown since 2026-11-24 04:10: ${ALARMS['changes-unknown']} docs/runbook.md#changes-unknown`,
    );
    expect(stdout).toContain(
      [
        '  last walk failed ACCESS_DENIED: members, orders',
        '    no',
        '    npx procurios-sync help ACCESS_DENIED',
        '  1 object rejected: orders',
        '    npx procurios-sync show orders --rejects',
        '  1 change held: unknown whether applied',
        '    npx procurios-sync changes list --outcome unknown',
        '  1 change held: waited too long',
        '    npx procurios-sync changes list --outcome waiting',
        '  1 change rejected, and not settled',
        '    npx procurios-sync changes list --outcome rejected',
        '  1 change in the dead-letter queue',
        '    docs/runbook.md#change-dead-letters',
      ].join('\n'),
    );
    expect(stdout).toMatch(/^in progress {3}since .*, 1 h ago: execution nightly$/m);
    expect(stdout).toMatch(/^members +failed +29 h ago .* 7 pages$/m);
    expect(stdout).toMatch(/^orders +failed +29 h ago .* 1$/m);
    expect(stdout).toMatch(/^queue {9}1 message, the oldest 1:15 min$/m);
    expect(stdout).toMatch(/\n\n7 things for an operator to look at\n$/);
  });

  test('status shows a run that was cut off with its error', async () => {
    deploy(aws, 'acme', []);
    await pulled(hoursAgo(25), { members: WELL, orders: WELL, channels: WELL });
    const error = { code: 'INTERRUPTED', message: 'the run was cut off (execution x)' } as const;
    const startedAt = hoursAgo(1);
    const run = {
      runId: 'cut',
      startedAt,
      finishedAt: startedAt,
      status: 'failed',
      streams: {},
      error,
    } as const;
    await saveRunReceipt(state, run);

    const { code, stdout } = await status();

    expect(code).toBe(1);
    expect(stdout).toContain(
      `  the last run failed INTERRUPTED: it began ${shown(startedAt)}, 1 h ago\n` +
        '    the run was cut off (execution x)\n    npx procurios-sync pull --deployed --wait\n',
    );
    expect(stdout).toContain(`last runs     ${shown(startedAt)}, 1 h ago: failed, INTERRUPTED\n`);
    expect(stdout).toMatch(/^members +complete +25 h ago/m);
  });

  test('status names the scope that refused streams need and the config lacks', async () => {
    deploy(aws, 'acme', []);
    const refused: Receipt = { ...WELL, status: 'failed', error: { code: 'ACCESS_DENIED', message: 'no' } };
    await pulled(hoursAgo(5), { members: refused, orders: WELL, channels: WELL });
    const folder = await newFolder('status-scopes');
    const [members, ...others] = CONFIG.streams;
    const path = '/l/relation_list_api/collection/abc';
    await writeConfig(folder, { ...CONFIG, streams: [{ ...members, path }, ...others] });

    const { stdout } = await run(['status'], {
      cwd: folder,
      env: { ...embedded.environment, ...aws.environment },
    });

    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'members no; members needs relation_list_api/relation, which auth.scopes lacks npx procurios-sync help ACCESS_DENIED',
    );
  });

  test('status names the pull that goes on after an interrupted walk', async () => {
    deploy(aws, 'acme', []);
    const error = { code: 'INTERRUPTED', message: 'stopped before page 3' } as const;
    await pulled(hoursAgo(1), {
      members: { ...WELL, status: 'incomplete', error },
      orders: WELL,
      channels: WELL,
    });

    const { code, stdout } = await status();

    expect(code).toBe(1);
    expect(stdout).toContain(
      '  last walk incomplete INTERRUPTED: members\n    stopped before page 3\n    npx procurios-sync pull --deployed --wait\n',
    );
  });

  test('status reports a pull that never released its lease and left no receipt', async () => {
    deploy(aws, 'acme', []);
    await pulled(hoursAgo(25), { members: WELL, orders: WELL, channels: WELL });
    const since = hoursAgo(2);
    const lease = { owner: 'process 7 on build', holder: 'h', runId: 'lost', fence: 3, since };
    const until = Date.now() - 6 * 60_000;
    await state.put({ pk: 'lease', sk: 'pull', ...lease, until, writesUntil: until });

    const { code, stdout } = await status();

    expect(code).toBe(1);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      `the last pull was cut off: it began ${shown(since)}, 2 h ago (process 7 on build) ` +
        'npx procurios-sync pull --deployed --wait ',
    );
  });

  test('status reports streams whose last complete walk is older than the schedule expects', async () => {
    deploy(aws, 'acme', []);
    await pulled(hoursAgo(75), { members: WELL, orders: WELL, channels: WELL });
    await pulled(hoursAgo(5), { members: WELL });

    const { code, stdout } = await status();

    expect(code).toBe(1);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      `older than 26 hours: orders, channels (whole as of ${shown(hoursAgo(75))}, 3 days ago)`,
    );
  });

  test('status does not take a receipt from the future for the newest, and reports it', async () => {
    deploy(aws, 'acme', []);
    const failed: Receipt = { ...WELL, status: 'failed', error: { code: 'UNAVAILABLE', message: 'no' } };
    const future = hoursAgo(-24 * 365);
    await pulled(future, { members: WELL, orders: WELL, channels: WELL });
    await pulled(hoursAgo(5), { members: failed, orders: failed, channels: failed });

    const { code, stdout } = await status();

    expect(code).toBe(1);
    const text = stdout.replace(/\s+/g, ' ');
    expect(text).toContain(`a run began in the future, so a clock is or was wrong: ${future}`);
    expect(text).toContain('last walk failed UNAVAILABLE: members, orders, channels');
    expect(text).toContain(`last runs ${shown(hoursAgo(5))}, 5 h ago: failed`);
    expect(stdout).toMatch(/^members +failed +never/m);
  });

  test('status --json prints one document', async () => {
    deploy(aws, 'acme', [firing('run-failed')]);
    aws.schedules.set('default/pull-nightly', {
      state: 'DISABLED',
      expression: 'cron(0 4 * * ? *)',
      timeZone: 'UTC',
    });
    await pulled(hoursAgo(5), { members: WELL });

    const { code, stdout, stderr } = await status(['--json']);

    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      environment: 'acme',
      needsPerson: [
        { what: 'the schedule is disabled, so no pull starts by itself' },
        { what: expect.stringContaining('alarm run-failed'), next: 'docs/runbook.md#run-failed' },
        { what: 'never pulled completely: orders, channels' },
      ],
      stack: { status: 'UPDATE_COMPLETE' },
      schedule: { isEnabled: false },
      atWork: null,
      runs: [{ status: 'complete' }],
      streams: [
        { name: 'members', lastWalk: { fetched: 20 }, wholeAsOf: expect.any(String) },
        { name: 'orders', rejects: 0 },
        { name: 'channels' },
      ],
      changes: { accepted: 0, unknown: 0 },
      queue: { messages: 0, hidden: 0 },
      unavailable: {},
    });
  });

  test('status reads receipts of versions that did not count as much', async () => {
    deploy(aws, 'acme');
    const { repeated: _repeated, requests: _requests, ...old } = WELL;
    await pulled(hoursAgo(5), { members: old as Receipt, orders: WELL, channels: WELL });

    const { stdout } = await status(['--json']);

    const [members] = JSON.parse(stdout).streams;
    expect(members.lastWalk).toMatchObject({ fetched: 20, repeated: 0, requests: 0 });
  });

  test('status reports a deployment that was rolled back', async () => {
    deploy(aws, 'acme').stack.status = 'UPDATE_ROLLBACK_COMPLETE';

    expect((await status()).stdout).toContain('  the last deployment failed (UPDATE_ROLLBACK_COMPLETE)\n');
  });
});

describe('status of what cannot be read', () => {
  test('status gives the reason in a line, and shows the rest', async () => {
    deploy(aws, 'acme');
    aws.refusals.set('cloudwatch:DescribeAlarms', accessDenied('cloudwatch:DescribeAlarms'));
    aws.refusals.set('lambda:ListDurableExecutionsByFunction', {
      code: 'TooManyRequestsException',
      message: '',
      status: 429,
    });
    await pulled(hoursAgo(5), { members: WELL });

    const { code, stdout } = await status();

    expect(code).toBe(1);
    expect(stdout).toContain(
      '  cannot be read: alarms\n    alarms: AWS does not allow cloudwatch:DescribeAlarms (AccessDenied)\n',
    );
    expect(stdout).toContain(
      "  cannot be read: pull in progress\n    the pull function's executions: AWS answered TooManyRequestsException\n",
    );
    expect(stdout).toMatch(/^members +complete/m);
  });

  test('status names a missing stack once', async () => {
    await pulled(hoursAgo(5), { members: WELL });

    const { code, stdout } = await status();

    expect(code).toBe(1);
    expect(stdout).toContain(
      '  cannot be read: stack, schedule, pull in progress\n    there is no stack procurios-sync-acme in this account and region\n',
    );
    expect(stdout).toMatch(/^members +complete/m);
  });

  test('status fails with one line if it can read nothing, as without a region', async () => {
    const { code, stdout, stderr } = await status([], { AWS_REGION: '' });

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^REGION_INVALID: AWS_REGION is not the name of a region/);
    expect(stderr).not.toContain('    at ');
  });
});

test('status --embedded shows the tables on this machine', async () => {
  const folder = await newFolder('status-embedded');

  const { code, stdout } = await run(['status', '--embedded', '--config', DEMO_CONFIG], { cwd: folder });

  expect(code).toBe(1);
  expect(stdout).toMatch(/^demo, on this machine; times are in Europe\/Amsterdam\n\nneeds an operator:\n/);
  expect(stdout.replace(/\s+/g, ' ')).toContain(
    'never pulled completely: archived-relations, members, emails, channels, orders',
  );
  expect(stdout).toMatch(/\n {4}npx procurios-sync pull --embedded --config .*\n/);
  expect(stdout).toMatch(/^last runs {5}none yet$/m);
  expect(stdout).toMatch(/^members +never +never/m);
  expect(stdout).not.toMatch(/alarms|next start|in progress/);
});
