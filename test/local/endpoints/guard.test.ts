import { type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type EmbeddedAws, startEmbeddedAws } from '../../../local/endpoints/embedded-aws.ts';
import { startEmbeddedLambda } from '../../../local/endpoints/embedded-lambda.ts';
import { EMBEDDED_CREDENTIALS } from '../../../local/endpoints/guard.ts';
import type { Endpoint } from '../../../local/endpoints/json-service.ts';
import { SIGNED } from '../../support/embedded-aws.ts';

const SECRET = 'the-real-secret';
const ARN = 'arn:aws:lambda:eu-west-1:000000000000:function:pull:1/durable-execution/tonight/1';

let aws: EmbeddedAws;
let lambda: Endpoint;
beforeAll(async () => {
  aws = await startEmbeddedAws();
  aws.secrets.put('client', SECRET);
  const unused = async () => ({});
  lambda = await startEmbeddedLambda({
    checkpoint: unused,
    readState: unused,
    describe: () => ({ secret: SECRET }),
  });
});
afterAll(async () => {
  await Promise.all([aws?.close(), lambda?.close()]);
});

function signedWith(accessKeyId: string): string {
  return SIGNED.replace(EMBEDDED_CREDENTIALS.accessKeyId, accessKeyId);
}

/** A call that each endpoint answers with 200 if it comes from this process. */
const CALLS = [
  ['DynamoDB', 'DynamoDB_20120810.ListTables', '{}', '1.0'],
  ['SQS', 'AmazonSQS.ListQueues', '{}', '1.0'],
  ['Secrets Manager', 'secretsmanager.GetSecretValue', '{"SecretId":"client"}', '1.1'],
  [
    'EventBridge',
    'AWSEvents.PutEvents',
    '{"Entries":[{"Source":"a","DetailType":"b","Detail":"{}"}]}',
    '1.1',
  ],
  ['Lambda', '', '', '1.1'],
] as const;

function urlOf(service: string): URL {
  if (service === 'Lambda') {
    return new URL(`${lambda.url}/2025-12-01/durable-executions/${encodeURIComponent(ARN)}`);
  }
  return new URL(aws.environment[`AWS_ENDPOINT_URL_${service.toUpperCase().replace(' ', '_')}`] ?? '');
}

/** Sends what `fetch` cannot, because it sets `Host` by itself. */
async function call(
  [service, target, body, version]: (typeof CALLS)[number],
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<typeof call>>>();
  const sent = request(urlOf(service), {
    method: target === '' ? 'GET' : 'POST',
    headers: {
      'content-type': `application/x-amz-json-${version}`,
      'x-amz-target': target,
      'x-amz-date': '20260101T000000Z',
      ...headers,
    },
  });
  sent.on('error', reject).on('response', (response) => {
    text(response).then(
      (answered) => resolve({ status: response.statusCode, headers: response.headers, body: answered }),
      reject,
    );
  });
  sent.end(body);
  return await promise;
}

describe.each(CALLS)('embedded %s', (...called) => {
  test('answers a client with the key of this process, also by the name localhost', async () => {
    const { port } = urlOf(called[0]);

    const byAddress = await call(called, { authorization: SIGNED });
    const byName = await call(called, { authorization: SIGNED, host: `localhost:${port}` });

    expect([byAddress.status, byName.status]).toEqual([200, 200]);
  });

  test.each([
    ['no credentials', {}, 400, 'MissingAuthenticationTokenException'],
    ['a word for its credentials', { authorization: 'x' }, 403, 'UnrecognizedClientException'],
    ['another key', { authorization: signedWith('embedded') }, 403, 'UnrecognizedClientException'],
    ['an empty key', { authorization: signedWith('') }, 403, 'UnrecognizedClientException'],
    [
      'a part of the key',
      { authorization: signedWith(EMBEDDED_CREDENTIALS.accessKeyId.slice(0, -1)) },
      403,
      'UnrecognizedClientException',
    ],
    [
      "another machine's name",
      { authorization: SIGNED, host: 'rebound.example' },
      421,
      'AccessDeniedException',
    ],
    [
      'a name that begins like this machine',
      { authorization: SIGNED, host: '127.0.0.1.rebound.example:80' },
      421,
      'AccessDeniedException',
    ],
  ])('refuses a client with %s', async (_case, headers, status, type) => {
    const refused = await call(called, headers as Record<string, string>);

    expect(refused).toMatchObject({ status, headers: { 'x-amzn-errortype': type } });
    expect(JSON.parse(refused.body)).toMatchObject({ __type: type });
    expect(refused.body).not.toContain(SECRET);
  });
});

test('the key is random and too long to be guessed', () => {
  expect(EMBEDDED_CREDENTIALS.accessKeyId).toMatch(/^EMBEDDED[0-9A-F]{40}$/);
  expect(aws.environment.AWS_ACCESS_KEY_ID).toBe(EMBEDDED_CREDENTIALS.accessKeyId);
});
