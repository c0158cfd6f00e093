import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { SIMULATOR_CREDENTIALS, type Simulator, startSimulator } from '../../../local/simulator/simulator.ts';
import { DEFAULT_SWITCHES, type Switches } from '../../../local/simulator/switches.ts';
import { consentAt, post } from '../../support/consent.ts';
import { read } from './api.ts';

const REDIRECT = 'http://127.0.0.1:8400/callback';
const OLDER = { grant_type: 'code', redirect_url: REDIRECT };
const NEWER = { response_type: 'code', redirect_uri: REDIRECT };

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ relations: 10 });
});
beforeEach(() => simulator.control.switches(DEFAULT_SWITCHES as Switches));
afterAll(() => simulator.close());

/** Returns the address of the authorization page to which a client sends its users. */
function address(parameters: Record<string, string>): string {
  const query = new URLSearchParams({
    client_id: 'simulator',
    scope: 'openid profile engagement/read',
    state: 's',
    ...parameters,
  });
  return `${simulator.url}/l/oauth2/authorize?${query}`;
}

const codeFor = async (parameters: Record<string, string> = NEWER) =>
  new URL(await consentAt(address(parameters))).searchParams.get('code') ?? '';

async function ask(form: Record<string, string>) {
  const { clientId, clientSecret } = SIMULATOR_CREDENTIALS;
  const full = { client_id: clientId, client_secret: clientSecret, ...form };
  return read(await post(`${simulator.url}/l/oauth2/token`, full));
}

const exchange = (code: string, fields: Record<string, string> = {}) =>
  ask({ grant_type: 'authorization_code', code, ...fields });

describe('the authorization page', () => {
  test.each([
    ['older, as its template has it', OLDER, 'code'],
    ['older, as its example has it', { response_type: 'code', redirect_url: REDIRECT }, 'code'],
    ['newer', NEWER, 'authorization_code'],
  ])(
    'the authorization page accepts the %s dialect, and its code gets a token',
    async (_name, parameters, grantType) => {
      const callback = new URL(await consentAt(address(parameters)));
      const { json } = await exchange(callback.searchParams.get('code') ?? '', { grant_type: grantType });

      expect(callback.origin + callback.pathname).toBe(REDIRECT);
      expect(callback.searchParams.get('state')).toBe('s');
      expect(Object.keys(json)).toEqual(['access_token']);
    },
  );

  test('the authorization page sends a refusal to the client', async () => {
    const callback = await consentAt(address(NEWER), { decision: 'refuse' });

    expect(callback).toBe(`${REDIRECT}?error=access_denied&state=s`);
  });

  test.each([
    ['an unknown client', { ...NEWER, client_id: 'other' }],
    ['no redirect url', { response_type: 'code' }],
    ['one that is not registered', { ...NEWER, redirect_uri: 'https://evil.example/' }],
    ['one that differs in a letter', { ...NEWER, redirect_uri: `${REDIRECT}/` }],
  ])(
    'the authorization page answers %s with an error page and does not redirect',
    async (_name, parameters) => {
      const response = await fetch(address(parameters), { redirect: 'manual' });

      expect([response.status, response.headers.get('location')]).toEqual([400, null]);
      expect(await response.text()).toContain('Invalid request');
    },
  );

  test('the authorization page refuses a dialect that is switched off', async () => {
    simulator.control.switches({ oauthDialect: 'newer' });
    const response = await fetch(address(OLDER));
    const { json } = await exchange('any', { grant_type: 'code' });

    expect(response.status).toBe(400);
    expect(json).toEqual({ error: 'unsupported_grant_type' });
  });

  test.each([
    ['unsupported_response_type', { ...NEWER, response_type: 'token' }],
    ['invalid_request', { ...NEWER, code_challenge: 'c', code_challenge_method: 'plain' }],
    ['invalid_scope', { ...NEWER, scope: 'nonsense' }],
  ])('the authorization page sends %s to the client', async (error, parameters) => {
    simulator.control.switches({ unknownScope: 'refused' });

    const response = await fetch(address(parameters), { redirect: 'manual' });

    expect(response.headers.get('location')).toBe(`${REDIRECT}?error=${error}&state=s`);
  });

  test('the authorization page refuses a wrong password and an unknown user', async () => {
    const wrong = await post(address(NEWER), { email: 'nobody.1@example.com', password: 'simulator' });
    const page = await wrong.text();

    expect(page).toContain('There is no user with this e-mail and password.');
    expect(page).not.toContain('sign_in');
  });

  test('the authorization page accepts a decision once', async () => {
    const url = address(NEWER);
    const email = /value="([^"]+@example\.com)"/.exec(await (await fetch(url)).text())?.[1] ?? '';
    const page = await (await post(url, { email, password: 'simulator' })).text();
    const signIn = { sign_in: /name="sign_in" value="([^"]+)"/.exec(page)?.[1] ?? '' };

    const statuses = [
      (await post(url, { ...signIn, decision: 'approve' })).status,
      (await post(url, { ...signIn, decision: 'approve' })).status,
    ];

    expect(statuses).toEqual([302, 400]);
  });

  test('the authorization page escapes the parameters of the client', async () => {
    const page = await (await post(address({ ...NEWER }), { email: '"><script>', password: '' })).text();

    expect(page).not.toContain('<script>');
  });

  test('the authorization page leaves out the state when state is dropped', async () => {
    simulator.control.switches({ state: 'dropped' });

    expect(await consentAt(address(NEWER))).not.toContain('state');
  });
});

