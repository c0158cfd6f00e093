import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { engagementAction, operation, registration } from '../../config/catalogue/operations.ts';
import { onePage } from '../../config/catalogue/paging.ts';
import { stream } from '../../config/catalogue/streams.ts';
import { checkConfig } from '../../config/check-config.ts';
import { createLedger } from '../../lambda/aws/state/ledger.ts';
import { createStateTable } from '../../lambda/aws/state/state-table.ts';
import type { LedgerEntry } from '../../lambda/core/push/ledger-entry.ts';
import { newEntry } from '../../lambda/core/push/transitions.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { PUSH_TIMEOUT_SECONDS } from '../../lambda/deployment/function-limits.ts';
import { stateTableName } from '../../lambda/deployment/names.ts';
import { WATCH_EVENT } from '../../lambda/deployment/queues.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/endpoints/embedded-aws.ts';
import { createQueues } from '../../local/endpoints/queues.ts';
import { createTables } from '../../local/endpoints/tables.ts';
import {
  SIMULATOR_CREDENTIALS,
  SIMULATOR_SCOPES,
  type Simulator,
  startSimulator,
} from '../../local/simulator/simulator.ts';
import { type Bundle, bundle } from '../support/bundle.ts';
import { dynamoDbOf, sqsOf } from '../support/embedded-aws.ts';
import { invokeBundle } from '../support/invoke-bundle.ts';
import { receive } from '../support/queues.ts';

const SECRET = 'procurios-sync/acme/client';
const MEDIA_TYPE = 'application/vnd.procurios.application+json; version=1';

let procurios: Simulator;
let aws: EmbeddedAws;
let config: Config;
let push: Bundle;
let enqueue: Bundle;
let queueUrl: string;
let deadLettersUrl: string;

beforeAll(async () => {
  [procurios, aws] = await Promise.all([startSimulator({ relations: 50 }), startEmbeddedAws()]);
  config = checkConfig({
    environment: 'acme',
    host: 'https://acme.procurios.example',
    auth: { grant: 'clientCredentials', scopes: SIMULATOR_SCOPES },
    requestsPerSecond: { pull: 100, push: 200 },
    streams: [
      stream('things', { path: '/l/module_api/object', mediaType: MEDIA_TYPE, key: 'id', paging: onePage() }),
    ],
    operations: {
      addAction: engagementAction(),
      register: registration({ set: 42 }),
      createThing: operation('POST', '/l/module_api/object', {
        mediaType: MEDIA_TYPE,
        ids: { thingId: '/id' },
      }),
    },
  });
  [push, enqueue] = await Promise.all([bundle('push', config), bundle('enqueue', config)]);
  await createTables(dynamoDbOf(aws), config);
  const urls = await createQueues(sqsOf(aws.environment.AWS_ENDPOINT_URL_SQS ?? ''), config);
  [queueUrl, deadLettersUrl] = [urls.changes, urls.deadLetters];
});

afterAll(async () => {
  await Promise.all([push?.[Symbol.asyncDispose](), enqueue?.[Symbol.asyncDispose]()]);
  await Promise.all([procurios?.close(), aws?.close()]);
});

beforeEach(() => {
  aws.secrets.put(SECRET, JSON.stringify(SIMULATOR_CREDENTIALS));
  procurios.control.clearFaults();
  procurios.control.resetApplied();
  procurios.control.resetRequests();
});

const invoke = (which: Bundle, ...events: (object | string)[]) =>
  invokeFor(PUSH_TIMEOUT_SECONDS * 1000, which, ...events);
const invokeFor = (remainingMs: number, which: Bundle, ...events: (object | string)[]) =>
  invokeBundle(which, events, { ...aws.environment, PROCURIOS_HOST: procurios.url }, { remainingMs });

const thing = (changeId: string, subject: string, name = 'hunter2') => ({
  changeId,
  operation: 'createThing',
  subject,
  body: { name },
});

/** A batch in the form in which the event source mapping delivers it. */
function batch(...changes: readonly (object & { readonly subject?: string })[]) {
  const Records = changes.map((change, index) => ({
    messageId: `message-${index}`,
    receiptHandle: `receipt-${index}`,
    body: typeof change === 'string' ? change : JSON.stringify(change),
    attributes: {
      MessageGroupId: change.subject ?? 'none',
      ApproximateReceiveCount: '1',
      SentTimestamp: String(Date.now()),
    },
  }));
  return { Records };
}

