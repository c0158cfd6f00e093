import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { Credentials } from '../../../../lambda/core/token/credentials.ts';
import {
  createTokenSource,
  type GrantFacts,
  type TokenSourceOptions,
} from '../../../../lambda/procurios/token/client-token.ts';
import { answerJson, type Handler, type HttpServer, startHttpServer } from '../../../support/http-server.ts';
import { clientFor, failureOf, QUICK, readThings, until } from '../http/setup.ts';

const CREDENTIALS: Credentials = { clientId: 'abc123', clientSecret: 'dfe+456&%' };

function sourceFor(server: HttpServer, options: Partial<TokenSourceOptions> = {}) {
  return createTokenSource({
    tokenUrl: `${server.origin}/l/oauth2/token`,
    scopes: ['profile', 'contact_moment/view'],
    readCredentials: async () => CREDENTIALS,
    limits: QUICK,
    ...options,
  });
}

/** Grants `token-1`, `token-2`, …, with these fields besides. */
function granting(fields: Record<string, unknown> = {}): Handler {
  let granted = 0;
  return (_request, response) => {
    granted += 1;
    answerJson(response, { access_token: `token-${granted}`, ...fields });
  };
}

const refusing: Handler = (_request, response) => answerJson(response, { error: 'invalid_client' }, 401);

