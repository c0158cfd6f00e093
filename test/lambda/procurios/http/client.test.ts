import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { ExactNumber } from '../../../../lambda/core/json.ts';
import type { Retry } from '../../../../lambda/core/retry.ts';
import { createTokenSource } from '../../../../lambda/procurios/token/client-token.ts';
import { answerJson, type Handler, startHttpServer } from '../../../support/http-server.ts';
import { clientFor, countingTokens, failureOf, QUICK, readThings, until } from './setup.ts';

/** Answers the n-th request with the n-th of these statuses, and with JSON once they are used up. */
function failing(...failures: [status: number, headers?: Record<string, string>][]): Handler {
  const left = [...failures];
  return (_request, response) => {
    const [status, headers] = left.shift() ?? [200];
    answerJson(response, { status }, status, headers);
  };
}

describe('getJson: the request', () => {
  test('a request carries the media type, the languages and the token, and its query as it is', async () => {
    await using server = await startHttpServer(failing());
    const client = clientFor(server.origin, { userAgent: 'procurios-sync/test' });

    await client.getJson({
      path: '/l/x?ids[]=1&b=%2F',
      mediaType: 'application/vnd.x+json; version=1',
      about: 'x',
    });

    expect(server.requests).toMatchObject([
      {
        method: 'GET',
        path: '/l/x?ids[]=1&b=%2F',
        headers: {
          accept: 'application/vnd.x+json; version=1',
          'accept-language': 'nl-NL,nl;q=0.9',
          'cache-control': 'no-cache',
          authorization: 'Bearer token-1',
          'user-agent': 'procurios-sync/test',
        },
      },
    ]);
    expect(client.requests).toBe(1);
  });

  test('an answer keeps every digit, also behind a byte order mark', async () => {
    await using server = await startHttpServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/vnd.procurios.x+json; charset=utf-8' });
      response.end('\ufeff{"id": 9007199254740993, "name": "Zoë 🚲"}');
    });

    const json = await readThings(clientFor(server.origin));

    expect(json).toEqual({ id: new ExactNumber('9007199254740993'), name: 'Zoë 🚲' });
  });

  test('a request sends its body with a Content-Length, and again when it is retried', async () => {
    await using server = await startHttpServer(failing([503]));
    const client = clientFor(server.origin);
    const about = { shownPath: '/l/x', mediaType: 'application/json', about: 'x' };

    const answer = await client.ask({ method: 'POST', path: '/l/x', body: '{"name":"Zoë"}', ...about });

    expect(answer).toEqual({ status: 200, json: { status: 200 } });
    const sent = {
      body: '{"name":"Zoë"}',
      headers: { 'content-length': '15', 'content-type': 'application/json' },
    };
    expect(server.requests).toMatchObject([sent, sent]);
    for (const { headers } of server.requests) expect(headers).not.toHaveProperty('transfer-encoding');
  });

  test('a request goes to an absolute address on the host', async () => {
    await using server = await startHttpServer(failing());

    await readThings(clientFor(server.origin), `${server.origin}/l/x?page=2`);

    expect(server.paths).toEqual(['/l/x?page=2']);
  });

  test.each(['https://evil.example.com/l/x', '//evil.example.com/l/x', '\\\\evil.example.com/l/x'])(
    'a request is not sent to another origin: %s',
    async (path) => {
      await using server = await startHttpServer(failing());
      const client = clientFor(server.origin);

      const failure = await failureOf(readThings(client, path));

      expect(failure).toMatchObject({
        code: 'NOT_PROCURIOS',
        message: expect.stringContaining('evil.example.com'),
      });
      expect(client.requests).toBe(0);
      expect(server.requests).toEqual([]);
    },
  );

  test.each([
    [
      'the same host under another scheme',
      (origin: string) => `${origin.replace('http:', 'https:')}/l/x`,
      'NOT_PROCURIOS',
    ],
    ['no web address at all', () => 'mailto:ada@example.com', 'NOT_PROCURIOS'],
    [
      'an address with a user name',
      (origin: string) => origin.replace('//', '//ada:pw@'),
      'RESPONSE_INVALID',
    ],
    ['no address', () => 'http://[', 'RESPONSE_INVALID'],
  ])('a request is not sent to %s', async (_name, pathFor, code) => {
    await using server = await startHttpServer(failing());

    const failure = await failureOf(readThings(clientFor(server.origin), pathFor(server.origin)));

    expect(failure.code).toBe(code);
    expect(server.requests).toEqual([]);
  });
});