function entryOf(changeId: string) {
  return createLedger(createStateTable(dynamoDbOf(aws), 'procurios-sync-acme-state')).read(changeId);
}

describe('the bundled push', () => {
  test('the bundled push sends the changes of a batch once, with one token, and prints nothing of their bodies', async () => {
    const event = batch(thing('p1', 'a'), thing('p2', 'b'));

    const { answers, printed } = await invoke(push, event, event);

    expect(answers).toEqual([{ result: { batchItemFailures: [] } }, { result: { batchItemFailures: [] } }]);
    expect(procurios.control.applied()).toHaveLength(2);
    expect(await entryOf('p1')).toMatchObject({ outcome: 'accepted', ids: { thingId: expect.any(String) } });
    expect(procurios.control.requests()['POST /l/oauth2/token']).toBe(1);
    expect(printed).not.toContain('hunter2');
  });

  test('the bundled push hands back the rest of a group that has to wait, and sends the other groups', async () => {
    procurios.control.fault({
      route: 'POST /l/module_api/object',
      nth: 1,
      do: { kind: 'status', status: 503 },
    });

    const waiting = batch(thing('q1', 'a'), thing('q2', 'a'));
    const { answers } = await invoke(push, waiting, batch(thing('q3', 'b')));

    expect(answers[0].result.batchItemFailures).toEqual([
      { itemIdentifier: 'message-0' },
      { itemIdentifier: 'message-1' },
    ]);
    expect(await entryOf('q1')).toMatchObject({ outcome: 'waiting', status: 503 });
    expect(await entryOf('q2')).toMatchObject({ outcome: 'queued' });
    expect(answers[1].result.batchItemFailures).toEqual([]);
  });

  test('the bundled push takes a rejected message and a change without a reply off the queue', async () => {
    procurios.control.fault({ route: 'POST /l/module_api/object', nth: 1, do: { kind: 'lostReply' } });
    const noOperation = { changeId: 'r2', operation: 'nope', subject: 'b' };

    const { answers } = await invoke(push, batch(thing('r1', 'a')), batch(noOperation));

    expect(answers.map(({ result }) => result.batchItemFailures)).toEqual([[], []]);
    expect(await entryOf('r1')).toMatchObject({ outcome: 'unknown', mayBeApplied: true });
    expect(await entryOf('message-0')).toMatchObject({ outcome: 'rejected' });
    expect(procurios.control.applied()).toHaveLength(1);
  });

  test('the bundled push checks a body by its form’s schema, in the thread that the bundle brings along', async () => {
    const change = { changeId: 'v1', operation: 'register', subject: 'a', body: { first_name: 7 } };

    await invoke(push, batch(change));

    expect(await entryOf('v1')).toMatchObject({
      outcome: 'rejected',
      attempt: 0,
      errors: expect.arrayContaining(['body.first_name must be string']),
    });
    expect(procurios.control.applied()).toEqual([]);
  });

  test('the bundled push puts a message that the ledger cannot keep on the dead-letter queue', async () => {
    const large = thing('large', 'a', 'x'.repeat(301 * 1024));

    const { answers } = await invoke(push, batch(large));

    expect(answers[0].result.batchItemFailures).toEqual([]);
    const [message] = await receive(sqsOf(aws.environment.AWS_ENDPOINT_URL_SQS ?? ''), deadLettersUrl);
    expect(message).toMatchObject({ Body: JSON.stringify(large), Attributes: { MessageGroupId: 'a' } });
    expect(procurios.control.applied()).toEqual([]);
  });

  test('the bundled push begins no attempt that does not fit in the invocation', async () => {
    const { answers } = await invokeFor(180_000, push, batch(thing('t1', 'a'), thing('t2', 'a')));

    expect(answers[0].result.batchItemFailures).toEqual([
      { itemIdentifier: 'message-0' },
      { itemIdentifier: 'message-1' },
    ]);
    expect(await entryOf('t1')).toMatchObject({ outcome: 'queued', attempt: 0 });
    expect(procurios.control.applied()).toEqual([]);
  });

  test('the bundled push writes metrics of the outcomes of a batch', async () => {
    procurios.control.fault({ route: 'POST /l/module_api/object', nth: 1, do: { kind: 'lostReply' } });

    const { logs } = await invoke(push, batch(thing('m1', 'a'), thing('m2', 'a'), { subject: 'b' }));

    const { _aws, ...counts } = logs.find((line) => '_aws' in line);
    expect(_aws.CloudWatchMetrics[0].Dimensions).toEqual([['Environment']]);
    expect(counts).toEqual({
      Environment: 'acme',
      ChangesUnknown: 1,
      ChangesAccepted: 1,
      MessagesRejected: 1,
      AccessRefused: 0,
    });
  });

  test('the bundled push rejects no change while its credentials are refused, and logs why', async () => {
    aws.secrets.put(SECRET, JSON.stringify({ ...SIMULATOR_CREDENTIALS, clientSecret: 'wrong' }));

    const { answers, logs } = await invoke(push, batch(thing('s1', 'a')));

    expect(answers[0].result.batchItemFailures).toEqual([{ itemIdentifier: 'message-0' }]);
    expect(await entryOf('s1')).toMatchObject({ outcome: 'waiting' });
    expect(logs).toContainEqual(
      expect.objectContaining({ changeId: 's1', reason: expect.stringContaining('CREDENTIALS_REFUSED') }),
    );
    expect(procurios.control.applied()).toEqual([]);
  });
});

