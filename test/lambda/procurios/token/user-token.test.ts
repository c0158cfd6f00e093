import { setTimeout as sleep } from 'node:timers/promises';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { hal } from '../../../../config/catalogue/paging.ts';
import { checkConfig } from '../../../../config/check-config.ts';
import { createUserSecret } from '../../../../lambda/aws/secrets/user-secret.ts';
import { createStateTable } from '../../../../lambda/aws/state/state-table.ts';
import { createTokenLease } from '../../../../lambda/aws/state/token-lease.ts';
import type { Clock } from '../../../../lambda/core/clock.ts';
import { SyncError } from '../../../../lambda/core/errors.ts';
import { RENEWAL_MS, replaceUnderLease } from '../../../../lambda/core/token/token-lease.ts';
import type { UserToken, UserTokenStore } from '../../../../lambda/core/token/user-token.ts';
import {
  createUserTokenSource,
  type UserTokenSourceOptions,
} from '../../../../lambda/procurios/token/user-token.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../../local/endpoints/embedded-aws.ts';
import { createTables } from '../../../../local/endpoints/tables.ts';
import { dynamoDbOf, secretsManagerOf } from '../../../support/embedded-aws.ts';
import { answerJson, type Handler, type HttpServer, startHttpServer } from '../../../support/http-server.ts';
import { clientFor, failureOf, QUICK, readThings, until } from '../http/setup.ts';

const ROW = { pk: 'lease', sk: 'token' };
const SECRET = 'procurios-sync/acme/user';
const START_MS = Date.parse('2026-11-25T04:00:00Z');
const HOUR_MS = 3_600_000;
const CONFIG = checkConfig({
  environment: 'acme',
  host: 'https://acme.example.com',
  auth: { grant: 'authorizationCode', scopes: ['profile'] },
  streams: [{ name: 'things', path: '/l/things', mediaType: 'application/json', key: 'id', paging: hal() }],
});

const TOKEN: UserToken = {
  id: 'login-1',
  accessToken: 'access-1',
  refreshToken: 'refresh-1',
  scopes: ['profile'],
  obtainedAt: new Date(START_MS).toISOString(),
  expiresAt: new Date(START_MS + HOUR_MS).toISOString(),
  userId: 1591,
};
const { refreshToken: _, ...UNRENEWABLE } = TOKEN;
const { expiresAt: __, ...OF_UNKNOWN_LIFE } = UNRENEWABLE;

let aws: EmbeddedAws;
let store: UserTokenStore;
let state: ReturnType<typeof createStateTable>;
let nowMs: number;
/** A clock that moves only when a test sets `nowMs`, or when code sleeps. */
const clock: Clock = {
  now: () => nowMs,
  async sleep(ms) {
    nowMs += ms;
    await sleep(1);
  },
};

/** A clock on which each sleep takes 20 times as long, so that long waits need few sleeps. */
const hasty: Clock = { ...clock, sleep: (ms) => clock.sleep(20 * ms) };

beforeAll(async () => {
  aws = await startEmbeddedAws();
  const dynamoDb = dynamoDbOf(aws);
  await createTables(dynamoDb, CONFIG);
  store = createUserSecret(secretsManagerOf(aws), SECRET);
  state = createStateTable(dynamoDb, 'procurios-sync-acme-state');
});
afterAll(() => aws.close());
beforeEach(async () => {
  nowMs = START_MS;
  aws.secrets.put(SECRET, '{}');
  await state.writeBatch([{ delete: ROW }]);
});

const newLease = () => createTokenLease(state, clock);

/** A token source with its own memory, as each Lambda function has one. */
function sourceFor(server: HttpServer, options: Partial<UserTokenSourceOptions> = {}) {
  return createUserTokenSource({
    tokenUrl: `${server.origin}/l/oauth2/token`,
    scopes: ['profile'],
    store,
    lease: newLease(),
    readCredentials: async () => ({ clientId: 'abc123', clientSecret: 'dfe456' }),
    clock,
    loginCommand: 'npx procurios-sync login --config acme.config.ts',
    limits: QUICK,
    ...options,
  });
}