describe('getJson: the answer', () => {
  const html = { 'content-type': 'text/html; charset=utf-8' };
  test.each([
    ['an HTML page with status 200', 200, html, 'NOT_PROCURIOS', 'answered an HTML page'],
    ['plain text', 200, { 'content-type': 'text/plain' }, 'NOT_PROCURIOS', 'the content type text/plain'],
    ['no content type', 200, {}, 'NOT_PROCURIOS', 'the content type (none)'],
    [
      'a redirect',
      302,
      { location: 'https://login.example.com/x?token=1' },
      'NOT_PROCURIOS',
      'answered 302, a redirect to https://login.example.com/x;',
    ],
    ['a 204', 204, {}, 'RESPONSE_INVALID', 'answered 204'],
    ['a 201', 201, { 'content-type': 'application/json' }, 'RESPONSE_INVALID', 'answered 201'],
    ['a 400', 400, { 'content-type': 'application/json' }, 'RESPONSE_INVALID', 'answered 400'],
    ['a 404 with an HTML page', 404, html, 'RESPONSE_INVALID', 'answered 404 with an HTML page'],
    ['a 406', 406, {}, 'RESPONSE_INVALID', 'answered 406'],
    ['a 403', 403, {}, 'ACCESS_DENIED', 'answered 403; expected access'],
  ])('an answer that is %s is refused at once', async (_name, status, headers, code, message) => {
    await using server = await startHttpServer((_request, response) => {
      response.writeHead(status, headers).end('a value');
    });

    const failure = await failureOf(readThings(clientFor(server.origin)));

    expect(failure.code).toBe(code);
    expect(failure.message).toContain(`GET /l/things_api/thing (stream things, page 1): `);
    expect(failure.message).toContain(message);
    expect(failure.message).not.toMatch(/secret-query|a value|\n|token/);
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    [4_000, '4000 bytes'],
    [1024 * 1024, '1 MB'],
  ])(
    'an answer is not read beyond %d bytes, also when it is compressed',
    async (largestBodyBytes, inWords) => {
      await using server = await startHttpServer((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
        response.end(gzipSync(JSON.stringify('x'.repeat(largestBodyBytes))));
      });

      const failure = await failureOf(readThings(clientFor(server.origin, { limits: { largestBodyBytes } })));

      expect(failure).toMatchObject({
        code: 'RESPONSE_INVALID',
        message: expect.stringMatching(new RegExp(`larger than ${inWords}$`)),
      });
      expect(server.requests).toHaveLength(1);
    },
  );

  test('an answer that is not UTF-8 is refused rather than repaired', async () => {
    await using server = await startHttpServer((_request, response) => {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(Buffer.from('{"name":"Zo\xeb"}', 'latin1'));
    });

    const failure = await failureOf(readThings(clientFor(server.origin)));

    expect(failure).toMatchObject({
      code: 'RESPONSE_INVALID',
      message: expect.stringContaining('not UTF-8'),
    });
  });

  test('an answer with more values than memory is refused at once', async () => {
    await using server = await startHttpServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('['.repeat(30 * 1024 * 1024));
    });

    const failure = await failureOf(readThings(clientFor(server.origin)));

    expect(failure).toMatchObject({
      code: 'RESPONSE_INVALID',
      message: expect.stringContaining(
        'holds more than 1,000,000 values and names; expected fewer objects on a page',
      ),
    });
    expect(server.requests).toHaveLength(1);
  });

  test('an answer that stays invalid JSON is refused after all attempts', async () => {
    await using server = await startHttpServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"name": "Ada');
    });

    const failure = await failureOf(readThings(clientFor(server.origin)));

    expect(failure).toMatchObject({
      code: 'RESPONSE_INVALID',
      message: expect.stringContaining('not valid JSON'),
    });
    expect(server.requests).toHaveLength(5);
  });
});

