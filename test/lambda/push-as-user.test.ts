import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { operation } from '../../config/catalogue/operations.ts';
import { onePage } from '../../config/catalogue/paging.ts';
import { stream } from '../../config/catalogue/streams.ts';
import { checkConfig } from '../../config/check-config.ts';
import { createUserSecret } from '../../lambda/aws/secrets/user-secret.ts';
import { createLedger } from '../../lambda/aws/state/ledger.ts';
import { createStateTable } from '../../lambda/aws/state/state-table.ts';
import { createTokenLease } from '../../lambda/aws/state/token-lease.ts';
import type { AuthorizationCodeGrant } from '../../lambda/core/token/authorization.ts';
import { replaceUnderLease } from '../../lambda/core/token/token-lease.ts';
import { PUSH_TIMEOUT_SECONDS } from '../../lambda/deployment/function-limits.ts';
import { userTokenOf } from '../../lambda/procurios/token/user-token.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/endpoints/embedded-aws.ts';
import { createQueues } from '../../local/endpoints/queues.ts';
import { createTables } from '../../local/endpoints/tables.ts';
import { SIMULATOR_CREDENTIALS, type Simulator, startSimulator } from '../../local/simulator/simulator.ts';
import { requestConsent } from '../../operator/login/consent.ts';
import { exchangeCode } from '../../operator/login/exchange-code.ts';
import { type Bundle, bundle } from '../support/bundle.ts';
import { consentAt } from '../support/consent.ts';
import { dynamoDbOf, secretsManagerOf, sqsOf } from '../support/embedded-aws.ts';
import { invokeBundle } from '../support/invoke-bundle.ts';

const MEDIA_TYPE = 'application/vnd.procurios.application+json; version=1';

let procurios: Simulator;
let aws: EmbeddedAws;
let push: Bundle;
let auth: AuthorizationCodeGrant;
beforeAll(async () => {
  procurios = await startSimulator({ relations: 50, switches: { refreshTokens: 'rotating' } });
  aws = await startEmbeddedAws();
  const config = checkConfig({
    environment: 'acme',
    host: 'https://acme.procurios.example',
    auth: {
      grant: 'authorizationCode',
      scopes: ['profile'],
      authorizeUrl: `${procurios.url}/l/oauth2/authorize`,
    },
    requestsPerSecond: { push: 200 },
    streams: [
      stream('things', { path: '/l/module_api/object', mediaType: MEDIA_TYPE, key: 'id', paging: onePage() }),
    ],
    operations: { createThing: operation('POST', '/l/module_api/object', { mediaType: MEDIA_TYPE }) },
  });
  auth = config.auth as AuthorizationCodeGrant;
  push = await bundle('push', config);
  await createTables(dynamoDbOf(aws), config);
  await createQueues(sqsOf(aws.environment.AWS_ENDPOINT_URL_SQS), config);
  aws.secrets.put('procurios-sync/acme/client', JSON.stringify(SIMULATOR_CREDENTIALS));
});
afterAll(async () => {
  await push?.[Symbol.asyncDispose]();
  await Promise.all([procurios?.close(), aws?.close()]);
});

/** Stores the secret that login stores. */
beforeEach(async () => {
  const url = new URL(await consentAt(requestConsent(auth, SIMULATOR_CREDENTIALS.clientId).url));
  const exchanged = await exchangeCode({
    tokenUrl: `${procurios.url}/l/oauth2/token`,
    auth,
    code: url.searchParams.get('code') ?? '',
    verifier: undefined,
    readCredentials: async () => SIMULATOR_CREDENTIALS,
  });
  if (exchanged.kind === 'failed') throw exchanged.failure;
  const token = userTokenOf(exchanged.token, randomUUID(), Date.now(), { scopes: auth.scopes });
  aws.secrets.put('procurios-sync/acme/user', '{}');
  const store = createUserSecret(secretsManagerOf(aws), 'procurios-sync/acme/user');
  const lease = createTokenLease(stateTable(), systemClock);
  await replaceUnderLease(lease, systemClock, token.id, () => store.save(token));
  procurios.control.resetRequests();
  procurios.control.resetApplied();
});

const stateTable = () => createStateTable(dynamoDbOf(aws), 'procurios-sync-acme-state');

/** Sends a change in a process of its own function. */
async function send(changeId: string) {
  const change = { changeId, operation: 'createThing', subject: changeId, body: { name: 'hunter2' } };
  const Records = [
    {
      messageId: `message-${changeId}`,
      receiptHandle: `receipt-${changeId}`,
      body: JSON.stringify(change),
      attributes: {
        MessageGroupId: changeId,
        ApproximateReceiveCount: '1',
        SentTimestamp: String(Date.now()),
      },
    },
  ];
  const environment = { ...aws.environment, PROCURIOS_HOST: procurios.url };
  return await invokeBundle(push, [{ Records }], environment, { remainingMs: PUSH_TIMEOUT_SECONDS * 1000 });
}

const entryOf = (changeId: string) => createLedger(stateTable()).read(changeId);

test('concurrent functions with an expired token renew it once and send their changes', async () => {
  procurios.control.expireTokens();

  const sent = await Promise.all(['a', 'b', 'c'].map(send));

  const entries = await Promise.all(['a', 'b', 'c'].map(entryOf));
  expect(entries.map((entry) => entry?.outcome)).toEqual(['accepted', 'accepted', 'accepted']);
  expect(procurios.control.requests()['POST /l/oauth2/token']).toBe(1);
  expect(sent.map(({ printed }) => printed).join()).not.toContain('simulated-');
});

test('a function without consent leaves its change waiting, and its log names the login command', async () => {
  procurios.control.revokeTokens();

  const { answers, printed } = await send('d');

  expect(answers).toEqual([{ result: { batchItemFailures: [{ itemIdentifier: 'message-d' }] } }]);
  expect(printed).toContain('CONSENT_NEEDED');
  expect(printed).toContain('"AccessRefused":1');
  expect(printed).toContain('to log in: npx procurios-sync login, with the config of the environment acme');
  expect(await entryOf('d')).toMatchObject({ outcome: 'waiting' });
  expect(procurios.control.applied()).toEqual([]);
});
