import { once } from 'node:events';
import https from 'node:https';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { parseJson } from '../../../../lambda/core/json.ts';
import type { ChangeReply } from '../../../../lambda/core/push/reply.ts';
import { sendChange } from '../../../../lambda/procurios/changes/send-change.ts';
import type { ClientOptions } from '../../../../lambda/procurios/http/client.ts';
import { createTokenSource } from '../../../../lambda/procurios/token/client-token.ts';
import { answerJson, type Handler, startHttpServer } from '../../../support/http-server.ts';
import { clientFor, countingTokens, QUICK, until } from '../http/setup.ts';
import { changeWith, MEDIA_TYPE, operationWith } from './changes.ts';

type Failing = (response: Parameters<Handler>[1]) => void;

/** An answer that must not be taken for an empty one. */
const ERRORS = JSON.stringify({ errors: ['the address is not known'] });

const JSON_TYPE = { 'content-type': 'application/json' };

/** A deadline far away, and no stop. */
function bounds(stop = new AbortController().signal) {
  return { endMs: Date.now() + 100_000, stop };
}

function send(origin: string, options: Partial<ClientOptions> = {}, changes = {}): Promise<ChangeReply> {
  return sendChange(clientFor(origin, options), operationWith(), changeWith(changes), bounds());
}

/** What comes of a change that the server takes like this, and how often it was asked. */
async function replyFrom(handler: Handler, options: Partial<ClientOptions> = {}) {
  await using server = await startHttpServer(handler);
  const reply = await send(server.origin, options);
  return { reply, requests: server.requests.length };
}

/** A server below HTTP, for what an HTTP server never does. */
async function startTcpServer(onConnection: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    onConnection(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('sendChange: the request', () => {
  test('a change is sent with its digits, the headers of its operation, and its parameters escaped', async () => {
    await using server = await startHttpServer((_request, response) => answerJson(response, {}));
    const body = parseJson('{"id": 9007199254740993, "name": "Zoë 🚲", "__proto__": 1}');

    await send(server.origin, {}, { parameters: { shelf: 'a/b?c#d é' }, body });

    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        path: '/l/things_api/shelf/a%2Fb%3Fc%23d%20%C3%A9/thing',
        body: '{"id":9007199254740993,"name":"Zoë 🚲","__proto__":1}',
        headers: {
          accept: MEDIA_TYPE,
          'content-type': 'application/json',
          'accept-language': 'nl-NL,nl;q=0.9',
          authorization: 'Bearer token-1',
          'content-length': '56',
        },
      },
    ]);
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)(
    'a change is sent with the method %s',
    async (method) => {
      await using server = await startHttpServer((_request, response) => void response.writeHead(204).end());

      const reply = await sendChange(
        clientFor(server.origin),
        operationWith({ method }),
        changeWith({ body: [1, 2] }),
        bounds(),
      );

      expect(reply).toEqual({ kind: 'answered', status: 204, errors: [], ids: {}, isHtml: false });
      expect(server.requests).toMatchObject([{ method, body: '[1,2]' }]);
    },
  );

  test('a change without a body is sent without a body and a content type', async () => {
    await using server = await startHttpServer((_request, response) => void response.writeHead(204).end());

    await sendChange(
      clientFor(server.origin),
      operationWith({ method: 'DELETE' }),
      changeWith({ body: undefined }),
      bounds(),
    );

    expect(server.requests[0]?.body).toBe('');
    expect(server.requests[0]?.headers).not.toHaveProperty('content-type');
  });

  test('a change asks for an answer that is not compressed', async () => {
    await using server = await startHttpServer((_request, response) => answerJson(response, {}));

    await send(server.origin);

    expect(server.requests[0]?.headers['accept-encoding']).toBe('identity');
  });

  test('a change is sent on a new connection', async () => {
    await using server = await startHttpServer((_request, response) => answerJson(response, {}));
    const client = clientFor(server.origin);

    await sendChange(client, operationWith(), changeWith(), bounds());
    await client.ask({
      method: 'GET',
      path: '/l/x',
      shownPath: '/l/x',
      mediaType: MEDIA_TYPE,
      about: 'x',
    });

    expect(server.requests.map(({ headers }) => headers.connection)).toEqual(['close', 'close']);
  });
});

