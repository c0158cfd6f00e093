import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { operation } from '../../config/catalogue/operations.ts';
import { onePage } from '../../config/catalogue/paging.ts';
import { stream } from '../../config/catalogue/streams.ts';
import { checkConfig } from '../../config/check-config.ts';
import { changeQueueName, stateTableName } from '../../lambda/deployment/names.ts';
import { WATCH_EVENT } from '../../lambda/deployment/queues.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/endpoints/embedded-aws.ts';
import { createQueues } from '../../local/endpoints/queues.ts';
import { createTables } from '../../local/endpoints/tables.ts';
import { SIMULATOR_CREDENTIALS, type Simulator, startSimulator } from '../../local/simulator/simulator.ts';
import { bundle } from '../support/bundle.ts';
import { dynamoDbOf, sqsOf } from '../support/embedded-aws.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { invokeBundle } from '../support/invoke-bundle.ts';
import { actionsOf, refused, type Use, usesOf } from '../support/recorded-uses.ts';
import { rightsOf } from '../support/rights.ts';
import { synthesize } from '../support/synthesize.ts';

const MEDIA_TYPE = 'application/vnd.procurios.application+json; version=1';
const THINGS = { path: '/l/module_api/object', mediaType: MEDIA_TYPE };
const config = checkConfig({
  environment: 'acme',
  host: 'https://acme.procurios.example',
  auth: { grant: 'clientCredentials', scopes: ['engagement/read', 'profile'] },
  requestsPerSecond: { push: 200 },
  streams: [stream('things', { ...THINGS, key: 'id', paging: onePage() })],
  operations: { createThing: operation('POST', THINGS.path, { mediaType: MEDIA_TYPE }) },
});
const template = synthesize(config);
const STATE = stateTableName('acme');
const QUEUE = changeQueueName('acme');

let procurios: Simulator;
let aws: EmbeddedAws;
let proxies: Record<'AWS_ENDPOINT_URL_DYNAMODB' | 'AWS_ENDPOINT_URL_SQS', FaultProxy>;

beforeAll(async () => {
  [procurios, aws] = await Promise.all([startSimulator({ relations: 1 }), startEmbeddedAws()]);
  const { AWS_ENDPOINT_URL_DYNAMODB = '', AWS_ENDPOINT_URL_SQS = '' } = aws.environment;
  await createTables(dynamoDbOf(aws), config);
  await createQueues(sqsOf(AWS_ENDPOINT_URL_SQS), config);
  aws.secrets.put('procurios-sync/acme/client', JSON.stringify(SIMULATOR_CREDENTIALS));
  proxies = {
    AWS_ENDPOINT_URL_DYNAMODB: await startFaultProxy(AWS_ENDPOINT_URL_DYNAMODB),
    AWS_ENDPOINT_URL_SQS: await startFaultProxy(AWS_ENDPOINT_URL_SQS),
  };
});

afterAll(async () => {
  await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
  await Promise.all([procurios.close(), aws.close()]);
});

/** Invokes a function with events. @returns The rights it used, and its answers. */
async function recorded(entry: 'push' | 'enqueue', events: readonly object[]) {
  const uses: Use[] = [];
  for (const proxy of Object.values(proxies)) {
    proxy.onCall((call) => {
      uses.push(...usesOf(call));
      return undefined;
    });
  }
  await using code = await bundle(entry, config);
  const endpoints = Object.fromEntries(Object.entries(proxies).map(([name, { url }]) => [name, url]));
  const environment = { ...aws.environment, ...endpoints, PROCURIOS_HOST: procurios.url };
  const { answers } = await invokeBundle(code, events, environment);
  return { uses, answers };
}

const thing = (changeId: string, subject: string) => ({
  ...{ changeId, subject, operation: 'createThing' },
  body: { name: 'a thing' },
});

/** A batch in the form in which the event source mapping delivers it. */
const batch = (...changes: readonly { changeId: string; subject: string }[]) => ({
  Records: changes.map((change) => ({
    messageId: `message-${change.changeId}`,
    receiptHandle: `receipt-${change.changeId}`,
    body: JSON.stringify(change),
    attributes: {
      MessageGroupId: change.subject,
      ApproximateReceiveCount: '1',
      SentTimestamp: String(Date.now()),
    },
  })),
});

test('the push makes no call that the stack does not allow', async () => {
  procurios.control.fault({ route: `POST ${THINGS.path}`, nth: 1, do: { kind: 'status', status: 503 } });

  const { uses, answers } = await recorded('push', [
    // A change that has to wait, with another one behind it.
    batch(thing('p1', 'a'), thing('p2', 'a')),
    // A change that is accepted, and a message that is not a change.
    batch(thing('p3', 'b'), { changeId: 'p4', subject: 'c' }),
    WATCH_EVENT,
  ]);

  expect(answers.map(({ result }) => result.batchItemFailures)).toEqual([
    [{ itemIdentifier: 'message-p1' }, { itemIdentifier: 'message-p2' }],
    [],
    [],
  ]);
  expect(refused(uses, rightsOf(template, 'PushFunctionRole'), template)).toEqual([]);
  // It uses every right to the state table. Its event source, not the function, receives and deletes messages.
  expect(actionsOf(uses, STATE)).toEqual(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query']);
  expect(actionsOf(uses, QUEUE)).toEqual(['sqs:ChangeMessageVisibility', 'sqs:GetQueueUrl']);
});

test('enqueue makes no call that the stack does not allow, and uses every right it has', async () => {
  const event = (detail: object) => ({
    ...{ id: 'event-1', 'detail-type': 'Procurios Change' },
    detail: { environment: 'acme', ...detail },
  });

  const noChange = event({ changeId: 'e2' });

  // An event that is not a change is written to the ledger, and read there when it is delivered again.
  const { uses, answers } = await recorded('enqueue', [event(thing('e1', 'a')), noChange, noChange]);

  expect(answers.filter((answer) => 'error' in answer)).toEqual([]);
  expect(refused(uses, rightsOf(template, 'PushEnqueueRole'), template)).toEqual([]);
  expect(actionsOf(uses, STATE)).toEqual(['dynamodb:GetItem', 'dynamodb:PutItem']);
  expect(actionsOf(uses, QUEUE)).toEqual(['sqs:GetQueueUrl', 'sqs:SendMessage']);
});