test('a failure holds what code reads of it: status, redirect and the message without its purpose', async () => {
  await using server = await startHttpServer((_request, response) => {
    response.writeHead(302, { location: 'https://login.example.com/x?token=1' }).end();
  });

  const failure = await failureOf(readThings(clientFor(server.origin)));

  expect(failure.detail).toEqual({
    status: 302,
    redirectHost: 'login.example.com',
    reason: 'answered 302, a redirect to https://login.example.com/x; expected the Procurios API itself',
    brief:
      'GET /l/things_api/thing: answered 302, a redirect to https://login.example.com/x; expected the Procurios API itself',
  });
});

describe('getJson: retries', () => {
  test('the answer listener receives the answer to each attempt', async () => {
    await using server = await startHttpServer(failing([503]));
    const seen: string[] = [];
    const client = clientFor(server.origin, {
      onAnswer: ({ about }, { status, headers }) => seen.push(`${about}: ${status} ${headers.has('date')}`),
    });

    await readThings(client);

    expect(seen).toEqual(['stream things, page 1: 503 true', 'stream things, page 1: 200 true']);
  });

  test('the retry listener receives each retry before its pause', async () => {
    await using server = await startHttpServer(failing([503], [429, { 'retry-after': '1' }], [500], [500]));
    const seen: Retry[] = [];
    const limits = { retries: 3, backoffMs: 8 };

    await failureOf(readThings(clientFor(server.origin, { limits, onRetry: (retry) => seen.push(retry) })));

    const about = 'stream things, page 1';
    expect(seen).toEqual([
      { about, reason: 'answered 503', attempt: 2, of: 4, delayMs: expect.any(Number) },
      { about, reason: 'answered 429', attempt: 3, of: 4, delayMs: 1_000 },
      { about, reason: 'answered 500', attempt: 4, of: 4, delayMs: expect.any(Number) },
    ]);
    expect(seen[0]?.delayMs).toBeGreaterThanOrEqual(4);
    expect(seen[2]?.delayMs).toBeLessThanOrEqual(32);
  });

  test.each([
    { errors: ['Deadlock of a value'], items: [] },
    { errors: { name: 'a value' }, items: [{ id: 1 }] },
    { error: 'a value', items: [] },
    { error: { message: 'a value' } },
    { success: false, items: [] },
  ])(
    'an answer that reports an error beside its list is retried, and invalid if it stays: %j',
    async (answer) => {
      let left = 1;
      await using passing = await startHttpServer((_request, response) =>
        answerJson(response, left-- > 0 ? answer : { items: [] }),
      );
      await using lasting = await startHttpServer((_request, response) => answerJson(response, answer));

      const json = await readThings(clientFor(passing.origin));
      const failure = await failureOf(readThings(clientFor(lasting.origin, { limits: { retries: 1 } })));

      expect(json).toEqual({ items: [] });
      expect(failure).toMatchObject({
        code: 'RESPONSE_INVALID',
        message: expect.stringContaining('answered 200, but its body reports an error'),
      });
      expect(failure.message).not.toContain('a value');
      expect(lasting.requests).toHaveLength(2);
    },
  );

  test.each([
    { errors: [], error: null, success: true, items: [] },
    { errors: {}, error: '', items: [] },
    { error: false, errors: 0, success: 'false', items: [] },
    [{ errors: ['a field of an object'] }],
  ])('an answer whose fields say that there is no error is read: %j', async (answer) => {
    await using server = await startHttpServer((_request, response) => answerJson(response, answer));

    const json = await readThings(clientFor(server.origin));

    expect(json).toEqual(answer);
    expect(server.requests).toHaveLength(1);
  });

  test.each([408, 429, 500, 502, 503, 504])('a transient failure is retried: status %i', async (status) => {
    await using server = await startHttpServer(failing([status], [status]));
    const client = clientFor(server.origin);

    const json = await readThings(client);

    expect(json).toEqual({ status: 200 });
    expect(client.requests).toBe(3);
  });

  test.each([
    ['a connection that is closed', (response: Parameters<Handler>[1]) => void response.destroy()],
    [
      'a body cut short of its length',
      (response: Parameters<Handler>[1]) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('{"a":', () => response.destroy());
      },
    ],
    [
      'a chunked body cut short',
      (response: Parameters<Handler>[1]) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"a":', () => response.destroy());
      },
    ],
    [
      'a body without a length that ends early',
      (response: Parameters<Handler>[1]) => {
        const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n';
        response.socket?.end(`${head}{"a":`);
      },
    ],
  ])('a transient failure is retried: %s', async (_name, fail) => {
    let isFirst = true;
    await using server = await startHttpServer((_request, response) => {
      if (!isFirst) return answerJson(response, ['whole']);
      isFirst = false;
      fail(response);
    });

    const json = await readThings(clientFor(server.origin));

    expect(json).toEqual(['whole']);
    expect(server.requests).toHaveLength(2);
  });

  test.each(['before', 'within'])(
    'a transient failure is retried: an answer that stalls %s its body',
    async (where) => {
      let isFirst = true;
      await using server = await startHttpServer((_request, response) => {
        if (!isFirst) return answerJson(response, ['whole']);
        isFirst = false;
        if (where === 'within') response.writeHead(200, { 'content-type': 'application/json' }).write('[1');
      });

      const json = await readThings(clientFor(server.origin, { limits: { attemptMs: 2_000 } }));

      expect(json).toEqual(['whole']);
      expect(server.abandoned).toBe(1);
    },
  );

  test('a transient failure is thrown after the last attempt', async () => {
    await using server = await startHttpServer((_request, response) => answerJson(response, {}, 500));

    const failure = await failureOf(readThings(clientFor(server.origin, { limits: { retries: 2 } })));

    expect(failure.code).toBe('UNAVAILABLE');
    expect(failure.message).toBe(
      'GET /l/things_api/thing (stream things, page 1): answered 500; expected 200',
    );
    expect(server.requests).toHaveLength(3);
  });

  test('a transient failure is thrown at the end of the total time, even if attempts are left', async () => {
    await using server = await startHttpServer(() => {});
    const limits = { attemptMs: 200, totalMs: 700, retries: 12 };

    const failure = await failureOf(readThings(clientFor(server.origin, { limits })));

    expect(failure).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('no whole answer within'),
    });
    expect(server.requests.length).toBeLessThan(9);
  });

  test('the total time leaves room for the waits for a turn', async () => {
    await using server = await startHttpServer(failing());
    const client = clientFor(server.origin, { requestsPerSecond: 3, limits: { totalMs: 2_000 } });

    const answers = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((n) => readThings(client, `/l/${n}`)));

    expect(answers).toHaveLength(8);
    expect(server.requests).toHaveLength(8);
  });

  test('a time limit of the caller ends the request with its own reason', async () => {
    const controller = new AbortController();
    // What AbortSignal.timeout aborts with, as soon as the request has come.
    await using server = await startHttpServer(() =>
      controller.abort(new DOMException('the time is up', 'TimeoutError')),
    );
    const { signal } = controller;

    const error = await readThings(clientFor(server.origin), '/l/x', signal).catch((reason) => reason);

    expect(error).toBe(signal.reason);
    expect(server.requests).toHaveLength(1);
  });

  test('a transient failure is not retried after the caller aborts', async () => {
    await using server = await startHttpServer(() => {});
    const controller = new AbortController();

    const reading = readThings(clientFor(server.origin), '/l/x', controller.signal);
    await until(() => server.requests.length === 1);
    controller.abort(new Error('enough'));

    await expect(reading).rejects.toThrow('enough');
    await until(() => server.abandoned === 1);
    expect(server.requests).toHaveLength(1);
  });
});