async function loggedIn(token: UserToken = TOKEN, waits = clock): Promise<void> {
  await replaceUnderLease(newLease(), waits, token.id, () => store.save(token));
}

/** Delays the handler's answers until `released` resolves. */
function heldBack(handler: Handler, released: Promise<void>): Handler {
  return async (request, response) => {
    await released;
    await handler(request, response);
  };
}

/** Renews `refresh-N` to `access-N+1` and `refresh-N+1`, each once. */
function rotating(): Handler {
  const spent = new Set<string>();
  return ({ body }, response) => {
    const given = new URLSearchParams(body).get('refresh_token') ?? '';
    if (spent.has(given)) return answerJson(response, { error: 'invalid_grant' }, 400);
    spent.add(given);
    const next = Number(given.slice('refresh-'.length)) + 1;
    answerJson(response, {
      access_token: `access-${next}`,
      refresh_token: `refresh-${next}`,
      expires_in: 3600,
    });
  };
}

describe('createUserTokenSource: the stored token', () => {
  test("a user's token of unknown life serves until it is dropped, and then consent is needed", async () => {
    await using server = await startHttpServer(rotating());
    await loggedIn(OF_UNKNOWN_LIFE);
    const source = sourceFor(server);

    const first = await source.get();
    nowMs += 1000 * HOUR_MS;
    const later = await source.get();
    source.drop(later);
    const failure = await failureOf(source.get());

    expect([first, later]).toEqual(['access-1', 'access-1']);
    expect(failure.code).toBe('CONSENT_NEEDED');
    expect(failure.disposition).toBe('fix');
    expect(failure.message).toContain('to log in: npx procurios-sync login --config acme.config.ts');
    expect(server.requests).toEqual([]);
  });

  test("a user's token whose end is known serves to it, and then consent is needed", async () => {
    await using server = await startHttpServer(rotating());
    await loggedIn(UNRENEWABLE);
    const source = sourceFor(server);

    nowMs += HOUR_MS - 1;
    const last = await source.get();
    nowMs += 1;
    const failure = await failureOf(source.get());

    expect(last).toBe('access-1');
    expect(failure.message).toContain("the user's token has run out");
  });

  test('the source says to whom the token was granted, once it served one', async () => {
    await using server = await startHttpServer(rotating());
    await loggedIn();
    const source = sourceFor(server);

    const before = await source.grantee();
    await source.get();

    expect(before).toBeUndefined();
    expect(await source.grantee()).toEqual({ clientId: 'abc123', user: '1591', scopes: ['profile'] });
  });

  test('a login whose user is not known is the same through its renewals, and never the same as another login', async () => {
    await using server = await startHttpServer(rotating());
    const { userId: _user, ...ofUnknownUser } = TOKEN;
    await loggedIn(ofUnknownUser);
    const source = sourceFor(server);
    const userAfter = async (hours: number) => {
      nowMs += hours * HOUR_MS;
      await source.get();
      return (await source.grantee())?.user;
    };

    const users = [await userAfter(0), await userAfter(1), await userAfter(1)];
    await loggedIn({
      ...ofUnknownUser,
      id: 'login-2',
      refreshToken: 'refresh-7',
      obtainedAt: new Date(nowMs).toISOString(),
    });
    const other = [await userAfter(1), await userAfter(1)];

    expect(server.requests.length).toBeGreaterThanOrEqual(3);
    expect(users).toEqual(Array(3).fill('login login-1'));
    expect(other).toEqual(Array(2).fill('login login-2'));
  });

  test('the source does not say so if its client cannot be read', async () => {
    await using server = await startHttpServer(rotating());
    await loggedIn();
    const readCredentials = () => Promise.reject(new Error('no such secret'));
    const source = sourceFor(server, { readCredentials });

    await source.get();

    expect(await source.grantee()).toBeUndefined();
  });

  test("a missing user's token means that consent is needed", async () => {
    await using server = await startHttpServer(rotating());

    const failure = await failureOf(sourceFor(server).get());

    expect(failure).toMatchObject({ code: 'CONSENT_NEEDED' });
    expect(failure.message).toContain('no user has logged in');
  });

  test("a user's token of a new login is found after the old one was refused", async () => {
    await using server = await startHttpServer(rotating());
    await loggedIn(OF_UNKNOWN_LIFE);
    const source = sourceFor(server);

    source.drop(await source.get());
    await loggedIn({ ...OF_UNKNOWN_LIFE, id: 'login-2', accessToken: 'access-of-login-2' });

    await expect(source.get()).resolves.toBe('access-of-login-2');
  });

  test("a user's token is no longer served five minutes after a logout", async () => {
    await using server = await startHttpServer(rotating());
    await loggedIn(OF_UNKNOWN_LIFE);
    const source = sourceFor(server);

    await source.get();
    await replaceUnderLease(newLease(), clock, 'logout', () => store.clear());
    const soon = await source.get();
    nowMs += 5 * 60_000;
    const failure = await failureOf(source.get());

    expect(soon).toBe('access-1');
    expect(failure.message).toContain('no user has logged in');
  });

  test("a user's token is still served while the store cannot be reached, but not if there is none", async () => {
    await using server = await startHttpServer(rotating());
    await loggedIn(OF_UNKNOWN_LIFE);
    let isOut = false;
    const unsteady: UserTokenStore = {
      ...store,
      read: async () => {
        if (isOut) throw new SyncError('STORE_UNAVAILABLE', 'secret: throttled');
        return store.read();
      },
    };
    const source = sourceFor(server, { store: unsteady });

    await source.get();
    isOut = true;
    nowMs += HOUR_MS;
    const later = await source.get();
    const failure = await failureOf(sourceFor(server, { store: unsteady }).get());

    expect([later, failure.code]).toEqual(['access-1', 'STORE_UNAVAILABLE']);
  });

  test.each([
    ['is not a JSON object', '"access-1"'],
    ['is not a JSON object', '["access-1"]'],
    ['is not a JSON object', 'null'],
    ['is not a JSON object', '{"accessToken": access-1'],
    ['is not a JSON object', JSON.stringify(TOKEN).slice(0, -1)],
    ['has no usable id', JSON.stringify({ ...TOKEN, id: undefined })],
    ['has no usable accessToken', JSON.stringify({ ...TOKEN, accessToken: 'access-1\n' })],
    ['has no usable accessToken', JSON.stringify({ ...TOKEN, accessToken: { value: 'access-1' } })],
    ['has no usable refreshToken', JSON.stringify({ ...TOKEN, refreshToken: null })],
    ['has no usable scopes', JSON.stringify({ ...TOKEN, scopes: 'access-1' })],
    ['has no usable scopes', JSON.stringify({ ...TOKEN, scopes: ['access-1 '] })],
    ['has no usable obtainedAt', JSON.stringify({ ...TOKEN, obtainedAt: 0 })],
    ['has no usable expiresAt', JSON.stringify({ ...TOKEN, expiresAt: 'access-1' })],
    ['has no usable expiresAt', JSON.stringify({ ...TOKEN, expiresAt: '2026-99-25T04:00:00Z' })],
    ['has no usable userId', JSON.stringify({ ...TOKEN, userId: 1.5 })],
  ])("a user's token whose secret %s is refused, without its value", async (what, text) => {
    await using server = await startHttpServer(rotating());
    await secretsManagerOf(aws).send(new PutSecretValueCommand({ SecretId: SECRET, SecretString: text }));

    const failure = await failureOf(sourceFor(server).get());

    expect(failure.code).toBe('SECRET_INVALID');
    expect(failure.message).toContain(what);
    expect(failure.message).not.toContain('access-1');
  });
});