describe('the watch over the ledger', () => {
  const DAY_MS = 24 * 60 * 60 * 1000;
  const write = (changeId: string, entry: Partial<LedgerEntry>) => {
    const change = { changeId, operation: 'createThing', subject: 'w', parameters: {}, body: {} };
    const queuedMs = Date.now() - DAY_MS;
    const ledger = createLedger(createStateTable(dynamoDbOf(aws), stateTableName(quiet.environment)));
    return ledger.write({ ...newEntry(change, queuedMs), version: 1, ...entry });
  };
  let quiet: Config;
  let watching: Bundle;
  beforeAll(async () => {
    quiet = { ...config, environment: 'quiet' };
    watching = await bundle('push', quiet);
    await createTables(dynamoDbOf(aws), quiet);
  });
  afterAll(async () => await watching?.[Symbol.asyncDispose]());

  test('the bundled push writes as metrics how many changes are held, and how old the oldest change in progress is', async () => {
    const empty = await invoke(watching, WATCH_EVENT);
    await write('w1', { outcome: 'unknown', queuedAt: '2020-01-01T00:00:00.000Z' });
    await write('w2', { outcome: 'waiting', queuedAt: '2020-01-01T00:00:00.000Z' });
    await write('w3', { outcome: 'waiting', notBefore: Date.now() });
    await write('w4', { outcome: 'rejected' });

    const { logs, answers } = await invoke(watching, WATCH_EVENT);

    expect(empty.logs).toContainEqual(expect.objectContaining({ ChangesHeld: 0, OldestChangeSeconds: 0 }));
    expect(answers).toEqual([{ result: { batchItemFailures: [] } }]);
    const { ChangesHeld, OldestChangeSeconds } = logs.find((line) => '_aws' in line);
    expect(ChangesHeld).toBe(2);
    expect(OldestChangeSeconds).toBeGreaterThanOrEqual(DAY_MS / 1000);
    expect(OldestChangeSeconds).toBeLessThan((2 * DAY_MS) / 1000);
  });
});