describe('getJson: Retry-After', () => {
  test.each([
    ['in seconds', () => '1'],
    ['as a date', () => new Date(Date.now() + 1_500).toUTCString()],
  ])('a Retry-After is waited for: %s', async (_name, value) => {
    await using server = await startHttpServer(failing([503, { 'retry-after': value() }]));

    await readThings(clientFor(server.origin, { limits: { longestWaitMs: 2_000 } }));

    const [first, second] = server.requests;
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(400);
  });

  test('a Retry-After holds up the other requests too', async () => {
    await using server = await startHttpServer(failing([429, { 'retry-after': '1' }]));
    const client = clientFor(server.origin);

    const first = readThings(client, '/l/first');
    await until(() => server.requests.length === 1);
    await sleep(20);
    const second = readThings(client, '/l/second');
    await Promise.all([first, second]);

    const [refused, ...later] = server.requests;
    const gaps = later.map(({ atMs }) => atMs - (refused?.atMs ?? 0));
    expect(gaps).toHaveLength(2);
    expect(Math.min(...gaps)).toBeGreaterThan(900);
  });

  test.each([429, 503])(
    'a Retry-After beyond the longest wait is thrown at once, with status %i',
    async (status) => {
      await using server = await startHttpServer(failing([status, { 'retry-after': '3600' }]));
      const client = clientFor(server.origin);

      const failure = await failureOf(readThings(client));
      const next = await failureOf(readThings(client));

      expect(failure).toMatchObject({ code: 'THROTTLED', retryAfterMs: 3_600_000 });
      expect(next.code).toBe('THROTTLED');
      expect(next.retryAfterMs).toBeGreaterThan(3_590_000);
      expect(server.requests).toHaveLength(1);
    },
  );

  test('a Retry-After beyond the longest wait ends the requests that wait for a turn', async () => {
    await using server = await startHttpServer(failing([429, { 'retry-after': '3600' }]));
    const client = clientFor(server.origin, { requestsPerSecond: 2 });

    const failures = await Promise.all([1, 2, 3].map((n) => failureOf(readThings(client, `/l/${n}`))));

    expect(failures.map(({ code }) => code)).toEqual(['THROTTLED', 'THROTTLED', 'THROTTLED']);
    expect(server.paths).toEqual(['/l/1']);
  });

  test.each([408, 425, 500, 504])(
    'a Retry-After is waited for with status %i, which ky ignores by default',
    async (status) => {
      await using server = await startHttpServer(failing([status, { 'retry-after': '1' }]));

      await readThings(clientFor(server.origin));

      const [first, second] = server.requests;
      expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(900);
    },
  );

  test('a Retry-After beyond the total time is not slept out', async () => {
    await using server = await startHttpServer(failing([503, { 'retry-after': '600' }]));
    // A pause that is slept out would exceed the time limit of the test.
    const limits = { longestWaitMs: 1_000_000, totalMs: 20_000 };

    const failure = await failureOf(readThings(clientFor(server.origin, { limits })));

    expect(failure).toMatchObject({ code: 'UNAVAILABLE', retryAfterMs: 600_000 });
    expect(server.requests).toHaveLength(1);
  });

  test.each(['RateLimit-Reset', 'X-RateLimit-Retry-After', 'X-RateLimit-Reset', 'X-Rate-Limit-Reset'])(
    'the header %s, which ky would obey, asks for no pause',
    async (header) => {
      await using server = await startHttpServer(failing([429, { [header]: '3600' }]));

      const json = await readThings(clientFor(server.origin));

      expect(json).toEqual({ status: 200 });
      expect(server.requests).toHaveLength(2);
    },
  );

  test('a Retry-After that cannot be read asks for no pause', async () => {
    await using server = await startHttpServer(failing([503, { 'retry-after': 'soon, in 2 minutes' }]));

    const json = await readThings(clientFor(server.origin));

    expect(json).toEqual({ status: 200 });
  });

  test('a Retry-After shorter than the backoff does not shorten it', async () => {
    await using server = await startHttpServer((_request, response) =>
      answerJson(response, {}, 503, { 'retry-after': '0' }),
    );
    const delays: number[] = [];
    const limits = { retries: 2, backoffMs: 100 };
    const onRetry = ({ delayMs }: Retry) => delays.push(delayMs);

    await failureOf(readThings(clientFor(server.origin, { limits, onRetry })));

    const [first = 0, second = 0] = delays;
    expect(first).toBeGreaterThanOrEqual(50);
    expect(second).toBeGreaterThanOrEqual(100);
  });

  test('a Retry-After of every attempt is in the failure', async () => {
    await using server = await startHttpServer((_request, response) =>
      answerJson(response, {}, 429, { 'retry-after': '0' }),
    );

    const failure = await failureOf(readThings(clientFor(server.origin)));

    expect(failure).toMatchObject({ code: 'THROTTLED', retryAfterMs: 0 });
    expect(server.requests).toHaveLength(5);
  });
});