describe('createUserTokenSource: renewal', () => {
  test('a renewal comes a minute before the end, sends the refresh token, and stores the new token', async () => {
    await using server = await startHttpServer(rotating());
    await loggedIn();
    const source = sourceFor(server);

    nowMs += HOUR_MS - 60_001;
    const before = await source.get();
    nowMs += 1;
    const after = await source.get();

    expect([before, after]).toEqual(['access-1', 'access-2']);
    expect(Object.fromEntries(new URLSearchParams(server.requests[0]?.body))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'refresh-1',
      client_id: 'abc123',
      client_secret: 'dfe456',
    });
    expect(await store.read()).toEqual({
      ...TOKEN,
      id: expect.not.stringMatching(TOKEN.id),
      loginId: TOKEN.id,
      accessToken: 'access-2',
      refreshToken: 'refresh-2',
      obtainedAt: new Date(nowMs).toISOString(),
      expiresAt: new Date(nowMs + HOUR_MS).toISOString(),
    });
  });

  test('a renewal keeps the refresh token if the server gives no new one, and can be repeated', async () => {
    let renewals = 0;
    await using server = await startHttpServer((_request, response) => {
      renewals += 1;
      answerJson(response, { access_token: `access-of-renewal-${renewals}` });
    });
    await loggedIn();
    const source = sourceFor(server);

    source.drop(await source.get());
    const first = await source.get();
    source.drop(first);
    const second = await sourceFor(server).get();

    expect([first, second]).toEqual(['access-of-renewal-1', 'access-of-renewal-1']);
    source.drop(second);
    await expect(source.get()).resolves.toBe('access-of-renewal-2');
    expect(await store.read()).toMatchObject({ refreshToken: 'refresh-1' });
  });

  test('a renewal is done once for any number of concurrent functions', async () => {
    await using server = await startHttpServer(async (request, response) => {
      await sleep(30);
      await rotating()(request, response);
    });
    await loggedIn();
    nowMs += HOUR_MS;
    const sources = Array.from({ length: 6 }, () => sourceFor(server));

    const tokens = await Promise.all(sources.flatMap((source) => [source.get(), source.get()]));

    expect(new Set(tokens)).toEqual(new Set(['access-2']));
    expect(server.requests).toHaveLength(1);
  });

  test('a renewal is stored before the token is used', async () => {
    await using server = await startHttpServer(rotating());
    await loggedIn();
    nowMs += HOUR_MS;
    const failing: UserTokenStore = {
      ...store,
      async save() {
        throw new Error('not stored');
      },
    };

    await expect(sourceFor(server, { store: failing }).get()).rejects.toThrow('not stored');
    const failure = await failureOf(sourceFor(server, { clock: hasty }).get());

    expect(failure.message).toContain("a renewal of the user's token was begun and not finished");
    expect(server.requests).toHaveLength(1);
  });

  test('a renewal whose reply was lost means that consent is needed, for every function, without another request', async () => {
    await using server = await startHttpServer((_request, response) => void response.destroy());
    await loggedIn();
    nowMs += HOUR_MS;

    const failure = await failureOf(sourceFor(server).get());
    const ofAnother = await failureOf(sourceFor(server).get());

    expect([failure.code, ofAnother.code]).toEqual(['CONSENT_NEEDED', 'CONSENT_NEEDED']);
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    ['refused', 400, { error: 'invalid_grant' }],
    ['not understood', 400, { error: 'unsupported_grant_type' }],
    ['refused in other words', 400, { message: 'refresh-1 is not known' }],
    ['answered with something else than a token', 200, { token: 'access-2' }],
    ['answered with a failure of the server', 500, {}],
  ])(
    'a renewal that is %s means that consent is needed, until a user logs in',
    async (_name, status, answer) => {
      await using server = await startHttpServer((_request, response) =>
        answerJson(response, answer, status),
      );
      await loggedIn();
      nowMs += HOUR_MS;

      const failure = await failureOf(sourceFor(server).get());
      await failureOf(sourceFor(server).get());
      await loggedIn({ ...TOKEN, id: 'login-2', accessToken: 'access-9', expiresAt: '2030-01-01T00:00:00Z' });
      const token = await sourceFor(server).get();

      expect(failure.code).toBe('CONSENT_NEEDED');
      expect(failure.message).not.toContain('refresh-1');
      expect(token).toBe('access-9');
      expect(server.requests).toHaveLength(1);
    },
  );

  test.each([
    [429, 'THROTTLED'],
    [503, 'UNAVAILABLE'],
    [404, 'NOT_PROCURIOS'],
  ])('a renewal that was not handled (%i) is retried by the next caller', async (status, code) => {
    let isDown = true;
    const rotate = rotating();
    await using server = await startHttpServer((request, response) => {
      if (!isDown) return rotate(request, response);
      answerJson(response, {}, status);
    });
    await loggedIn();
    nowMs += HOUR_MS;

    const failure = await failureOf(sourceFor(server).get());
    isDown = false;
    const token = await sourceFor(server).get();

    expect(failure.code).toBe(code);
    expect(token).toBe('access-2');
  });

  const FIREWALL_PAGE =
    '<!DOCTYPE html>\n<html><head><title>Access denied</title></head><body>refresh-1</body></html>';

  test.each([
    [200, FIREWALL_PAGE],
    [400, `<?xml version="1.0"?>\n<!-- blocked -->\n${FIREWALL_PAGE}`],
    [401, FIREWALL_PAGE],
    [403, FIREWALL_PAGE],
    [403, '<html>\r\n<head><title>403 Forbidden</title></head></html>'],
  ])(
    'a renewal that an HTML page answers with %i is retried with the same refresh token',
    async (status, page) => {
      let isBlocked = true;
      const rotate = rotating();
      await using server = await startHttpServer((request, response) => {
        if (!isBlocked) return rotate(request, response);
        response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(page);
      });
      await loggedIn();
      nowMs += HOUR_MS;

      const failure = await failureOf(sourceFor(server).get());
      const requests = server.requests.length;
      isBlocked = false;
      const token = await sourceFor(server).get();

      expect(failure.code).toBe('NOT_PROCURIOS');
      expect(failure.message).toContain('HTML page');
      expect(failure.message).not.toContain('refresh-1');
      expect([requests, token]).toEqual([1, 'access-2']);
      expect(await store.read()).toMatchObject({ accessToken: 'access-2', refreshToken: 'refresh-2' });
    },
  );

  test.each([
    ['no body', 403, ''],
    ["PHP's warning before a token", 200, '<br />\n<b>Warning</b>: x in y{"access_token":"access-2"}'],
    ['words', 400, 'the token is not known'],
    ['a page of a gateway, which may have passed the request on', 502, FIREWALL_PAGE],
  ])('a renewal answered as text/html with %s means that consent is needed', async (_name, status, text) => {
    await using server = await startHttpServer(
      (_request, response) => void response.writeHead(status, { 'content-type': 'text/html' }).end(text),
    );
    await loggedIn();
    nowMs += HOUR_MS;

    const failure = await failureOf(sourceFor(server).get());
    const again = await failureOf(sourceFor(server).get());

    expect([failure.code, again.code]).toEqual(['CONSENT_NEEDED', 'CONSENT_NEEDED']);
    expect(server.requests).toHaveLength(1);
  });

  test('a renewal without a connection is retried by the next caller', async () => {
    await using server = await startHttpServer(rotating());
    await loggedIn();
    nowMs += HOUR_MS;

    const gone = await startHttpServer(rotating());
    await gone[Symbol.asyncDispose]();

    const failure = await failureOf(sourceFor(server, { tokenUrl: `${gone.origin}/token` }).get());
    const token = await sourceFor(server).get();

    expect([failure.code, token]).toEqual(['HOST_UNREACHABLE', 'access-2']);
  });

  test('a renewal that is answered 503 gets three requests, because a read that waits for it does not retry them', async () => {
    await using server = await startHttpServer((_request, response) => answerJson(response, {}, 503));
    await loggedIn();
    nowMs += HOUR_MS;

    const failure = await failureOf(readThings(clientFor(server.origin, { token: sourceFor(server) })));

    expect(failure.code).toBe('UNAVAILABLE');
    expect(server.paths).toEqual(Array(3).fill('/l/oauth2/token'));
  });

  test('a renewal with a rotated client secret reads it again, and the refused request leaves the refresh token valid', async () => {
    const rotate = rotating();
    await using server = await startHttpServer((request, response) => {
      if (new URLSearchParams(request.body).get('client_secret') === 'new') return rotate(request, response);
      answerJson(response, { error: 'invalid_client' }, 401);
    });
    await loggedIn();
    nowMs += HOUR_MS;
    const withSecrets = (...secrets: string[]) => ({
      readCredentials: async (fresh: boolean) => ({
        clientId: 'abc123',
        clientSecret: secrets[fresh ? 1 : 0] ?? '',
      }),
    });

    const failure = await failureOf(sourceFor(server, withSecrets('old', 'old')).get());
    const token = await sourceFor(server, withSecrets('old', 'new')).get();

    expect([failure.code, token]).toEqual(['CREDENTIALS_REFUSED', 'access-2']);
  });

  test('a renewal waits for the process that does it, and takes over nothing from a stopped one', async () => {
    await using server = await startHttpServer(rotating());
    await loggedIn();
    nowMs += HOUR_MS;
    await newLease().take(TOKEN.id, 'stopped');

    const failure = await failureOf(sourceFor(server, { clock: hasty }).get());

    expect(failure.code).toBe('CONSENT_NEEDED');
    expect(nowMs).toBeGreaterThanOrEqual(START_MS + HOUR_MS + RENEWAL_MS);
    expect(server.requests).toEqual([]);
  });

  test('a renewal continues from a process that stored the new token and was stopped before it finished', async () => {
    await using server = await startHttpServer(rotating());
    await loggedIn();
    await newLease().take(TOKEN.id, 'stored');
    await store.save({ ...TOKEN, id: 'stored', accessToken: 'access-2', refreshToken: 'refresh-2' });
    nowMs += HOUR_MS;

    await expect(sourceFor(server).get()).resolves.toBe('access-3');
  });

  test('a renewal waits while Secrets Manager shows an earlier token than the current one', async () => {
    await using server = await startHttpServer(rotating());
    await loggedIn();
    nowMs += HOUR_MS;
    await sourceFor(server).get();
    const fresh = await store.read();
    const answers = [TOKEN, TOKEN, fresh];
    const stale = { ...store, read: async () => answers.shift() };

    await expect(sourceFor(server, { store: stale }).get()).resolves.toBe('access-2');
    expect(server.requests).toHaveLength(1);
  });

  test('a renewal fails if the store keeps showing an earlier token', async () => {
    await using server = await startHttpServer(rotating());
    await loggedIn();
    nowMs += HOUR_MS;
    await sourceFor(server).get();

    const failure = await failureOf(
      sourceFor(server, { store: { ...store, read: async () => TOKEN } }).get(),
    );

    expect(failure.code).toBe('CONSENT_NEEDED');
    expect(server.requests).toHaveLength(1);
  });

  test('a renewal is not aborted with the caller, which waits for it', async () => {
    const { promise: released, resolve: answer } = Promise.withResolvers<void>();
    await using server = await startHttpServer(heldBack(rotating(), released));
    await loggedIn();
    nowMs += HOUR_MS;
    const caller = new AbortController();
    let hasLeft = false;

    const getting = sourceFor(server)
      .get(caller.signal)
      .catch((reason: unknown) => reason)
      .finally(() => {
        hasLeft = true;
      });
    await until(() => server.requests.length === 1);
    caller.abort(new Error('the time is up'));
    await sleep(20);
    const leftEarly = hasLeft;
    answer();
    await getting;

    expect(leftEarly).toBe(false);
    expect(server.abandoned).toBe(0);
    expect(await store.read()).toMatchObject({ accessToken: 'access-2' });
  });

  test('a renewal in flight does not replace the token of a login in the meantime', async () => {
    const { promise: released, resolve: answer } = Promise.withResolvers<void>();
    await using server = await startHttpServer(heldBack(rotating(), released));
    await loggedIn();
    nowMs += HOUR_MS;
    const login = { ...TOKEN, id: 'login-2', accessToken: 'access-of-login-2' };

    const renewing = sourceFor(server).get();
    await until(() => server.requests.length === 1);
    const slow: Clock = { now: () => START_MS, sleep: (ms) => sleep(ms / 100) };
    const replacing = replaceUnderLease(newLease(), slow, login.id, () => store.save(login));
    await sleep(30);
    answer();
    await Promise.all([renewing, replacing]);

    expect(await store.read()).toEqual(login);
    await expect(newLease().take(login.id, 'next')).resolves.toBe('taken');
  });

  test('a renewal stays possible if a login cannot be stored', async () => {
    await using server = await startHttpServer(rotating());
    await loggedIn();
    nowMs += HOUR_MS;
    const failing = async () => {
      throw new Error('not stored');
    };

    await expect(replaceUnderLease(newLease(), clock, 'login-2', failing)).rejects.toThrow('not stored');

    await expect(sourceFor(server).get()).resolves.toBe('access-2');
  });

  test('a renewal that was stored and not finished stays so if a login cannot be stored', async () => {
    await using server = await startHttpServer(rotating());
    await loggedIn();
    await newLease().take(TOKEN.id, 'stored');
    await store.save({ ...TOKEN, id: 'stored', accessToken: 'access-2', refreshToken: 'refresh-2' });
    nowMs += HOUR_MS;

    const failing = replaceUnderLease(newLease(), clock, 'login-2', async () => {
      throw new Error('not stored');
    });

    await expect(failing).rejects.toThrow('not stored');
    await expect(sourceFor(server).get()).resolves.toBe('access-3');
  });

  test.each([
    ['ahead', 24 * HOUR_MS],
    ['behind', -24 * HOUR_MS],
  ])(
    'a renewal begun and not finished with a clock a day %s is watched for two minutes, once',
    async (_where, errorMs) => {
      await using server = await startHttpServer(rotating());
      await loggedIn();
      nowMs += errorMs;
      await newLease().take(TOKEN.id, 'stopped');
      nowMs += HOUR_MS - errorMs;
      const startMs = nowMs;

      const failure = await failureOf(sourceFor(server, { clock: hasty }).get());
      const watchedMs = nowMs - startMs;
      const ofAnother = await failureOf(sourceFor(server).get());
      await loggedIn({ ...OF_UNKNOWN_LIFE, id: 'login-2', accessToken: 'access-9' });

      expect([failure.code, ofAnother.code]).toEqual(['CONSENT_NEEDED', 'CONSENT_NEEDED']);
      expect(watchedMs).toBeGreaterThanOrEqual(RENEWAL_MS);
      expect(nowMs - startMs).toBeLessThan(RENEWAL_MS + 15_000);
      await expect(sourceFor(server).get()).resolves.toBe('access-9');
      expect(server.requests).toEqual([]);
    },
  );

  test('a renewal in progress is waited for by a function whose clock is an hour ahead', async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await using server = await startHttpServer(heldBack(rotating(), released));
    await loggedIn();
    nowMs += HOUR_MS;
    const ahead: Clock = { ...clock, now: () => nowMs + HOUR_MS / 2 };

    const renewing = sourceFor(server).get();
    await until(() => server.requests.length === 1);
    const waiting = sourceFor(server, { clock: ahead, lease: createTokenLease(state, ahead) }).get();
    await until(() => nowMs > START_MS + HOUR_MS + 2_000);
    release();

    await expect(Promise.all([renewing, waiting])).resolves.toEqual(['access-2', 'access-2']);
    expect(server.requests).toHaveLength(1);
  });

  test('a renewal in progress is not overwritten by a login from a machine whose clock is an hour ahead', async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await using server = await startHttpServer(heldBack(rotating(), released));
    await loggedIn();
    nowMs += HOUR_MS;
    const ahead: Clock = { ...clock, now: () => nowMs + HOUR_MS };

    const renewing = sourceFor(server).get();
    await until(() => server.requests.length === 1);
    const login = replaceUnderLease(createTokenLease(state, ahead), ahead, 'login-2', () =>
      store.save({ ...OF_UNKNOWN_LIFE, id: 'login-2', accessToken: 'access-9' }),
    );
    await until(() => nowMs > START_MS + HOUR_MS + 2_000);
    release();
    await Promise.all([renewing, login]);

    await expect(sourceFor(server).get()).resolves.toBe('access-9');
  });

  test('a renewal whose new token is stored is not waited for, whatever time its row has', async () => {
    await using server = await startHttpServer(rotating());
    await loggedIn();
    nowMs += 24 * HOUR_MS;
    await newLease().take(TOKEN.id, 'stored');
    nowMs -= 23 * HOUR_MS;
    await store.save({ ...TOKEN, id: 'stored', accessToken: 'access-2', refreshToken: 'refresh-2' });

    await expect(sourceFor(server).get()).resolves.toBe('access-3');
    expect(nowMs).toBe(START_MS + HOUR_MS);
  });

  test.each([
    ['a life that no date can hold', { expires_in: 1e300 }],
    ['a scope that no scope can be', { scope: 'profile \u001b[31m' }],
    ['an empty refresh token', { refresh_token: '' }],
    ['a life that is no number', { expires_in: 'an hour' }],
    ['an empty type', { token_type: '' }],
  ])('a renewal that is answered with %s is still stored, and can be read', async (_name, fields) => {
    await using server = await startHttpServer((_request, response) =>
      answerJson(response, { access_token: 'access-2', ...fields }),
    );
    await loggedIn();
    nowMs += HOUR_MS;

    await expect(sourceFor(server).get()).resolves.toBe('access-2');
    expect(await store.read()).toMatchObject({ accessToken: 'access-2', scopes: ['profile'] });
  });

  test('a renewal that is answered with a token too long for any header means that consent is needed', async () => {
    await using server = await startHttpServer((_request, response) =>
      answerJson(response, { access_token: 'a'.repeat(20_000) }),
    );
    await loggedIn();
    nowMs += HOUR_MS;

    const failure = await failureOf(sourceFor(server).get());

    expect(failure.code).toBe('CONSENT_NEEDED');
    expect(failure.message.length).toBeLessThan(500);
  });

  test('a renewal that was begun before a new login does not take its place in the lease', async () => {
    const lease = newLease();
    await loggedIn();
    await lease.take(TOKEN.id, 'begun-before');
    await loggedIn({ ...TOKEN, id: 'login-2' });

    await lease.finish('begun-before');

    await expect(lease.take('login-2', 'next')).resolves.toBe('taken');
  });

  test('a renewal is done once even if two processes read the lease as free', async () => {
    await loggedIn();
    const lease = newLease();

    const taken = await Promise.all(['a', 'b', 'c', 'd'].map((next) => lease.take(TOKEN.id, next)));

    expect(taken.filter((each) => each === 'taken')).toHaveLength(1);
  });
});

test('the row of the lease holds neither an access token nor a refresh token', async () => {
  await using server = await startHttpServer(rotating());
  await loggedIn();
  nowMs += HOUR_MS;
  await sourceFor(server).get();

  const row = await state.get(ROW);

  expect(Object.keys(row ?? {}).sort()).toEqual(['current', 'pk', 'sk']);
  expect(JSON.stringify(row)).not.toMatch(/access-|refresh-/);
});