describe('the bundled enqueue', () => {
  const eventOf = (detail: object, id = 'event-1', time = new Date()) => ({
    ...{ id, 'detail-type': 'Procurios Change', time: time.toISOString() },
    detail: { environment: 'acme', ...detail },
  });
  const tooDeep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  const deepDetail = JSON.stringify(thing('deep', 'a')).replace(/"body":.*/, `"body":${tooDeep}}`);
  // One process handles all events, because each start takes a third of a second of CPU.
  const events = {
    plain: eventOf(thing('e1', 'relation/1')),
    second: eventOf(thing('e2', 'relation/2')),
    noChange: eventOf({ changeId: 'x' }, 'event-no-change'),
    rounded: eventOf({ ...thing('x', 'a'), body: { id: 2 ** 60 } }, 'event-rounded'),
    deep: `{"id":"event-deep","detail":${deepDetail.replace('{', '{"environment":"acme",')}}`,
    // `JSON.stringify` leaves an undefined field out.
    noEnvironment: eventOf({ ...thing('e3', 'relation/3'), environment: undefined }, 'event-no-environment'),
    old: eventOf(thing('old-1', 'a'), 'event-old', new Date(Date.now() - 401 * 24 * 60 * 60 * 1000)),
    large: eventOf(thing('large-1', 'a', 'x'.repeat(301 * 1024)), 'event-large'),
  };
  let invoked: Awaited<ReturnType<typeof invoke>>;
  let messages: Awaited<ReturnType<typeof receive>>;
  beforeAll(async () => {
    invoked = await invoke(enqueue, ...Object.values(events));
    messages = await receive(sqsOf(aws.environment.AWS_ENDPOINT_URL_SQS ?? ''), queueUrl);
  });

  test('the bundled enqueue puts the change of an event on the queue, in the group of its subject', () => {
    expect(invoked.answers).toHaveLength(8);
    expect(messages).toHaveLength(2);
    expect([JSON.parse(messages[0]?.Body ?? ''), messages[0]?.Attributes?.MessageGroupId]).toEqual([
      thing('e1', 'relation/1'),
      'relation/1',
    ]);
  });

  test('the bundled enqueue leaves the environment out of the message', () => {
    expect(JSON.parse(messages[1]?.Body ?? '')).toEqual(thing('e2', 'relation/2'));
  });

  test('the bundled enqueue rejects an event that names no environment, because each environment on the bus receives it', async () => {
    expect(await entryOf('event-no-environment')).toMatchObject({
      outcome: 'rejected',
      subject: 'relation/3',
      errors: [expect.stringMatching(/^environment: /)],
    });
  });

  test('the bundled enqueue rejects an event that is replayed after the ledger may have forgotten its change', async () => {
    expect(await entryOf('event-old')).toMatchObject({
      outcome: 'rejected',
      errors: ['time: expected within the 400 days for which the ledger knows what was sent'],
    });
  });

  test.each([
    ['is no change', events.noChange.id],
    ['holds a number that Lambda has rounded', events.rounded.id],
  ])('the bundled enqueue writes a rejected entry for an event that %s', async (_what, id) => {
    const rejections = invoked.logs.filter((line) => line.MessagesRejected === 1);
    expect(rejections).toMatchObject(Array(6).fill({ Environment: 'acme' }));
    expect(await entryOf(id)).toMatchObject({ outcome: 'rejected', errors: expect.any(Array) });
  });

  test.each([
    ['nested thousands of levels deep', 4, 'event-deep', 'deep'],
    ['of 301 KB', 7, 'event-large', 'large-1'],
  ])(
    'the bundled enqueue fails for an event %s, so that Lambda puts it on the dead-letter queue, and names it in the ledger',
    async (_what, index, id, changeId) => {
      expect(invoked.answers[index]).toMatchObject({
        error: { code: 'CHANGE_INVALID', message: `event ${id} is too large for the ledger` },
      });
      expect(await entryOf(id)).toMatchObject({
        outcome: 'rejected',
        subject: 'a',
        reason: expect.stringMatching(`^the message says changeId ${changeId}; .* dead-letter queue$`),
      });
    },
  );
});

test('a bundle takes credentials from the environment only, because a function has no others', async () => {
  const file = join(dirname(enqueue.file), 'credentials');
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, ...others } = aws.environment;
  await writeFile(file, `[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`);
  const environment = { ...others, AWS_PROFILE: 'default', AWS_SHARED_CREDENTIALS_FILE: file };
  const detail = { environment: 'acme', ...thing('e9', 'relation/9') };

  const { answers } = await invokeBundle(
    enqueue,
    [{ id: 'event-1', time: new Date().toISOString(), detail }],
    environment,
  );

  expect(answers).toMatchObject([
    {
      error: { code: 'STORE_UNAVAILABLE', message: expect.stringContaining('no AWS credentials that work') },
    },
  ]);
});

test('the bundles of the push and of enqueue are small enough to start quickly', () => {
  expect(push.bytes).toBeLessThan(400 * 1024);
  expect(enqueue.bytes).toBeLessThan(300 * 1024);
});
