import { describe, expect, test } from '@jest/globals';
import type { AuthorizationCodeGrant } from '../../../lambda/core/token/authorization.ts';
import { exchangeCode } from '../../../operator/login/exchange-code.ts';
import { QUICK } from '../../lambda/procurios/http/setup.ts';
import { answerJson, startHttpServer } from '../../support/http-server.ts';

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

describe('exchangeCode', () => {
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
  ] as const)('an exchange in the %s dialect has grant_type=%s', async (dialect, grantType, redirect) => {
    await using server = await startHttpServer((_request, response) =>
      answerJson(response, { access_token: 'the-token' }),
    );

    const result = await exchangeAt(server.origin, { dialect });
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
    expect(result).toMatchObject({ kind: 'granted', token: { accessToken: 'the-token' } });
  });

  test.each([
    ['a redirect', 307, '', 'text/plain', 'NOT_PROCURIOS'],
    ['a page', 200, '<p>Log in</p>', 'text/html', 'NOT_PROCURIOS'],
    ['a page that refuses', 403, '<p>the-code is blocked</p>', 'text/html', 'NOT_PROCURIOS'],
    ['more than any token', 200, `"${'a'.repeat(1_100_000)}"`, 'application/json', 'RESPONSE_INVALID'],
    ['no token', 200, '{"access_token": ["the-code"]}', 'application/json', 'RESPONSE_INVALID'],
    ['half a token', 200, '{"access_token": "the-', 'application/json', 'RESPONSE_INVALID'],
  ])(
    'an exchange answered with %s makes the code void, and is sent to no other server',
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

      const result = await exchangeAt(server.origin);

      expect(result).toMatchObject({ kind: 'failed', isVoid: true, failure: { code } });
      expect(JSON.stringify(result)).not.toContain('the-code');
      expect([server.requests.length, elsewhere.requests.length]).toEqual([1, 0]);
    },
  );

  test('an exchange that the server was temporarily unable to handle is sent again', async () => {
    let isFirst = true;
    await using server = await startHttpServer((_request, response) => {
      if (!isFirst) return answerJson(response, { access_token: 'the-token' });
      isFirst = false;
      answerJson(response, { error: 'temporarily_unavailable' }, 400);
    });

    const result = await exchangeAt(server.origin);

    expect(result).toMatchObject({ kind: 'granted', token: { accessToken: 'the-token' } });
  });

  test('an exchange is sent again only if the server did not handle it', async () => {
    const answers = [503, 429, 500];
    await using server = await startHttpServer((_request, response) =>
      answerJson(response, {}, answers.shift(), { 'retry-after': '0' }),
    );

    const result = await exchangeAt(server.origin);

    expect(result).toMatchObject({ kind: 'failed', isVoid: true, failure: { code: 'UNAVAILABLE' } });
    expect(server.requests).toHaveLength(3);
  });
});