describe('createTokenSource: the request', () => {
  test('a token request sends id, secret and scopes in a form, and asks for JSON', async () => {
    await using server = await startHttpServer(granting());

    const token = await sourceFor(server).get();

    const [request] = server.requests;
    expect(token).toBe('token-1');
    expect(request).toMatchObject({ method: 'POST', path: '/l/oauth2/token' });
    expect(request?.headers.accept).toBe('application/json');
    expect(request?.headers.connection).toBe('close');
    expect(request?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded\b/);
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'abc123',
      client_secret: 'dfe+456&%',
      scope: 'profile contact_moment/view',
    });
  });

  test.each([
    [
      { expires_in: 3600, scope: 'profile  contact_moment/view' },
      3_600_000,
      ['profile', 'contact_moment/view'],
    ],
    [{ scope: '' }, undefined, []],
    [{ scope: 7 }, undefined, undefined],
    [{}, undefined, undefined],
  ])('a token request reports the granted token: %j', async (fields, lifeMs, scopes) => {
    await using server = await startHttpServer(granting(fields));
    const grants: unknown[] = [];
    const statuses: number[] = [];

    await sourceFor(server, {
      onGrant: (grant) => grants.push(grant),
      onAnswer: (_call, { status }) => statuses.push(status),
    }).get();

    expect({ grants, statuses }).toMatchObject({ grants: [{ lifeMs, scopes }], statuses: [200] });
  });

  test.each([
    [{ scope: 'profile' }, ['profile']],
    [{}, ['profile', 'contact_moment/view']],
  ])('the source says to whom a token was granted, and for which scopes: %j', async (fields, scopes) => {
    await using server = await startHttpServer(granting(fields));
    const source = sourceFor(server);

    const before = await source.grantee();
    await source.get();

    expect(before).toBeUndefined();
    expect(await source.grantee()).toEqual({ clientId: 'abc123', scopes });
  });

  test('a token request leaves an empty scope out', async () => {
    await using server = await startHttpServer(granting());

    await sourceFor(server, { scopes: [] }).get();

    expect(new URLSearchParams(server.requests[0]?.body).has('scope')).toBe(false);
  });

  test('a token request is shared by any number of callers', async () => {
    await using server = await startHttpServer(granting());
    const source = sourceFor(server);

    const tokens = await Promise.all([source.get(), source.get(), source.get()]);

    expect(tokens).toEqual(['token-1', 'token-1', 'token-1']);
    expect(server.requests).toHaveLength(1);
  });

  test.each([429, 500, 503])('a token request is retried after status %i', async (status) => {
    let isFirst = true;
    await using server = await startHttpServer((request, response) => {
      if (!isFirst) return granting()(request, response);
      isFirst = false;
      answerJson(response, {}, status, { 'retry-after': '0' });
    });

    const token = await sourceFor(server).get();

    expect(token).toBe('token-1');
    expect(server.requests).toHaveLength(2);
  });

  test('a token endpoint that answers 503 gets five requests, because a read that waits for the token does not retry them', async () => {
    await using server = await startHttpServer((_request, response) => answerJson(response, {}, 503));

    const failure = await failureOf(readThings(clientFor(server.origin, { token: sourceFor(server) })));

    expect(failure).toMatchObject({ code: 'UNAVAILABLE', detail: { status: 503, isTransient: false } });
    expect(failure.message).toContain('POST /l/oauth2/token (token): answered 503');
    expect(server.paths).toEqual(Array(5).fill('/l/oauth2/token'));
  });

  test('a token request ends with the pause that was asked for if it is long', async () => {
    await using server = await startHttpServer((_request, response) =>
      answerJson(response, {}, 429, { 'retry-after': '600' }),
    );

    const failure = await failureOf(sourceFor(server).get());

    expect(failure).toMatchObject({ code: 'THROTTLED', retryAfterMs: 600_000 });
    expect(server.requests).toHaveLength(1);
  });

  test('a token request has a time limit over all attempts', async () => {
    await using server = await startHttpServer(() => {});
    const limits = { ...QUICK, attemptMs: 200, totalMs: 600, retries: 100 };

    const failure = await failureOf(sourceFor(server, { limits }).get());

    expect(failure).toMatchObject({ code: 'UNAVAILABLE' });
    expect(server.requests.length).toBeLessThan(9);
  });

  test('a token request follows no redirect, so the secret reaches no other host', async () => {
    await using elsewhere = await startHttpServer(granting());
    await using server = await startHttpServer(
      (_request, response) =>
        void response.writeHead(307, { location: `${elsewhere.origin}/l/oauth2/token` }).end(),
    );

    const failure = await failureOf(sourceFor(server).get());

    expect(failure.code).toBe('NOT_PROCURIOS');
    expect(failure.message).toContain(
      `POST /l/oauth2/token (token): answered 307, a redirect to http://127.0.0.1`,
    );
    expect(elsewhere.requests).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    ['an HTML page with status 200', 200, 'text/html', '<html>'],
    ['an HTML page with status 400', 400, 'text/html', '<html>'],
    ['a text that is not JSON', 200, 'text/plain', 'hello'],
    ['a 404', 404, 'application/json', '{}'],
  ])('a token request finds no token endpoint in %s', async (_name, status, type, text) => {
    await using server = await startHttpServer((_request, response) => {
      response.writeHead(status, { 'content-type': type }).end(text);
    });

    const failure = await failureOf(sourceFor(server).get());

    expect(failure.code).toBe('NOT_PROCURIOS');
    expect(server.requests).toHaveLength(1);
  });

  test('a token request is aborted when the last caller aborts, and sent again for the next one', async () => {
    let isFirst = true;
    await using server = await startHttpServer((request, response) => {
      if (!isFirst) return granting()(request, response);
      isFirst = false;
    });
    const source = sourceFor(server);
    const [one, other] = [new AbortController(), new AbortController()];

    const leaving = [source.get(one.signal), source.get(other.signal)];
    await until(() => server.requests.length === 1);
    one.abort(new Error('one left'));
    other.abort(new Error('the other left'));

    await expect(leaving[0]).rejects.toThrow('one left');
    await expect(leaving[1]).rejects.toThrow('the other left');
    await until(() => server.abandoned === 1);
    await expect(source.get()).resolves.toBe('token-1');
  });

  test('a token request continues for the callers that stay', async () => {
    await using server = await startHttpServer(async (request, response) => {
      await sleep(30);
      await granting()(request, response);
    });
    const source = sourceFor(server);
    const controller = new AbortController();

    const [leaving, staying] = [source.get(controller.signal), source.get()];
    controller.abort(new Error('left'));

    await expect(leaving).rejects.toThrow('left');
    await expect(staying).resolves.toBe('token-1');
    expect(server.requests).toHaveLength(1);
  });
});

