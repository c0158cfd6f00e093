import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { AuthorizationCodeGrant } from '../../../../lambda/core/token/authorization.ts';
import {
  exchangeCode,
  readCallback,
  requestConsent,
} from '../../../../lambda/procurios/token/authorization.ts';
import { answerJson, startHttpServer } from '../../../support/http-server.ts';
import { QUICK } from '../http/setup.ts';

const AUTH: AuthorizationCodeGrant = {
  grant: 'authorizationCode',
  scopes: ['openid', 'contact_moment/view'],
  dialect: 'newer',
  authorizeUrl: 'https://acme.example.com/l/oauth2/authorize?tenant=7',
  redirectUrl: 'https://intranet.example.com/callback',
  repeatRedirectUrl: false,
  pkce: true,
  state: true,
};

describe('the address where a user consents', () => {
  test('has what the newer page asks for, and keeps what it had', () => {
    const { url, state, verifier = '' } = requestConsent(AUTH, 'abc123');

    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      tenant: '7',
      response_type: 'code',
      client_id: 'abc123',
      scope: 'openid contact_moment/view',
      redirect_uri: AUTH.redirectUrl,
      state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    expect(state).toMatch(/^[\w-]{43}$/);
    expect(verifier).toMatch(/^[\w-]{43}$/);
  });

  test('has what the template and the example of the older page ask for', () => {
    const { url } = requestConsent({ ...AUTH, dialect: 'older', pkce: false, state: false }, 'abc123');

    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      tenant: '7',
      grant_type: 'code',
      response_type: 'code',
      client_id: 'abc123',
      scope: 'openid contact_moment/view',
      redirect_url: AUTH.redirectUrl,
    });
  });

  test('is another one each time', () => {
    expect(requestConsent(AUTH, 'abc123').url).not.toBe(requestConsent(AUTH, 'abc123').url);
  });
});

describe('a callback', () => {
  const read = (query: string, address = AUTH.redirectUrl) =>
    readCallback(new URL(`${address}?${query}`), AUTH, { state: 'the-state' });

  test('gives its code', () => {
    expect(read('code=c%2F1%2B2&state=the-state')).toEqual({ kind: 'code', code: 'c/1+2' });
  });

  test('tells a refusal', () => {
    expect(read('error=access_denied&state=the-state')).toEqual({ kind: 'declined' });
  });

  test.each([
    ['of another origin', 'code=c&state=the-state', 'https://evil.example.com/callback', 'another address'],
    ['by http', 'code=c&state=the-state', 'http://intranet.example.com/callback', 'another address'],
    ['on another path', 'code=c&state=the-state', 'https://intranet.example.com/', 'another address'],
    ['without the state', 'code=c', AUTH.redirectUrl, 'carries no state'],
    ['with another state', 'code=c&state=the-statf', AUTH.redirectUrl, 'another state'],
    ['with a longer state', 'code=c&state=the-state2', AUTH.redirectUrl, 'another state'],
    ['with two states', 'code=c&state=the-state&state=other', AUTH.redirectUrl, 'another state'],
    ['that refuses, without the state', 'error=access_denied', AUTH.redirectUrl, 'carries no state'],
    ['with an error', 'error=invalid_scope&state=the-state', AUTH.redirectUrl, 'says invalid_scope'],
    ['with an error of its own', 'error=a+name&state=the-state', AUTH.redirectUrl, 'says an error'],
    ['without a code', 'state=the-state', AUTH.redirectUrl, 'carries no code'],
    ['with an empty code', 'code=&state=the-state', AUTH.redirectUrl, 'carries no code'],
    ['with two codes', 'code=a&code=b&state=the-state', AUTH.redirectUrl, 'carries no code'],
    ['with a code of two lines', 'code=a%0Ab&state=the-state', AUTH.redirectUrl, 'carries no code'],
    ['with an endless code', `code=${'c'.repeat(5000)}&state=the-state`, AUTH.redirectUrl, 'carries no code'],
  ])('%s is none', (_name, query, address, reason) => {
    const callback = read(query, address);

    expect(callback).toEqual({ kind: 'invalid', reason: expect.stringContaining(reason) });
  });

  test('needs no state where the server does not send it back', () => {
    const callback = readCallback(new URL(`${AUTH.redirectUrl}?code=c`), AUTH, { state: undefined });

    expect(callback).toEqual({ kind: 'code', code: 'c' });
  });
});