/** Refuses a token as RFC 6750 has it. */
const CHALLENGE = {
  'www-authenticate': 'Bearer realm="x", error="invalid_token", error_description="expired"',
};

describe('getJson: a refused token', () => {
  test.each<[string, number, object, object]>([
    ['401', 401, {}, {}],
    ['403 with invalid_token in the header', 403, CHALLENGE, {}],
    ['400 with invalid_token in the header', 400, CHALLENGE, {}],
    ['404 with invalid_token in the header', 404, CHALLENGE, {}],
    ['403 that asks for a pause too', 403, { ...CHALLENGE, 'retry-after': '0' }, {}],
    ['400 with invalid_token in the JSON', 400, {}, { error: 'invalid_token' }],
  ])('a token that is refused by a %s is replaced once', async (_name, status, headers, body) => {
    const answer: Handler = (request, response) =>
      request.headers.authorization === 'Bearer token-2'
        ? answerJson(response, ['ok'])
        : answerJson(response, body, status, headers);
    await using server = await startHttpServer(answer);
    const token = countingTokens();

    const json = await readThings(clientFor(server.origin, { token }));

    expect(json).toEqual(['ok']);
    expect(token.dropped).toEqual(['token-1']);
    expect(server.requests).toHaveLength(2);
  });

  test('a second token that is refused by a 403 means no access', async () => {
    await using server = await startHttpServer((_request, response) =>
      answerJson(response, {}, 403, CHALLENGE),
    );

    const failure = await failureOf(readThings(clientFor(server.origin)));

    expect(failure).toMatchObject({
      code: 'ACCESS_DENIED',
      detail: { isTokenRefused: true },
      message: expect.stringContaining('answered 403 invalid_token, also with a new token; expected access'),
    });
    expect(server.requests).toHaveLength(2);
  });

  test('a new token is used after a pause, because it may not serve at once', async () => {
    let grantedAtMs = 0;
    await using server = await startHttpServer(({ atMs }, response) =>
      answerJson(response, ['ok'], grantedAtMs > 0 && atMs - grantedAtMs >= 150 ? 200 : 401),
    );
    const tokens = countingTokens();
    const drop = (token: string) => {
      grantedAtMs = Date.now();
      tokens.drop(token);
    };
    const client = clientFor(server.origin, { token: { ...tokens, drop }, limits: { newTokenPauseMs: 200 } });

    await expect(readThings(client)).resolves.toEqual(['ok']);
  });

  test('a token that is granted again is tried again, and the message says so', async () => {
    await using server = await startHttpServer((_request, response) => answerJson(response, {}, 401));
    const token = { get: async () => 'always', drop: () => {} };

    const failure = await failureOf(readThings(clientFor(server.origin, { token })));

    expect(failure.message).toContain('answered 401, also on a second try; expected access');
    expect(server.requests).toHaveLength(2);
  });

  test('a pause for a new token ends when the caller aborts', async () => {
    await using server = await startHttpServer((_request, response) => answerJson(response, {}, 401));
    const controller = new AbortController();
    const client = clientFor(server.origin, { limits: { newTokenPauseMs: 60_000 } });

    const reading = readThings(client, '/l/x', controller.signal);
    await until(() => server.requests.length === 1);
    controller.abort(new Error('enough'));

    await expect(reading).rejects.toThrow('enough');
  });
});