describe('a code', () => {
  test('a code is single-use', async () => {
    const code = await codeFor();

    const answers = [await exchange(code), await exchange(code)];

    expect(answers.map(({ status }) => status)).toEqual([200, 400]);
    expect(answers[1]?.json).toEqual({ error: 'invalid_grant' });
  });

  test('a code expires', async () => {
    simulator.control.switches({ codeLifetimeSeconds: 0 });

    expect((await exchange(await codeFor())).json).toEqual({ error: 'invalid_grant' });
  });

  test('a code is valid for its redirect url only, which must be repeated when redirectUrlAgain is required', async () => {
    const other = await exchange(await codeFor(), { redirect_uri: 'https://example.com/callback' });
    const same = await exchange(await codeFor(), { redirect_uri: REDIRECT });
    simulator.control.switches({ redirectUrlAgain: 'required' });
    const none = await exchange(await codeFor());

    expect([other.json, same.status, none.json]).toEqual([
      { error: 'invalid_grant' },
      200,
      { error: 'invalid_request' },
    ]);
  });

  test('a code with a challenge needs the verifier, unless pkce is ignored', async () => {
    const code_challenge = createHash('sha256').update('v').digest('base64url');
    const challenge = { ...NEWER, code_challenge, code_challenge_method: 'S256' };

    const right = await exchange(await codeFor(challenge), { code_verifier: 'v' });
    const wrong = await exchange(await codeFor(challenge), { code_verifier: 'w' });
    const none = await exchange(await codeFor(challenge));
    simulator.control.switches({ pkce: 'ignored' });
    const ignored = await exchange(await codeFor(challenge));

    expect([right, wrong, none, ignored].map(({ status }) => status)).toEqual([200, 400, 400, 200]);
  });
});

describe("a user's token", () => {
  test('the token of a user gives userinfo with an integer sub', async () => {
    const url = address(NEWER);
    const emailOf = (id: number) => simulator.control.get('relation', id)?.email_addresses as string[];
    const { json } = await exchange(
      new URL(await consentAt(url, { email: emailOf(3)[0] })).searchParams.get('code') ?? '',
    );

    const user = await read(
      await fetch(`${simulator.url}/l/oauth2/userinfo`, {
        headers: { authorization: `Bearer ${json.access_token}` },
      }),
    );

    expect(user.json).toMatchObject({ sub: 3, given_name: expect.any(String) });
  });

  test.each([
    ['rotating', [200, 400], true],
    ['lasting', [200, 200], false],
  ] as const)('is renewed with what is %s', async (refreshTokens, statuses, isNew) => {
    simulator.control.switches({ refreshTokens, userTokenReplyFields: ['expires_in', 'scope'] });
    const { json } = await exchange(await codeFor());
    const renew = () => ask({ grant_type: 'refresh_token', refresh_token: json.refresh_token });

    const [first, second] = [await renew(), await renew()];

    expect(json).toMatchObject({ expires_in: 3600, scope: 'openid profile engagement/read' });
    expect([first.status, second.status]).toEqual(statuses);
    expect(first.json.refresh_token !== undefined).toBe(isNew);
    expect(first.json.access_token).not.toBe(json.access_token);
  });

  test('the token of a user has no refresh token by default', async () => {
    const { json } = await ask({ grant_type: 'refresh_token', refresh_token: 'any' });

    expect(json).toEqual({ error: 'unsupported_grant_type' });
  });
});
