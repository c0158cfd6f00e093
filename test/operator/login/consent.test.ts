import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { AuthorizationCodeGrant } from '../../../lambda/core/token/authorization.ts';
import { readCallback, requestConsent } from '../../../operator/login/consent.ts';

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

describe('requestConsent', () => {
  test('the consent address follows the newer page, and keeps its other parameters', () => {
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

  test('the consent address follows both the template and the example of the older page', () => {
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

  test('each login gets another consent address', () => {
    expect(requestConsent(AUTH, 'abc123').url).not.toBe(requestConsent(AUTH, 'abc123').url);
  });
});

describe('readCallback', () => {
  const read = (query: string, address = AUTH.redirectUrl) =>
    readCallback(new URL(`${address}?${query}`), AUTH, { state: 'the-state' });

  test('a callback gives its code', () => {
    expect(read('code=c%2F1%2B2&state=the-state')).toEqual({ kind: 'code', code: 'c/1+2' });
  });

  test('a callback with access_denied is the user’s refusal', () => {
    expect(read('error=access_denied&state=the-state')).toEqual({ kind: 'declined' });
  });

  test.each([
    ['to another origin', 'code=c&state=the-state', 'https://evil.example.com/callback', 'another address'],
    ['by http', 'code=c&state=the-state', 'http://intranet.example.com/callback', 'another address'],
    ['to another path', 'code=c&state=the-state', 'https://intranet.example.com/', 'another address'],
    ['without the state', 'code=c', AUTH.redirectUrl, 'carries no state'],
    ['with another state', 'code=c&state=the-statf', AUTH.redirectUrl, 'another state'],
    ['with a longer state', 'code=c&state=the-state2', AUTH.redirectUrl, 'another state'],
    ['with two states', 'code=c&state=the-state&state=other', AUTH.redirectUrl, 'another state'],
    ['that refuses, without the state', 'error=access_denied', AUTH.redirectUrl, 'carries no state'],
  ])('a callback %s does not belong to the login', (_name, query, address, reason) => {
    const callback = read(query, address);

    expect(callback).toEqual({ kind: 'foreign', reason: expect.stringContaining(reason) });
  });

  test.each([
    ['with an error', 'error=invalid_scope&state=the-state', AUTH.redirectUrl, 'says invalid_scope'],
    ['with an unregistered error', 'error=a+name&state=the-state', AUTH.redirectUrl, 'says an error'],
    ['without a code', 'state=the-state', AUTH.redirectUrl, 'carries no code'],
    ['with an empty code', 'code=&state=the-state', AUTH.redirectUrl, 'carries no code'],
    ['with two codes', 'code=a&code=b&state=the-state', AUTH.redirectUrl, 'carries no code'],
    ['with a code of two lines', 'code=a%0Ab&state=the-state', AUTH.redirectUrl, 'carries no code'],
    ['with an endless code', `code=${'c'.repeat(5000)}&state=the-state`, AUTH.redirectUrl, 'carries no code'],
  ])('a callback %s is invalid', (_name, query, address, reason) => {
    const callback = read(query, address);

    expect(callback).toEqual({ kind: 'invalid', reason: expect.stringContaining(reason) });
  });

  test('a callback needs no state if the server does not send it back', () => {
    const callback = readCallback(new URL(`${AUTH.redirectUrl}?code=c`), AUTH, { state: undefined });

    expect(callback).toEqual({ kind: 'code', code: 'c' });
  });

  test('without a state, a visit with neither a code nor an error does not belong to the login', () => {
    const callback = readCallback(new URL(AUTH.redirectUrl), AUTH, { state: undefined });

    expect(callback).toEqual({ kind: 'foreign', reason: 'the callback carries no code' });
  });
});