describe('getJson: a 403', () => {
  test('a 403 that asks for a pause is retried after it', async () => {
    await using server = await startHttpServer(failing([403, { 'retry-after': '1' }]));

    await readThings(clientFor(server.origin));

    const [first, second] = server.requests;
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(900);
  });

  test('a 403 that asks for a longer pause than the client waits is a throttle', async () => {
    await using server = await startHttpServer(failing([403, { 'retry-after': '3600' }]));

    const failure = await failureOf(readThings(clientFor(server.origin)));

    expect(failure).toMatchObject({ code: 'THROTTLED', retryAfterMs: 3_600_000 });
  });

  test('a 403 with an HTML page is said to be one', async () => {
    await using server = await startHttpServer((_request, response) => {
      response.writeHead(403, { 'content-type': 'text/html' }).end('<html>Blocked');
    });

    const failure = await failureOf(readThings(clientFor(server.origin)));

    expect(failure.code).toBe('ACCESS_DENIED');
    expect(failure.message).toContain(
      'answered 403 with an HTML page, which a firewall may have sent; expected access',
    );
    expect(server.requests).toHaveLength(1);
  });
});

describe('getJson: a 401', () => {
  test('a refused token is dropped, and the request is sent once more with a new one', async () => {
    await using server = await startHttpServer(({ headers }, response) =>
      answerJson(response, ['ok'], headers.authorization === 'Bearer token-2' ? 200 : 401),
    );
    const token = countingTokens();

    const json = await readThings(clientFor(server.origin, { token }));

    expect(json).toEqual(['ok']);
    expect(token.dropped).toEqual(['token-1']);
    expect(server.requests).toHaveLength(2);
  });

  test('a second refused token means no access, and the request is not sent again', async () => {
    await using server = await startHttpServer((_request, response) => answerJson(response, {}, 401));
    const token = countingTokens();

    const failure = await failureOf(readThings(clientFor(server.origin, { token })));

    expect(failure.code).toBe('ACCESS_DENIED');
    expect(failure.message).toContain('(stream things, page 1): answered 401, also with a new token');
    expect(failure.message).toMatch(/; expected access$/);
    expect(token.dropped).toEqual(['token-1']);
    expect(server.requests).toHaveLength(2);
  });

  test('a refused token of concurrent requests is dropped once', async () => {
    await using server = await startHttpServer(({ headers }, response) =>
      answerJson(response, ['ok'], headers.authorization === 'Bearer token-1' ? 401 : 200),
    );
    const token = countingTokens();
    const client = clientFor(server.origin, { token });

    await Promise.all([1, 2, 3, 4].map((n) => readThings(client, `/l/${n}`)));

    expect(token.dropped).toEqual(['token-1']);
  });

  test('every attempt gets a fresh token', async () => {
    await using server = await startHttpServer(failing([500]));
    let asked = 0;
    const get = async () => {
      asked += 1;
      return `at-${asked}`;
    };
    const token = { ...countingTokens(), get };

    await readThings(clientFor(server.origin, { token }));

    const sent = server.requests.map(({ headers }) => headers.authorization);
    expect(sent).toEqual(['Bearer at-2', 'Bearer at-4']);
  });
});