describe('sendChange: the answer', () => {
  test.each([200, 201, 202])('an answer with status %i and ids gives the ids as text', async (status) => {
    const { reply } = await replyFrom(
      (_request, response) =>
        void response.writeHead(status, JSON_TYPE).end('{"thingId": 9007199254740993, "other": 1}'),
    );

    expect(reply).toEqual({
      kind: 'answered',
      status,
      errors: [],
      ids: { thingId: '9007199254740993' },
      isHtml: false,
    });
  });

  test('an answer gives the ids at the operation’s pointers, if they are texts or integers', async () => {
    await using server = await startHttpServer((_request, response) =>
      answerJson(response, {
        made: [{ 'a/b': 'x-1' }],
        null: null,
        part: 1.5,
        yes: true,
        map: {},
        empty: '',
        negative: -3,
      }),
    );
    const ids = {
      deep: '/made/0/a~1b',
      absent: '/made/1/id',
      null: '/null',
      part: '/part',
      yes: '/yes',
      map: '/map',
      empty: '/empty',
      negative: '/negative',
      inherited: '/toString',
    };

    const reply = await sendChange(clientFor(server.origin), operationWith({ ids }), changeWith(), bounds());

    expect(reply).toMatchObject({ ids: { deep: 'x-1', negative: '-3' } });
    expect(Object.keys((reply as { ids: object }).ids)).toEqual(['deep', 'negative']);
  });

  test.each<[string, number, Record<string, string>, string]>([
    ['a 200 without a body', 200, {}, ''],
    ['a 200 without a body that PHP calls HTML', 200, { 'content-type': 'text/html; charset=UTF-8' }, ''],
    ['a 201 with a line end', 201, JSON_TYPE, '\r\n'],
    ['a 200 that is known to be empty', 200, { 'content-length': '0' }, ''],
    ['a 204', 204, {}, ''],
    ['a null', 200, JSON_TYPE, 'null'],
    ['JSON that PHP calls HTML', 200, { 'content-type': 'text/html' }, '{"x": 1}'],
    ['JSON without a type', 200, {}, '[]'],
  ])('an answer that is %s has no errors', async (_name, status, headers, body) => {
    const { reply } = await replyFrom(
      (_request, response) => void response.writeHead(status, headers).end(body),
    );

    expect(reply).toEqual({ kind: 'answered', status, errors: [], ids: {}, isHtml: false });
  });

  test.each<[unknown, string[]]>([
    [
      ['Unknown campaign', 'Unknown theme'],
      ['Unknown campaign', 'Unknown theme'],
    ],
    ['It is wrong', ['It is wrong']],
    [
      { name: 'is empty', email: ['is empty', 'is no address'] },
      ['name: is empty', 'email: is empty', 'email: is no address'],
    ],
    [{ address: { town: 'unknown' } }, ['address.town: unknown']],
    [[{ field: 'name', message: 'is empty' }], ['field: name', 'message: is empty']],
    [{ name: [], email: null, town: '' }, []],
    [{ name: [''], email: [[null]] }, ['name: an error without a text', 'email: an error without a text']],
    [[{ name: [] }, ['']], ['an error without a text']],
    [[], []],
    [{}, []],
    [null, []],
    [false, []],
    [0, []],
    ['', []],
    [true, ['true']],
    [3, ['3']],
  ])('an answer with the errors %j says %j', async (errors, texts) => {
    const { reply } = await replyFrom((_request, response) => answerJson(response, { errors }));

    expect(reply).toMatchObject({ kind: 'answered', status: 200, errors: texts });
  });

  test.each<[unknown, string[]]>([
    [{ errors: [''] }, ['an error without a text']],
    [{ errors: [{}] }, ['an error without a text']],
    [{ errors: [null] }, ['an error without a text']],
    [{ error: [''] }, ['an error without a text']],
    [[{ errors: ['x'] }], ['x']],
    [
      [{ errors: ['x'] }, { error: 'y' }],
      ['x', 'y'],
    ],
    [{ error: { code: 'DUPLICATE' } }, ['code: DUPLICATE']],
    [{ error: 'Unknown campaign', errors: [] }, ['Unknown campaign']],
    [{ success: false }, ['success: false']],
    [{ error: null, success: true }, []],
    [[{ error: '' }, { id: 1 }], []],
  ])('an answer %j says %j', async (answer, texts) => {
    const { reply } = await replyFrom((_request, response) => answerJson(response, answer as object));

    expect(reply).toEqual({ kind: 'answered', status: 200, errors: texts, ids: {}, isHtml: false });
  });

  test.each<[string, number, string, unknown]>([
    ['a 207', 207, 'application/json', { results: [{ status: 200 }, { status: 422 }] }],
    ['a problem with status 200', 200, 'application/problem+json; charset=utf-8', { title: 'Conflict' }],
    ['a list of which one result failed', 200, 'application/json', [{ id: 1 }, { errors: ['x'] }]],
  ])('an answer that is %s leaves open what was applied', async (_name, status, type, answer) => {
    const { reply } = await replyFrom(
      (_request, response) =>
        void response.writeHead(status, { 'content-type': type }).end(JSON.stringify(answer)),
    );

    expect(reply).toMatchObject({ kind: 'answered', status, isMixed: true });
  });

  test('an answer with endless errors is kept within bounds, in whole characters', async () => {
    const errors = Array.from({ length: 80 }, () => `${'x'.repeat(499)}🚲`);
    const nested = `${'['.repeat(50_000)}"deep"${']'.repeat(50_000)}`;
    await using server = await startHttpServer(
      (_request, response) =>
        void response
          .writeHead(400, JSON_TYPE)
          .end(`{"errors": {"all": ${JSON.stringify(errors)}, "deep": ${nested}}}`),
    );

    const reply = await send(server.origin);

    const texts = reply.kind === 'answered' ? reply.errors : [];
    expect(texts).toHaveLength(50);
    expect(texts.every((text) => text.length <= 500 && text.isWellFormed())).toBe(true);
  });

  test('an answer whose errors lie too deep still has errors', async () => {
    const { reply } = await replyFrom(
      (_request, response) =>
        void response
          .writeHead(200, JSON_TYPE)
          .end(`{"errors": ${'['.repeat(50_000)}"deep"${']'.repeat(50_000)}}`),
    );

    expect(reply).toMatchObject({ status: 200, errors: ['…'] });
  });

  test.each([302, 400, 403, 404, 408, 409, 422, 429, 500, 502, 503])(
    'an answer with status %i is taken as it is, and nothing is repeated',
    async (status) => {
      const { reply, requests } = await replyFrom((_request, response) =>
        answerJson(response, { errors: ['No'] }, status, { location: '/elsewhere' }),
      );

      expect(reply).toEqual({ kind: 'answered', status, errors: ['No'], ids: {}, isHtml: false });
      expect(requests).toBe(1);
    },
  );

  test.each([200, 403, 404, 503])(
    'an answer that is an HTML page with status %i is told apart',
    async (status) => {
      const { reply } = await replyFrom(
        (_request, response) =>
          void response.writeHead(status, { 'content-type': 'text/html' }).end('<html>Log in</html>'),
      );

      expect(reply).toEqual({ kind: 'answered', status, errors: [], ids: {}, isHtml: true });
    },
  );

  test.each<[string, Failing]>([
    [
      'cut short',
      (response) => void response.writeHead(400, JSON_TYPE).write('{"err', () => response.destroy()),
    ],
    ['not JSON', (response) => void response.writeHead(400, JSON_TYPE).end('{"err')],
    ['not UTF-8', (response) => void response.writeHead(400, JSON_TYPE).end(Buffer.from([0x22, 0xff, 0x22]))],
    ['too large', (response) => void response.writeHead(400, JSON_TYPE).end(`"${'x'.repeat(5_000)}"`)],
  ])('an answer that refuses the change does so even if its body is %s', async (_name, fail) => {
    const { reply } = await replyFrom((_request, response) => fail(response), {
      limits: { largestBodyBytes: 4_000 },
    });

    expect(reply).toEqual({ kind: 'answered', status: 400, errors: [], ids: {}, isHtml: false });
  });

  test.each([429, 503])(
    'an answer with status %i asks for a pause, which holds up the next change',
    async (status) => {
      await using server = await startHttpServer((_request, response) =>
        answerJson(response, {}, status, { 'retry-after': '3600' }),
      );
      const client = clientFor(server.origin);

      const first = await sendChange(client, operationWith(), changeWith(), bounds());
      const second = await sendChange(client, operationWith(), changeWith({ changeId: 'chg-2' }), bounds());

      expect(first).toMatchObject({ kind: 'answered', status, retryAfterMs: 3_600_000 });
      expect(second).toMatchObject({
        kind: 'notSent',
        reason: expect.stringMatching(/^THROTTLED .*change chg-2.*not sent/),
        retryAfterMs: expect.any(Number),
      });
      expect((second as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(3_590_000);
      expect(server.requests).toHaveLength(1);
    },
  );
});

describe('sendChange: a 401', () => {
  test('a 401 is answered by one more attempt with a new token', async () => {
    await using server = await startHttpServer(({ headers }, response) =>
      answerJson(response, {}, headers.authorization === 'Bearer token-1' ? 401 : 201),
    );

    const reply = await send(server.origin);

    expect(reply).toMatchObject({ kind: 'answered', status: 201 });
    expect(server.requests.map(({ headers, body }) => [headers.authorization, body])).toEqual([
      ['Bearer token-1', '{"name":"Ada"}'],
      ['Bearer token-2', '{"name":"Ada"}'],
    ]);
  });

  test.each([400, 403])('a token that a %i refuses by its header is replaced too', async (status) => {
    const challenge = { 'www-authenticate': 'Bearer error="invalid_token"' };
    await using server = await startHttpServer(({ headers }, response) =>
      headers.authorization === 'Bearer token-1'
        ? answerJson(response, {}, status, challenge)
        : answerJson(response, {}, 201),
    );

    const reply = await send(server.origin);

    expect(reply).toMatchObject({ kind: 'answered', status: 201 });
    expect(reply).not.toHaveProperty('refusedTokens');
    expect(server.requests).toHaveLength(2);
  });

  test.each([401, 400])('a refusal of both tokens by a %i is said to be one', async (status) => {
    const { reply } = await replyFrom((_request, response) =>
      answerJson(response, { error: 'invalid_token' }, status),
    );

    expect(reply).toMatchObject({ kind: 'answered', status, refusedTokens: 2 });
  });

  test('a 401 that stays is the answer', async () => {
    const { reply, requests } = await replyFrom((_request, response) => answerJson(response, {}, 401));

    expect(reply).toMatchObject({ kind: 'answered', status: 401 });
    expect(requests).toBe(2);
  });

  test('a 401 followed by a lost answer is lost', async () => {
    const { reply } = await replyFrom(({ headers }, response) =>
      headers.authorization === 'Bearer token-1' ? answerJson(response, {}, 401) : void response.destroy(),
    );

    expect(reply).toMatchObject({ kind: 'lost' });
  });

  test('a 401 followed by a refused token means that nothing was sent', async () => {
    await using server = await startHttpServer(({ path }, response) => {
      if (path !== '/l/oauth2/token') return answerJson(response, {}, 401);
      const isFirst = server.paths.length === 1;
      answerJson(
        response,
        isFirst ? { access_token: 'a' } : { error: 'invalid_client' },
        isFirst ? 200 : 401,
      );
    });
    const token = createTokenSource({
      tokenUrl: `${server.origin}/l/oauth2/token`,
      scopes: ['x'],
      readCredentials: async () => ({ clientId: 'id', clientSecret: 'secret' }),
      limits: QUICK,
    });

    const reply = await send(server.origin, { token });

    expect(reply).toMatchObject({ kind: 'notSent', reason: expect.stringMatching(/^CREDENTIALS_REFUSED /) });
  });
});

describe('sendChange: not sent', () => {
  test('a change to a closed port is not sent', async () => {
    const closed = await startTcpServer(() => {});
    await closed[Symbol.asyncDispose]();

    const reply = await send(`http://${closed.address}`);

    expect(reply).toMatchObject({
      kind: 'notSent',
      reason: expect.stringMatching(/^HOST_UNREACHABLE .*the connection was refused \(ECONNREFUSED\)$/),
    });
  });

  test('a change is not sent if the proxy that is to pass it on opens a tunnel and then says nothing', async () => {
    await using proxy = await startTcpServer((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    });
    const direct = https.globalAgent;
    https.globalAgent = new https.Agent({ proxyEnv: { https_proxy: `http://${proxy.address}` } });
    try {
      const reply = await send('https://nothing.invalid', { limits: { attemptMs: 200 } });

      expect(reply).toMatchObject({
        kind: 'notSent',
        reason: expect.stringMatching(/ no whole answer within 0\.2 s$/),
      });
    } finally {
      https.globalAgent = direct;
    }
  });

  test('a change to an unknown host is not sent', async () => {
    const reply = await send('http://nothing.invalid');

    expect(reply).toMatchObject({ kind: 'notSent', reason: expect.stringMatching(/^HOST_UNREACHABLE /) });
  });

  test('a change is not sent if TLS is answered otherwise, reset or stalled', async () => {
    await using plain = await startTcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await using resetting = await startTcpServer((socket) => {
      socket.once('data', () => socket.resetAndDestroy());
    });
    await using silent = await startTcpServer(() => {});

    const replies = await Promise.all([
      send(`https://${plain.address}`),
      send(`https://${resetting.address}`),
      send(`https://${silent.address}`, { limits: { attemptMs: 200 } }),
    ]);

    expect(replies.map(({ kind }) => kind)).toEqual(['notSent', 'notSent', 'notSent']);
  });

  test('a change without a token is not sent, for the token’s own reason', async () => {
    await using server = await startHttpServer((_request, response) =>
      answerJson(response, { error: 'invalid_scope' }, 400),
    );
    const token = createTokenSource({
      tokenUrl: `${server.origin}/l/oauth2/token`,
      scopes: ['things/write'],
      readCredentials: async () => ({ clientId: 'id', clientSecret: 'secret' }),
      limits: QUICK,
    });

    const reply = await send(server.origin, { token });

    expect(reply).toMatchObject({
      kind: 'notSent',
      reason: expect.stringMatching(/^ACCESS_DENIED .*things\/write/),
    });
    expect(server.paths).toEqual(['/l/oauth2/token']);
  });

  test('a change that is stopped before its turn is not sent', async () => {
    await using server = await startHttpServer((_request, response) => answerJson(response, {}));
    const stop = new AbortController();
    const token = {
      ...countingTokens(),
      get: () =>
        new Promise<string>((_, reject) => {
          stop.signal.addEventListener('abort', () => reject(stop.signal.reason));
        }),
    };

    const sending = sendChange(
      clientFor(server.origin, { token }),
      operationWith(),
      changeWith(),
      bounds(stop.signal),
    );
    stop.abort();
    const reply = await sending;

    expect(reply).toMatchObject({ kind: 'notSent', reason: 'the push was stopped', retryAfterMs: 0 });
    expect(server.requests).toEqual([]);
  });

  test('a change whose time is used up before its attempt is not sent', async () => {
    await using server = await startHttpServer((_request, response) => answerJson(response, {}));
    const late = { ...bounds(), endMs: Date.now() + (QUICK.attemptMs ?? 0) - 1 };

    const reply = await sendChange(clientFor(server.origin), operationWith(), changeWith(), late);

    expect(reply).toMatchObject({ kind: 'notSent', reason: 'its turn did not come in time' });
    expect(server.requests).toEqual([]);
  });

  test('a change that would begin too late to end in time is not sent', async () => {
    await using server = await startHttpServer((_request, response) => answerJson(response, {}));
    const client = clientFor(server.origin, {
      requestsPerSecond: 0.01,
      limits: { attemptMs: 5_000 },
    });
    const request = {
      method: 'POST' as const,
      path: '/l/x',
      shownPath: '/l/x',
      mediaType: MEDIA_TYPE,
      about: 'x',
      endMs: Date.now() + 8_000,
      stop: new AbortController().signal,
    };

    const sent = await Promise.all([client.send(request), client.send(request)]);

    expect(sent).toMatchObject([
      { kind: 'answered' },
      { kind: 'notSent', reason: 'its turn did not come in time' },
    ]);
    expect(server.requests).toHaveLength(1);
  });
});

describe('sendChange: lost', () => {
  test.each<[string, Failing, RegExp]>([
    ['a reset', (response) => void response.socket?.resetAndDestroy(), /^UNAVAILABLE .*the connection broke/],
    ['a closed connection', (response) => void response.destroy(), /^UNAVAILABLE .*the connection broke/],
    ['silence', () => {}, /^UNAVAILABLE .*no whole answer within 2 s$/],
    ['no HTTP', (response) => void response.socket?.end('no\r\n\r\n'), /^RESPONSE_INVALID .*it is not HTTP/],
    [
      'a 200 that is cut short',
      (response) => void response.writeHead(200, JSON_TYPE).write('{"thing', () => response.destroy()),
      /^UNAVAILABLE answered 200, but .*the connection broke/,
    ],
    [
      'a 200 that stalls',
      (response) => void response.writeHead(200, JSON_TYPE).write('{"thing'),
      /^UNAVAILABLE answered 200, but .*no whole answer/,
    ],
    [
      'a 200 that is not JSON',
      (response) => void response.writeHead(200, JSON_TYPE).end('<b>Warning</b> {"thingId": 1}'),
      /^RESPONSE_INVALID answered 200 with something that is not JSON$/,
    ],
    [
      'a 201 that is too large',
      (response) => void response.writeHead(201, JSON_TYPE).end(`"${'x'.repeat(5_000)}"`),
      /^RESPONSE_INVALID answered 201, but .*larger than 4000 bytes$/,
    ],
    [
      'a 200 that is not UTF-8',
      (response) => void response.writeHead(200, JSON_TYPE).end(Buffer.from([0x22, 0xff, 0x22])),
      /^RESPONSE_INVALID answered 200, but .*not UTF-8$/,
    ],
  ])('a change is lost with %s, and not sent again', async (_name, fail, reason) => {
    const { reply, requests } = await replyFrom((_request, response) => fail(response), {
      limits: { attemptMs: 2_000, largestBodyBytes: 4_000 },
    });

    expect(reply).toEqual({ kind: 'lost', reason: expect.stringMatching(reason) });
    expect(requests).toBe(1);
  });

  const cut = (compressed: Buffer) => compressed.subarray(0, 2);

  const EMPTY = /^UNAVAILABLE answered 200, but .*an answer with nothing in it may be cut short$/;
  const CUT =
    /^UNAVAILABLE answered 200, but .*the connection broke \(Z_BUF_ERROR\); expected a whole answer$/;

  test.each<[string, string, Buffer, RegExp?]>([
    ['ends with its connection', '', Buffer.alloc(0), EMPTY],
    ['ends with its connection, after a line end', '', Buffer.from('\r\n'), EMPTY],
    ['is gzip that has nothing', 'Content-Encoding: gzip', Buffer.alloc(0)],
    ['is gzip cut short', 'Content-Encoding: gzip', cut(gzipSync(ERRORS))],
    [
      'is gzip cut short, with a length',
      'Content-Encoding: gzip\r\nContent-Length: 2',
      cut(gzipSync(ERRORS)),
    ],
    ['is brotli cut short', 'Content-Encoding: br', cut(brotliCompressSync(ERRORS))],
    ['is deflate cut short', 'Content-Encoding: deflate', cut(deflateSync(ERRORS))],
  ])('a change is lost with an empty 200 that %s', async (_name, header, body, reason = CUT) => {
    await using server = await startTcpServer((socket) => {
      const head = ['HTTP/1.1 200 OK', 'Content-Type: application/json', 'Connection: close', header];
      const text = `${head.filter((line) => line !== '').join('\r\n')}\r\n\r\n`;
      socket.once('data', () => socket.end(Buffer.concat([Buffer.from(text), body])));
    });

    const reply = await send(`http://${server.address}`);

    expect(reply).toEqual({ kind: 'lost', reason: expect.stringMatching(reason) });
  });

  test('a change that is stopped after it was sent still gets its answer', async () => {
    const stop = new AbortController();
    let answer = () => {};
    await using server = await startHttpServer((_request, response) => {
      answer = () => answerJson(response, {});
    });

    const sending = sendChange(clientFor(server.origin), operationWith(), changeWith(), bounds(stop.signal));
    await until(() => server.requests.length === 1);
    stop.abort();
    answer();
    const reply = await sending;

    expect(reply).toMatchObject({ kind: 'answered', status: 200 });
  });

  test('each of several changes in flight gets its own result', async () => {
    await using server = await startHttpServer(({ body }, response) =>
      body === '1' ? void response.destroy() : answerJson(response, {}),
    );
    const closed = await startTcpServer(() => {});
    await closed[Symbol.asyncDispose]();

    const replies = await Promise.all([
      send(server.origin, {}, { body: 1 }),
      send(`http://${closed.address}`, {}, { body: 1 }),
      send(server.origin, {}, { body: 2 }),
    ]);

    expect(replies.map(({ kind }) => kind)).toEqual(['lost', 'notSent', 'answered']);
  });
});

test('a reply shows neither the body, nor a parameter, nor the token', async () => {
  const fails: Handler[] = [
    (_request, response) => void response.writeHead(200, JSON_TYPE).end('the-value'),
    (_request, response) => void response.destroy(),
    (_request, response) =>
      void response.writeHead(200, JSON_TYPE).write('the-value', () => response.destroy()),
    () => {},
    (_request, response) => answerJson(response, { errors: [] }, 302, { location: '/?x=the-value' }),
  ];

  const replies = await Promise.all(fails.map((fail) => replyFrom(fail, { limits: { attemptMs: 2_000 } })));

  expect(inspect(replies, { depth: 9 })).not.toMatch(/Ada|top-secret|token-1|the-value/);
});
