import { inspect } from 'node:util';
import { expect, test } from '@jest/globals';
import { createTokenSource } from '../../lambda/procurios/token.ts';
import { answerJson, type Handler, type HttpServer, startHttpServer } from '../support/http-server.ts';
import { clientFor, failureOf, QUICK, readThings } from './setup.ts';

const SECRETS = ['the-client-id', 'the-client-secret', 'the-token', 'the-value', 'secret-query'];

function tokenSource(server: HttpServer) {
  return createTokenSource({
    tokenUrl: `${server.origin}/l/oauth2/token`,
    scopes: ['things/read'],
    readCredentials: async () => ({ clientId: 'the-client-id', clientSecret: 'the-client-secret' }),
    limits: { ...QUICK, retries: 1, attemptMs: 50 },
  });
}

type Failing = (response: Parameters<Handler>[1]) => void;

const json = { 'content-type': 'application/json', 'x-debug': 'the-value' };
const FAILURES: [string, Failing][] = [
  ...[302, 400, 401, 403, 404, 429, 500].map((status): [string, Failing] => [
    `status ${status}`,
    (response) =>
      response
        .writeHead(status, { ...json, location: '/login?token=the-token&of=the-value' })
        .end(
          '{"error": "the-value", "errors": ["the-value"], "token": "the-token", "secret": "the-client-secret"}',
        ),
  ]),
  ['a long pause', (response) => answerJson(response, 'the-value', 429, { 'retry-after': '3600' })],
  ['an HTML page', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('the-value')],
  ['invalid JSON', (response) => response.writeHead(200, json).end('{"a": the-value}')],
  ['not UTF-8', (response) => response.writeHead(200, json).end(Buffer.from('"the-value \xff"', 'latin1'))],
  ['a cut body', (response) => response.writeHead(200, json).write('"the-value', () => response.destroy())],
  ['a stalled body', (response) => void response.writeHead(200, json).write('"the-value')],
  ['a closed connection', (response) => response.destroy()],
  ['no HTTP', (response) => response.socket?.end('the-value the-value the-value\r\n\r\n')],
  [
    'broken chunks',
    (response) =>
      response.socket?.end(
        'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nthe-value\r\n',
      ),
  ],
  [
    'a broken header',
    (response) => response.socket?.end('HTTP/1.1 200 OK\r\nthe-value\u0001: the-value\r\n\r\n'),
  ],
];

test.each(FAILURES)(
  'a failed read of the API shows no secret, token, value or query: %s',
  async (_name, fail) => {
    await using server = await startHttpServer(({ path }, response) => {
      if (path !== '/l/oauth2/token') return fail(response);
      answerJson(response, { access_token: 'the-token' });
    });
    const token = tokenSource(server);
    const client = clientFor(server.origin, { token, limits: { retries: 1, attemptMs: 50 } });

    const failure = await failureOf(readThings(client));

    expectNoSecretIn(failure);
  },
);

test.each(FAILURES)(
  'a failed request for a token shows no secret, token, value or query: %s',
  async (_name, fail) => {
    await using server = await startHttpServer((_request, response) => fail(response));
    const client = clientFor(server.origin, { token: tokenSource(server) });

    const failure = await failureOf(readThings(client));

    expectNoSecretIn(failure);
  },
);

test('a token that no header can hold is not shown', async () => {
  await using server = await startHttpServer((_request, response) =>
    answerJson(response, { access_token: 'the-token\nthe-value' }),
  );

  const failure = await failureOf(tokenSource(server).get());

  expectNoSecretIn(failure);
});

test('a failure to connect shows no secret, token, value or query', async () => {
  await using server = await startHttpServer((_request, response) =>
    answerJson(response, { access_token: 'the-token' }),
  );
  const client = clientFor('http://127.0.0.1:9', { token: tokenSource(server), limits: { retries: 0 } });

  const failure = await failureOf(readThings(client));

  expect(failure.message).not.toContain('\n');
  expectNoSecretIn(failure);
});

function expectNoSecretIn(failure: unknown): void {
  const shown = inspect(failure, { depth: 10, showHidden: true, getters: true }) + JSON.stringify(failure);
  for (const secret of SECRETS) expect(shown).not.toContain(secret);
}