describe('getJson: an answer that breaks HTTP', () => {
  const OK = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
  test.each([
    ['headers over 16 KB', `${OK}x: ${'a'.repeat(20_000)}\r\n\r\n`, 'its headers are larger than 16 KB'],
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n', 'it is not HTTP'],
    ['chunks without lengths', `${OK}transfer-encoding: chunked\r\n\r\n{"a":1}\r\n`, 'it is not HTTP'],
    [
      'a doubled Content-Length',
      `${OK}content-length: 2\r\ncontent-length: 2\r\n\r\n{}`,
      'it has its Content-Length twice',
    ],
    ['plain text as gzip', `${OK}content-encoding: gzip\r\n\r\n{"a":1}`, 'it cannot be decompressed'],
  ])('%s is retried, and if it stays it is said to be invalid', async (_name, bytes, what) => {
    await using server = await startHttpServer((_request, response) => void response.socket?.end(bytes));

    const failure = await failureOf(readThings(clientFor(server.origin, { limits: { retries: 1 } })));

    expect(failure).toMatchObject({
      code: 'RESPONSE_INVALID',
      message: expect.stringContaining(`the answer cannot be read: ${what}`),
      detail: { isUnreadable: true },
    });
    expect(server.requests).toHaveLength(2);
  });

  test('a switch to another protocol is retried, and if it stays it is said to break the connection', async () => {
    const bytes = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n';
    await using server = await startHttpServer((_request, response) => void response.socket?.write(bytes));

    const failure = await failureOf(readThings(clientFor(server.origin, { limits: { retries: 1 } })));

    expect(failure).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('the connection broke (ECONNRESET)'),
    });
    expect(server.requests).toHaveLength(2);
  });

  test.each(['constructor', 'toString', 'zip'])(
    'the body of an answer with the encoding %s, which does not exist, is read as it is',
    async (encoding) => {
      await using server = await startHttpServer((_request, response) => {
        answerJson(response, { a: 1 }, 200, { 'content-encoding': encoding });
      });

      expect(await readThings(clientFor(server.origin))).toEqual({ a: 1 });
    },
  );
});

