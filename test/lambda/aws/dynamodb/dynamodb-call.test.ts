import { createHash, createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { callRaw } from '../../../../lambda/aws/dynamodb/dynamodb-call.ts';
import { type HttpServer, type ReceivedRequest, startHttpServer } from '../../../support/http-server.ts';

const KEYS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG',
  sessionToken: 'session',
};
const TABLE = '{"TableName":"people"}';

let server: HttpServer;
let client: DynamoDBClient;
let answer: (request: ReceivedRequest, response: ServerResponse) => void;

beforeEach(async () => {
  answer = succeed;
  server = await startHttpServer((request, response) => answer(request, response));
  const settings = { endpoint: server.origin, region: 'eu-west-1', credentials: KEYS, maxAttempts: 2 };
  client = new DynamoDBClient(settings);
});

afterEach(async () => {
  client.destroy();
  await server[Symbol.asyncDispose]();
});

function succeed(_request: ReceivedRequest, response: ServerResponse): void {
  reply(response, 200, { Items: [] });
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
}

/** Answers with 200 and a body that ends before its length. */
function cutShort(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': 1000 });
  response.write('{"Items":', () => response.destroy());
}

describe('callRaw', () => {
  test('signs each call as AWS prescribes, whether the SDK sends it or its signer and handler alone', async () => {
    const texts = [TABLE, '{"TableName":"José"}'];
    for (const text of texts) expect(await callRaw(client, 'Scan', text)).toBe('{"Items":[]}');
    expect(await callRaw(client, 'Query', TABLE)).toBe('{"Items":[]}');

    expect(server.requests.map(({ headers }) => headers['x-amz-target'])).toEqual([
      'DynamoDB_20120810.Scan',
      'DynamoDB_20120810.Scan',
      'DynamoDB_20120810.Query',
    ]);
    expect(server.requests.map(({ body }) => body)).toEqual([...texts, TABLE]);
    for (const request of server.requests) {
      expect(request.headers['x-amz-security-token']).toBe('session');
      expect(request.headers['content-length']).toBe(String(Buffer.byteLength(request.body)));
      expect(signatureIn(request)).toBe(expectedSignature(request));
    }
    expect(server.requests.map(({ headers }) => headers['amz-sdk-request'] !== undefined)).toEqual([
      true,
      false,
      false,
    ]);
  });

  const FAILURES: readonly { name: string; fail: (response: ServerResponse) => void }[] = [
    { name: 'a 500', fail: (response) => reply(response, 500, { __type: 'InternalServerError' }) },
    {
      name: 'a throttled answer',
      fail: (response) => reply(response, 400, { __type: 'ThrottlingException' }),
    },
    { name: 'a closed connection', fail: (response) => response.destroy() },
    { name: 'an answer that is cut short', fail: cutShort },
  ];
  test.each(FAILURES)('lets the SDK repeat a call after $name', async ({ fail }) => {
    await callRaw(client, 'Scan', TABLE);
    let failures = 0;
    answer = (request, response) => {
      failures += 1;
      if (failures <= 2) fail(response);
      else succeed(request, response);
    };
    expect(await callRaw(client, 'Scan', TABLE)).toBe('{"Items":[]}');
    expect(server.requests).toHaveLength(4);
  });

  test('throws the error that the SDK names, and calls directly again after it', async () => {
    await callRaw(client, 'Scan', TABLE);
    answer = (_request, response) =>
      reply(response, 400, { __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException' });
    await expect(callRaw(client, 'Scan', TABLE)).rejects.toThrow(
      expect.objectContaining({ name: 'ResourceNotFoundException' }),
    );
    answer = succeed;
    await callRaw(client, 'Scan', TABLE);
    expect(server.requests.at(-1)?.headers['amz-sdk-request']).toBeUndefined();
  });

  test('signs with the time of the server once the SDK has found that this machine is an hour slow', async () => {
    const serverDate = new Date(Date.now() + 3_600_000);
    answer = (request, response) => {
      response.setHeader('date', serverDate.toUTCString());
      const isSlow = Math.abs(dateOf(request) - serverDate.getTime()) > 300_000;
      if (isSlow) reply(response, 403, { __type: 'com.amazon.coral.service#InvalidSignatureException' });
      else succeed(request, response);
    };
    await callRaw(client, 'Scan', TABLE);
    const before = server.requests.length;
    await callRaw(client, 'Scan', TABLE);
    expect(server.requests).toHaveLength(before + 1);
  });

  test('signs each call with the credentials of the moment, because those of a role expire', async () => {
    let renewals = 0;
    const credentials = async () => {
      renewals += 1;
      return { ...KEYS, accessKeyId: `KEY${renewals}`, expiration: new Date(Date.now() + 1000) };
    };
    client = new DynamoDBClient({ endpoint: server.origin, region: 'eu-west-1', credentials });
    for (let call = 0; call < 4; call += 1) await callRaw(client, 'Scan', TABLE);
    const keys = server.requests.map(
      ({ headers }) => /Credential=(\w+)/.exec(headers.authorization ?? '')?.[1],
    );
    expect(new Set(keys).size).toBe(4);
  });

  test('stops when the signal aborts, with its reason, and does not repeat the call', async () => {
    await callRaw(client, 'Scan', TABLE);
    const stop = new AbortController();
    const reason = new Error('the lease is lost');
    answer = () => stop.abort(reason);
    await expect(callRaw(client, 'Scan', TABLE, stop.signal)).rejects.toBe(reason);
    expect(server.requests).toHaveLength(2);
  });
});

function dateOf({ headers }: ReceivedRequest): number {
  const text = String(headers['x-amz-date']);
  return Date.parse(text.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'));
}

function signatureIn({ headers }: ReceivedRequest): string | undefined {
  return /Signature=([0-9a-f]{64})$/.exec(headers.authorization ?? '')?.[1];
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function expectedSignature({ headers, body }: ReceivedRequest): string {
  const [, scope = '', names = ''] =
    /Credential=AKIDEXAMPLE\/(\S+), SignedHeaders=(\S+),/.exec(headers.authorization ?? '') ?? [];
  const canonicalHeaders = names.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const request = ['POST', '/', '', canonicalHeaders.join(''), names, sha256(body)].join('\n');
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(request)].join('\n');
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${KEYS.secretAccessKey}`);
  return hmac(key, text).toString('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