describe('an exchange', () => {
  const exchangeAt = (origin: string, auth: Partial<AuthorizationCodeGrant> = {}) =>
    exchangeCode({
      tokenUrl: `${origin}/l/oauth2/token`,
      auth: { ...AUTH, ...auth },
      code: 'the-code',
      verifier: 'the-verifier',
      readCredentials: async () => ({ clientId: 'abc123', clientSecret: 'dfe456' }),
      limits: QUICK,
    });

  test.each([
    ['newer', 'authorization_code', 'redirect_uri'],
    ['older', 'code', 'redirect_url'],
  ] as const)('in the %s dialect has grant_type=%s', async (dialect, grantType, redirect) => {
    await using server = await startHttpServer((_request, response) =>
      answerJson(response, { access_token: 'the-token' }),
    );

    const spent = await exchangeAt(server.origin, { dialect });
    await exchangeAt(server.origin, { dialect, repeatRedirectUrl: true });

    const [plain, repeating] = server.requests.map(({ body }) =>
      Object.fromEntries(new URLSearchParams(body)),
    );
    expect(plain).toEqual({
      grant_type: grantType,
      client_id: 'abc123',
      client_secret: 'dfe456',
      code: 'the-code',
      code_verifier: 'the-verifier',
    });
    expect(repeating).toEqual({ ...plain, [redirect]: AUTH.redirectUrl });
    expect(spent).toMatchObject({ kind: 'granted', grant: { accessToken: 'the-token' } });
  });

  test.each([
    ['a redirect', 307, '', 'text/plain', 'NOT_PROCURIOS'],
    ['a page', 200, '<p>Log in</p>', 'text/html', 'NOT_PROCURIOS'],
    ['a page that refuses', 403, '<p>the-code is blocked</p>', 'text/html', 'NOT_PROCURIOS'],
    ['more than any token', 200, `"${'a'.repeat(1_100_000)}"`, 'application/json', 'RESPONSE_INVALID'],
    ['no token', 200, '{"access_token": ["the-code"]}', 'application/json', 'RESPONSE_INVALID'],
    ['half a token', 200, '{"access_token": "the-', 'application/json', 'RESPONSE_INVALID'],
  ])(
    'answered with %s has spent the code, and goes nowhere else',
    async (_name, status, text, type, code) => {
      await using elsewhere = await startHttpServer((_request, response) =>
        answerJson(response, { access_token: 'the-token' }),
      );
      await using server = await startHttpServer(
        (_request, response) =>
          void response
            .writeHead(status, { 'content-type': type, location: `${elsewhere.origin}/token` })
            .end(text),
      );

      const spent = await exchangeAt(server.origin);

      expect(spent).toMatchObject({ kind: 'failed', isVoid: true, failure: { code } });
      expect(JSON.stringify(spent)).not.toContain('the-code');
      expect([server.requests.length, elsewhere.requests.length]).toEqual([1, 0]);
    },
  );

  test('is sent again where nobody handled it, and only then', async () => {
    const answers = [503, 429, 500];
    await using server = await startHttpServer((_request, response) =>
      answerJson(response, {}, answers.shift(), { 'retry-after': '0' }),
    );

    const spent = await exchangeAt(server.origin);

    expect(spent).toMatchObject({ kind: 'failed', isVoid: true, failure: { code: 'UNAVAILABLE' } });
    expect(server.requests).toHaveLength(3);
  });
});