describe('getJson: connections', () => {
  const TOKEN = { access_token: 'token-1', token_type: 'Bearer', expires_in: 3600 };

  test.each([
    ['the request for the token', '/token'],
    ['the server, after an answer', '/l/x?n=3'],
  ])('a connection is kept for the next request after one that was closed by %s', async (_by, closing) => {
    await using server = await startHttpServer(({ path }, response) => {
      const connection = path === closing ? 'close' : 'keep-alive';
      answerJson(response, path === '/token' ? TOKEN : {}, 200, { connection });
    });
    const token = createTokenSource({
      tokenUrl: `${server.origin}/token`,
      scopes: [],
      readCredentials: async () => ({ clientId: 'id', clientSecret: 'secret' }),
    });
    const client = clientFor(server.origin, { token });

    for (let n = 1; n <= 12; n += 1) await readThings(client, `/l/x?n=${n}`);

    expect(server.requests).toHaveLength(13);
    // One for the token, and two that take turns, because one that has just answered is not free yet. One of them is replaced.
    expect(server.connections).toBeLessThanOrEqual(4);
  });
});

describe('getJson: no connection', () => {
  test('a host that refuses the connection is reported so', async () => {
    const server = await startHttpServer(() => {});
    await server[Symbol.asyncDispose]();

    const failure = await failureOf(readThings(clientFor(server.origin)));

    expect(failure.code).toBe('HOST_UNREACHABLE');
    expect(failure.message).toMatch(
      /no connection to 127\.0\.0\.1:\d+: the connection was refused \(ECONNREFUSED\)$/,
    );
  });

  test('a host with an unknown name is reported so, after all attempts', async () => {
    const client = clientFor('http://procurios.invalid');

    const failure = await failureOf(readThings(client));

    expect(failure.code).toBe('HOST_UNREACHABLE');
    expect(failure.message).toMatch(/no connection to procurios\.invalid: its name /);
    expect(client.requests).toBe(5);
  });

  test('a host that fails at TLS is reported so, without a retry', async () => {
    await using server = await startHttpServer(() => {});
    const client = clientFor(server.origin.replace('http:', 'https:'));

    const failure = await failureOf(readThings(client));

    expect(failure.code).toBe('HOST_UNREACHABLE');
    expect(failure.message).toMatch(/: TLS failed \(\w+\)$/);
    expect(failure.detail.isTls).toBe(true);
    expect(client.requests).toBe(1);
  });
});

describe('getJson: the rate', () => {
  test('the rate limiter spaces requests evenly, repeated ones included', async () => {
    await using server = await startHttpServer(failing([500], [500]));
    const client = clientFor(server.origin, { requestsPerSecond: 12.5, limits: QUICK });

    const startMs = performance.now();
    await Promise.all([readThings(client, '/l/1'), readThings(client, '/l/2')]);

    // Not measured at the server, because a busy machine may let the first request arrive late.
    expect(performance.now() - startMs).toBeGreaterThan(3 * 80 - 10);
    expect(server.requests).toHaveLength(4);
  });
});