describe('createTokenSource: the token', () => {
  test.each([
    ['60 s before its end', { expires_in: 3600 }, 3_540_000],
    [
      '60 s before its end, given as text',
      { expires_in: '3600', token_type: 'Bearer', scope: 'profile' },
      3_540_000,
    ],
    ['a tenth of its life before its end', { expires_in: 100 }, 90_000],
    ['after 4.5 minutes when its life is not told', {}, 270_000],
    ['after 4.5 minutes when its life is null', { expires_in: null, token_type: null }, 270_000],
  ])('a token is renewed %s', async (_name, fields, servesMs) => {
    await using server = await startHttpServer(granting(fields));
    let nowMs = 1_000_000;
    const source = sourceFor(server, { now: () => nowMs });

    const first = await source.get();
    nowMs += servesMs - 1;
    const second = await source.get();
    nowMs += 1;
    const third = await source.get();

    expect([first, second, third]).toEqual(['token-1', 'token-1', 'token-2']);
  });

  test('a dropped token is renewed, and dropping an earlier one is a no-op', async () => {
    await using server = await startHttpServer(granting());
    const source = sourceFor(server);

    const first = await source.get();
    source.drop(first);
    const second = await source.get();
    source.drop(first);
    const third = await source.get();

    expect([second, third]).toEqual(['token-2', 'token-2']);
    expect(server.requests).toHaveLength(2);
  });

  test.each([
    ['the answer', []],
    ['access_token', {}],
    ['access_token', { access_token: '' }],
    ['access_token', { access_token: 'two\nlines' }],
    ['access_token', { access_token: 12 }],
    ['token_type', { access_token: 'abc', token_type: 'mac' }],
  ])('a token is refused with the name of the field at fault: %s', async (field, answer) => {
    await using server = await startHttpServer((_request, response) => answerJson(response, answer));

    const failure = await failureOf(sourceFor(server).get());

    expect(failure.code).toBe('RESPONSE_INVALID');
    expect(failure.message).toContain(`POST /l/oauth2/token (token): ${field} is not as expected: `);
    expect(failure.message).not.toMatch(/two|abc|soon/);
  });
});

describe('createTokenSource: an answer that is not quite right', () => {
  test.each([
    ['expires_in', { expires_in: 'soon' }],
    ['expires_in', { expires_in: '' }],
    ['expires_in', { expires_in: 0 }],
    ['expires_in', { expires_in: -5 }],
    ['expires_in', { expires_in: {} }],
    ['token_type', { token_type: '' }],
    ['token_type', { token_type: 7 }],
    ['refresh_token', { refresh_token: '' }],
    ['scope', { scope: ['profile'] }],
  ])('an unreadable %s counts as absent, and is reported: %j', async (field, fields) => {
    await using server = await startHttpServer(granting(fields));
    const grants: GrantFacts[] = [];

    const token = await sourceFor(server, { onGrant: (grant) => grants.push(grant) }).get();

    expect(token).toBe('token-1');
    expect(grants).toEqual([{ lifeMs: undefined, scopes: undefined, unreadable: [field] }]);
  });

  test.each([
    ['a life with a space', { expires_in: '3600 ' }, 3_600_000],
    ['a type with a space', { token_type: 'Bearer ' }, undefined],
  ])('%s is read', async (_name, fields, lifeMs) => {
    await using server = await startHttpServer(granting(fields));
    const grants: GrantFacts[] = [];

    await sourceFor(server, { onGrant: (grant) => grants.push(grant) }).get();

    expect(grants).toEqual([{ lifeMs, scopes: undefined, unreadable: [] }]);
  });

  test.each([
    ['text/html', 200],
    ['text/plain', 200],
    [undefined, 200],
    ['application/json', 201],
  ])('a token under the content type %s with status %i is taken', async (type, status) => {
    await using server = await startHttpServer((_request, response) => {
      response.writeHead(status, type === undefined ? {} : { 'content-type': type });
      response.end('{"access_token":"token-1"}');
    });

    await expect(sourceFor(server).get()).resolves.toBe('token-1');
  });

  test.each([
    ['text/html', 401, 'invalid_client', 'CREDENTIALS_REFUSED', 'answered 401 invalid_client'],
    ['application/json', 200, 'invalid_client', 'CREDENTIALS_REFUSED', 'answered 200 invalid_client'],
    ['application/json', 422, 'invalid_scope', 'ACCESS_DENIED', 'answered 422 invalid_scope'],
  ])(
    'a refusal under the content type %s with status %i is final',
    async (type, status, error, code, message) => {
      await using server = await startHttpServer((_request, response) => {
        response.writeHead(status, { 'content-type': type }).end(JSON.stringify({ error }));
      });

      const failure = await failureOf(sourceFor(server).get());

      expect(failure).toMatchObject({ code, message: expect.stringContaining(message) });
      expect(server.requests).toHaveLength(1);
    },
  );

  test.each([
    [400, { error: 'temporarily_unavailable' }],
    [200, { error: 'server_error' }],
    [403, { error: 'of its own' }],
    [400, 'no JSON object'],
  ])('an error that is not about the client is retried: %i %j', async (status, body) => {
    let isFirst = true;
    await using server = await startHttpServer((request, response) => {
      if (!isFirst) return granting()(request, response);
      isFirst = false;
      answerJson(response, body, status);
    });

    await expect(sourceFor(server).get()).resolves.toBe('token-1');
  });

  test.each([
    [400, { error: 'temporarily_unavailable' }, 'UNAVAILABLE', 'answered 400 temporarily_unavailable'],
    [200, { error: 'dfe+456' }, 'CREDENTIALS_REFUSED', 'answered 200 with an error'],
  ])('an error that stays is said as what it is: %i %j', async (status, body, code, message) => {
    await using server = await startHttpServer((_request, response) => answerJson(response, body, status));

    const failure = await failureOf(sourceFor(server).get());

    expect(failure).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(server.requests).toHaveLength(5);
  });
});

