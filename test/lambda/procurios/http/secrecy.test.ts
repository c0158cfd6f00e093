import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { createTokenSource } from '../../../../lambda/procurios/token/client-token.ts';
import { createUserTokenSource } from '../../../../lambda/procurios/token/user-token.ts';
import { systemClock } from '../../../../lambda/runtime/clock.ts';
import { exchangeCode } from '../../../../operator/login/exchange-code.ts';
import { answerJson, type Handler, type HttpServer, startHttpServer } from '../../../support/http-server.ts';
import { clientFor, failureOf, QUICK, readThings } from './setup.ts';

const SECRETS = ['the-client-id', 'the-client-secret', 'the-token', 'the-value', 'secret-query'];

const AUTH = {
  grant: 'authorizationCode',
  scopes: ['things/read'],
  dialect: 'newer',
  authorizeUrl: 'http://127.0.0.1:9/l/oauth2/authorize',
  redirectUrl: 'http://127.0.0.1:9/callback',
  repeatRedirectUrl: false,
  pkce: true,
  state: true,
} as const;

const STORED = {
  id: 'id-1',
  accessToken: 'the-access-token',
  refreshToken: 'the-refresh-token',
  scopes: ['things/read'],
  obtainedAt: '2026-11-25T04:00:00.000Z',
  expiresAt: '2026-11-25T05:00:00.000Z',
};

/** A short timeout for the failure that is a timeout. The others have time, however busy the machine is. */
const limitsFor = (failure: string) => ({
  ...QUICK,
  retries: 1,
  ...(failure === STALLED && { attemptMs: 200 }),
});

function tokenSource(server: HttpServer, failure = '') {
  return createTokenSource({
    tokenUrl: `${server.origin}/l/oauth2/token`,
    scopes: ['things/read'],
    readCredentials: async () => ({ clientId: 'the-client-id', clientSecret: 'the-client-secret' }),
    limits: limitsFor(failure),
  });
}

const STALLED = 'a stalled body';

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
  [STALLED, (response) => void response.writeHead(200, json).write('"the-value')],
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
  async (name, fail) => {
    await using server = await startHttpServer(({ path }, response) => {
      if (path !== '/l/oauth2/token') return fail(response);
      answerJson(response, { access_token: 'the-token' });
    });
    const token = tokenSource(server);
    const client = clientFor(server.origin, { token, limits: limitsFor(name) });

    const failure = await failureOf(readThings(client));

    expect(failure.cause).toBeUndefined();
    expectNoSecretIn(failure);
  },
);

test.each(FAILURES)(
  'a failed request for a token shows no secret, token, value or query: %s',
  async (name, fail) => {
    await using server = await startHttpServer((_request, response) => fail(response));
    const client = clientFor(server.origin, { token: tokenSource(server, name) });

    const failure = await failureOf(readThings(client));

    expect(failure.cause).toBeUndefined();
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

describe("secrets of a user's consent", () => {
  const CONSENT_SECRETS = ['the-code', 'the-verifier', 'the-refresh-token', 'the-access-token'];

  test.each(FAILURES)('a failed exchange of a code shows nothing: %s', async (name, fail) => {
    await using server = await startHttpServer((_request, response) => fail(response));

    const result = await exchangeCode({
      tokenUrl: `${server.origin}/l/oauth2/token`,
      auth: AUTH,
      code: 'the-code',
      verifier: 'the-verifier',
      readCredentials: async () => ({ clientId: 'the-client-id', clientSecret: 'the-client-secret' }),
      limits: limitsFor(name),
    });

    expect(result.kind).toBe('failed');
    expectNoSecretIn(result, CONSENT_SECRETS);
  });

  test.each(FAILURES)('a failed renewal shows nothing: %s', async (name, fail) => {
    await using server = await startHttpServer((_request, response) => fail(response));
    const rows: unknown[] = [];
    const noted =
      (result: 'taken' | undefined) =>
      async (...row: unknown[]) => {
        rows.push(row);
        return result as never;
      };
    const source = createUserTokenSource({
      tokenUrl: `${server.origin}/l/oauth2/token`,
      scopes: ['things/read'],
      store: {
        read: async () => STORED,
        save: noted(undefined),
        clear: noted(undefined),
        prepare: noted(undefined),
        place: '',
      },
      lease: {
        take: noted('taken'),
        giveBack: noted(undefined),
        giveUp: noted(undefined),
        finish: noted(undefined),
        takeOver: noted(undefined),
      },
      readCredentials: async () => ({ clientId: 'the-client-id', clientSecret: 'the-client-secret' }),
      clock: systemClock,
      loginCommand: 'npx procurios-sync login',
      limits: limitsFor(name),
    });

    const failure = await failureOf(source.get());

    expectNoSecretIn(failure, CONSENT_SECRETS);
    expectNoSecretIn(rows, CONSENT_SECRETS);
  });
});

function expectNoSecretIn(failure: unknown, others: readonly string[] = []): void {
  const shown = inspect(failure, { depth: 10, showHidden: true, getters: true }) + JSON.stringify(failure);
  for (const secret of [...SECRETS, ...others]) expect(shown).not.toContain(secret);
}