describe('createTokenSource: refused credentials', () => {
  test('refused credentials are read again once, and sent again if they changed', async () => {
    await using server = await startHttpServer((request, response) => {
      const handler = request.body.includes('client_secret=new') ? granting() : refusing;
      return handler(request, response);
    });
    const reads: boolean[] = [];
    const readCredentials = async (fresh: boolean) => {
      reads.push(fresh);
      return fresh ? { ...CREDENTIALS, clientSecret: 'new' } : CREDENTIALS;
    };

    const token = await sourceFor(server, { readCredentials }).get();

    expect(token).toBe('token-1');
    expect(reads).toEqual([false, true]);
  });

  test('refused credentials are not sent again unchanged', async () => {
    await using server = await startHttpServer(refusing);
    const reads: boolean[] = [];
    const readCredentials = async (fresh: boolean) => {
      reads.push(fresh);
      return { ...CREDENTIALS };
    };

    const failure = await failureOf(sourceFor(server, { readCredentials }).get());

    expect(failure.code).toBe('CREDENTIALS_REFUSED');
    expect(failure.message).toContain('POST /l/oauth2/token (token): answered 401 invalid_client; expected');
    expect(reads).toEqual([false, true]);
    expect(server.requests).toHaveLength(1);
  });

  test('refused credentials are not sent a third time', async () => {
    await using server = await startHttpServer(refusing);
    const readCredentials = async (fresh: boolean) => ({
      ...CREDENTIALS,
      clientSecret: fresh ? 'new' : 'old',
    });

    const failure = await failureOf(sourceFor(server, { readCredentials }).get());

    expect(failure.code).toBe('CREDENTIALS_REFUSED');
    expect(server.requests).toHaveLength(2);
  });

  test('refused credentials fail every caller alike, and for a minute without asking again', async () => {
    await using server = await startHttpServer(refusing);
    let nowMs = 0;
    const source = sourceFor(server, { now: () => nowMs });

    const failures = await Promise.all([source.get(), source.get()].map(failureOf));
    nowMs = 59_999;
    const later = await failureOf(source.get());
    const requestsInTheMinute = server.requests.length;
    nowMs = 60_000;
    await failureOf(source.get());

    expect(failures[0]).toBe(failures[1]);
    expect(later).toBe(failures[0]);
    expect(requestsInTheMinute).toBe(1);
    expect(server.requests).toHaveLength(2);
  });

  test.each([
    [400, { error: 'invalid_client' }, 'CREDENTIALS_REFUSED', '400 invalid_client'],
    [400, { error: 'unauthorized_client' }, 'CREDENTIALS_REFUSED', '400 unauthorized_client'],
    [401, 'no error at all', 'CREDENTIALS_REFUSED', 'answered 401;'],
    [403, { error: 'quotes dfe+456' }, 'CREDENTIALS_REFUSED', 'answered 403;'],
    [400, { error: 'invalid_scope' }, 'ACCESS_DENIED', 'profile contact_moment/view'],
    [400, { error: 'unsupported_grant_type' }, 'RESPONSE_INVALID', '400 unsupported_grant_type'],
  ])('refused credentials are told apart from other refusals: %i %j', async (status, body, code, message) => {
    await using server = await startHttpServer((_request, response) => answerJson(response, body, status));

    const failure = await failureOf(sourceFor(server).get());

    expect(failure.code).toBe(code);
    expect(failure.message).toContain(message);
    expect(failure.message).not.toContain('dfe');
  });

  test('credentials that cannot be read fail the callers, and are read again for the next one', async () => {
    await using server = await startHttpServer(granting());
    let isMissing = true;
    const readCredentials = async () => {
      if (isMissing) throw new Error('no secret');
      return CREDENTIALS;
    };
    const source = sourceFor(server, { readCredentials });

    await expect(source.get()).rejects.toThrow('no secret');
    isMissing = false;

    await expect(source.get()).resolves.toBe('token-1');
  });
});
