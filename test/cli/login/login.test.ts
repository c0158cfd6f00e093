import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { SIMULATOR_CREDENTIALS, type Simulator, startSimulator } from '../../../local/simulator/simulator.ts';
import { DEFAULT_SWITCHES, type Switches } from '../../../local/simulator/switches.ts';
import {
  environmentFor,
  newFolder,
  type Running,
  run,
  type Setting,
  start,
  waitUntil,
  writeConfig,
} from '../../support/command-line.ts';
import { LAUNCHER, startProcess } from '../../support/command-process.ts';
import { consentAt, post, visit } from '../../support/consent.ts';
import { freePort } from '../../support/http-server.ts';
import { shareEndpoints } from '../../support/kept-endpoints.ts';
import { MOMENTS_STREAM } from '../../support/moments-stream.ts';

const ELSEWHERE = 'https://example.com/callback';
const STORED = join('.procurios-sync', 'user-acme.json');
const CONFIG = {
  environment: 'acme',
  host: 'https://acme.example.com',
  auth: { grant: 'authorizationCode', scopes: ['openid', 'contact_moment/view'], pkce: true },
  requestsPerSecond: { pull: 1000 },
  streams: [MOMENTS_STREAM],
};

shareEndpoints();

let simulator: Simulator;
let setting: Setting;
let redirectUrl: string;
beforeAll(async () => {
  simulator = await startSimulator({ relations: 50 });
});
afterAll(() => simulator.close());
beforeEach(async () => {
  redirectUrl = `http://127.0.0.1:${await freePort()}/callback`;
  simulator.control.clearFaults();
  simulator.control.resetRequests();
  simulator.control.switches({ ...(DEFAULT_SWITCHES as Switches), redirectUrls: [redirectUrl, ELSEWHERE] });
  await configure({});
});

/** In a folder of its own: a config file is loaded once in a process. */
async function configure(auth: object): Promise<void> {
  setting = { cwd: await newFolder('login'), env: { PROCURIOS_HOST: simulator.url } };
  await writeConfig(setting.cwd, { ...CONFIG, auth: { ...CONFIG.auth, redirectUrl, ...auth } });
}

/** A login that has printed where the user is to go. */
interface Asking extends Running {
  readonly url: string;
}

async function startLogin(args: readonly string[] = [], how: Partial<Setting> = {}): Promise<Asking> {
  const login = start(['login', '--embedded', '--no-browser', ...args], { ...setting, ...how });
  await login.showsOnStderr(WAITS);
  return { ...login, url: addressIn(login.stderr()) };
}

const WAITS = /waiting for the browser|paste that whole address/;
const addressIn = (stderr: string) => /http:\S+authorize\S+/.exec(stderr)?.[0] ?? '';

/** Logs in by the loopback address. */
async function logIn(args: readonly string[] = []) {
  const login = await startLogin(args);
  const page = await visit(await consentAt(login.url));
  return { page, ended: await login.ended, url: login.url };
}

const storedToken = async () => JSON.parse(await readFile(join(setting.cwd, STORED), 'utf8'));
const isStored = async () => (await readdir(join(setting.cwd, '.procurios-sync'))).includes('user-acme.json');

describe('login', () => {
  test('login takes the code on the redirect URL, exchanges it and stores the token in a file of its owner only', async () => {
    const { page, ended } = await logIn();

    expect(ended.code).toBe(0);
    expect(ended.stdout).toBe(
      'logged in as relation 1\n' +
        '  scopes  openid contact_moment/view\n' +
        '  valid   until it is refused\n' +
        `  stored  in ${STORED}\n`,
    );
    expect([page.status, page.html]).toEqual([200, expect.stringContaining('You can close this window.')]);
    expect((await stat(join(setting.cwd, STORED))).mode & 0o777).toBe(0o600);
    expect(await storedToken()).toEqual({
      id: expect.any(String),
      accessToken: expect.stringMatching(/^simulated-/),
      scopes: ['openid', 'contact_moment/view'],
      obtainedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      userId: 1,
    });
  });

  test('login shows no code, token or verifier', async () => {
    simulator.control.switches({ refreshTokens: 'rotating' });
    const login = await startLogin();
    const callback = await consentAt(login.url);
    const { html } = await visit(callback);
    const { stdout, stderr } = await login.ended;

    const { accessToken, refreshToken } = await storedToken();
    const code = new URL(callback).searchParams.get('code') ?? '';
    expect(code).toMatch(/^simulated-code-/);
    for (const secret of [code, accessToken, refreshToken, SIMULATOR_CREDENTIALS.clientSecret]) {
      expect(stdout + stderr + html).not.toContain(secret);
    }
    expect(login.url).not.toContain('verifier');
  });

  test('a pull after login works as that user, and after a 401 names the command to log in again', async () => {
    await logIn();

    const pulled = await run(['pull', '--embedded', '--json'], setting);
    simulator.control.revokeTokens();
    const refused = await run(['pull', '--embedded', '--json'], setting);

    expect(JSON.parse(pulled.stdout)).toMatchObject({ status: 'complete' });
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout).streams.moments.error).toEqual({
      code: 'CONSENT_NEEDED',
      message: expect.stringContaining('to log in: npx procurios-sync login --embedded'),
    });
  });

  test('a pull without a login names the command that logs in', async () => {
    const { code, stdout } = await run(['pull', '--embedded', '--json'], setting);

    expect(code).toBe(1);
    expect(JSON.parse(stdout).streams.moments.error).toMatchObject({ code: 'CONSENT_NEEDED' });
  });

  test('a pull renews an expired token if the login got a refresh token', async () => {
    simulator.control.switches({
      refreshTokens: 'rotating',
      userTokenReplyFields: ['expires_in', 'scope', 'token_type'],
    });
    const { ended } = await logIn();
    const before = await storedToken();
    simulator.control.expireTokens();

    const pulled = await run(['pull', '--embedded', '--json'], setting);
    const after = await storedToken();

    expect(ended.stdout).toMatch(/valid {3}until \d{4}-.*Z, and is renewed by itself\n/);
    expect(JSON.parse(pulled.stdout)).toMatchObject({ status: 'complete' });
    expect(after.refreshToken).not.toBe(before.refreshToken);
    expect(after).toMatchObject({ userId: 1, scopes: before.scopes });
  });

  test('login --json prints one document without a secret', async () => {
    const { ended } = await logIn(['--json']);

    expect(JSON.parse(ended.stdout)).toEqual({
      environment: 'acme',
      userId: 1,
      scopes: ['openid', 'contact_moment/view'],
      obtainedAt: expect.any(String),
      isRenewable: false,
      storedIn: STORED,
    });
  });

  test.each(['older', 'newer'] as const)(
    'login speaks the %s dialect to a server that knows no other',
    async (dialect) => {
      simulator.control.switches({ oauthDialect: dialect });
      await configure({ dialect });

      const { ended, url } = await logIn();

      const parameters = new URL(url).searchParams;
      expect(ended.code).toBe(0);
      expect(parameters.get('response_type')).toBe('code');
      expect(parameters.get('grant_type')).toBe(dialect === 'older' ? 'code' : null);
      expect(parameters.get(dialect === 'older' ? 'redirect_url' : 'redirect_uri')).toBe(redirectUrl);
      expect(parameters.get('code_challenge_method')).toBe('S256');
    },
  );

  test('login repeats the redirect URL in the exchange if the config says so', async () => {
    simulator.control.switches({ redirectUrlAgain: 'required' });
    const refused = await logIn();
    await configure({ repeatRedirectUrl: true });
    const { ended } = await logIn();

    expect(refused.ended.code).toBe(1);
    expect(refused.ended.stderr).toContain('auth.repeatRedirectUrl true');
    expect(ended.code).toBe(0);
  });

  test('login sends no state if the config says so, for a server that drops it', async () => {
    simulator.control.switches({ state: 'dropped' });
    const refused = await startLogin();
    const page = await visit(await consentAt(refused.url));
    refused.interrupt();
    const { stderr } = await refused.ended;
    await configure({ state: false });
    const { ended, url } = await logIn();

    expect(page.status).toBe(400);
    expect(stderr).toContain('the callback carries no state of this login (if you have just consented');
    expect(stderr).toContain('set auth.state to false');
    expect(ended.code).toBe(0);
    expect(new URL(url).searchParams.has('state')).toBe(false);
  });

  test('login reports the scopes that were not granted', async () => {
    simulator.control.switches({ userTokenReplyFields: ['scope'] });
    await configure({ scopes: ['openid', 'nonsense'] });

    const { ended } = await logIn();

    expect(ended.stdout).toContain('scopes  openid\n');
    expect(ended.stderr).toContain('asked for, but not granted: nonsense');
  });

  test('Ctrl-C during the exchange of the code ends login only after the token is stored', async () => {
    simulator.control.fault({ route: '/l/oauth2/token', do: { kind: 'latency', ms: 1500 } });
    const login = start(['login', '--embedded', '--no-browser'], setting);
    await login.showsOnStderr(WAITS);
    const page = visit(await consentAt(addressIn(login.stderr())));
    await waitUntil(() => simulator.control.requests()['POST /l/oauth2/token'] === 1);

    login.interrupt();
    const ended = await login.ended;

    expect(ended.stderr).toContain('the token is being stored');
    expect([ended.code, (await page).status]).toEqual([0, 200]);
    expect(await isStored()).toBe(true);
  });

  test('login succeeds although the user who consented cannot be read', async () => {
    simulator.control.fault({ route: '/l/oauth2/userinfo', do: { kind: 'status', status: 400 } });

    const { ended } = await logIn();

    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('logged in, but who consented could not be read: ');
    expect(await storedToken()).not.toHaveProperty('userId');
  });
});

describe('the browser', () => {
  const onLinux = process.platform === 'linux' ? test : test.skip;
  /** As on a machine without a desktop, with this program for a browser. */
  const withBrowser = (browser: string) => ({
    ...setting,
    env: { ...setting.env, BROWSER: browser, DISPLAY: '', WAYLAND_DISPLAY: '', XDG_CURRENT_DESKTOP: '' },
  });

  onLinux('login opens the browser at the address that it prints', async () => {
    const [browser, opened] = ['browser.sh', 'opened'].map((name) => join(setting.cwd, name)) as [
      string,
      string,
    ];
    await writeFile(browser, `#!/bin/sh\necho "$1" > '${opened}'\n`, { mode: 0o755 });
    const link = join('/tmp', `browser-${process.pid}`);
    await symlink(browser, link);

    const login = startProcess(['login', '--embedded', '--timeout', '30'], withBrowser(link));
    await waitUntil(() => existsSync(opened));
    login.interrupt();
    const { stderr } = await login.ended;
    await rm(link);

    expect((await readFile(opened, 'utf8')).trim()).toBe(addressIn(stderr));
    expect(stderr).not.toContain('no browser could be started');
  });

  onLinux('login reports a browser that cannot be started, and continues', async () => {
    const login = startProcess(['login', '--embedded'], withBrowser('/nonexistent/browser'));
    await login.showsOnStderr(/no browser could be started; open the address yourself/);

    await visit(await consentAt(addressIn(login.stderr())));

    expect((await login.ended).code).toBe(0);
  });
});

describe('login by a pasted address', () => {
  test('login takes the address where the browser stopped from stdin', async () => {
    await configure({ redirectUrl: ELSEWHERE, pkce: false, state: false });
    const url = `${simulator.url}/l/oauth2/authorize?response_type=code&client_id=simulator&scope=openid&redirect_uri=${ELSEWHERE}`;
    const callback = await consentAt(url);

    const ended = await run(['login', '--embedded', '--no-browser'], {
      ...setting,
      input: `\n${callback}\n`,
    });

    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('without state and PKCE a callback that an attacker prepared');
    expect(ended.stderr).toContain(
      `the browser will stop at ${ELSEWHERE}; paste the whole address from its address bar here`,
    );
    expect(await storedToken()).toMatchObject({ userId: 1 });
  });

  test('login ends once the token is stored, although stdin stays open behind the pasted address', async () => {
    await configure({ redirectUrl: ELSEWHERE, pkce: false, state: false });
    const url = `${simulator.url}/l/oauth2/authorize?response_type=code&client_id=simulator&scope=openid&redirect_uri=${ELSEWHERE}`;
    const input = `${await consentAt(url)}\n`;

    const login = startProcess(['login', '--embedded', '--no-browser'], {
      ...setting,
      input,
      keepsStdinOpen: true,
    });

    expect(await login.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('logged in') });
    expect(await isStored()).toBe(true);
  });

  const withTerminal = existsSync('/usr/bin/script') ? test : test.skip;

  withTerminal(
    'login takes an address from a terminal that is longer than a terminal passes on at once',
    async () => {
      await configure({ redirectUrl: ELSEWHERE, pkce: false, state: false });
      const url = `${simulator.url}/l/oauth2/authorize?response_type=code&client_id=simulator&scope=openid&redirect_uri=${ELSEWHERE}`;
      const callback = await consentAt(url);
      const padding = `padding=${'x'.repeat(5_000)}`;
      const command = [process.execPath, LAUNCHER, 'login', '--embedded', '--no-browser'];

      const child = spawn(
        '/usr/bin/script',
        ['-qefc', command.map((each) => `'${each}'`).join(' '), '/dev/null'],
        {
          cwd: setting.cwd,
          env: environmentFor(setting.env ?? {}),
        },
      );
      let shown = '';
      child.stdout.on('data', (text) => {
        shown += text;
      });
      await waitUntil(() => shown.includes('paste the whole address'));
      child.stdin.write(`${callback.replace('?', `?${padding}&`)}\r`);
      const [code] = await once(child, 'close');

      expect(code).toBe(0);
      expect(await storedToken()).toMatchObject({ userId: 1 });
    },
  );

  test.each([
    ['nothing', '', 2, 'USAGE: no address was pasted'],
    [
      'an address of another origin',
      'https://example.org/callback?code=c\n',
      1,
      'LOGIN_FAILED: the callback came to another address',
    ],
  ])('login refuses %s with one line, and stores nothing', async (_name, input, code, line) => {
    const ended = await run(['login', '--embedded', '--no-browser', '--redirect-url', ELSEWHERE], {
      ...setting,
      input,
    });

    expect(ended.code).toBe(code);
    expect(ended.stderr.split('\n').filter((each) => /^[A-Z_]+:/.test(each))).toEqual([
      expect.stringContaining(line),
    ]);
    expect(await isStored()).toBe(false);
  });
});

describe('a login that does not work', () => {
  const lines = (stderr: string) => stderr.split('\n').filter((line) => /^[A-Z_]+: /.test(line));

  test('login that the user declines says so, in the browser too, and stores nothing', async () => {
    const login = await startLogin();

    const page = await visit(await consentAt(login.url, { decision: 'refuse' }));
    const ended = await login.ended;

    expect(ended.code).toBe(1);
    expect(lines(ended.stderr)).toEqual(['DECLINED: consent was refused in the browser; nothing was stored']);
    expect([page.status, page.html]).toEqual([400, expect.stringContaining('Nothing was stored.')]);
    expect(await isStored()).toBe(false);
  });

  test.each([
    ['a wrong state', '?code=a-code&state=another', 'the callback carries another state than this login'],
    ['no state', '?code=a-code', 'the callback carries no state of this login'],
    ['an error and no state', '?error=access_denied', 'the callback carries no state of this login'],
    ['nothing', '', 'the callback carries no state of this login'],
  ])(
    'a visit with %s is refused, and login goes on waiting for its own callback',
    async (_what, query, reason) => {
      const login = await startLogin();

      const foreign = await visit(`${redirectUrl}${query}`);
      const asked = simulator.control.requests();
      const own = await visit(await consentAt(login.url));
      const ended = await login.ended;

      expect([foreign.status, foreign.html]).toEqual([
        400,
        expect.stringContaining('Another login is waiting'),
      ]);
      expect(asked).not.toHaveProperty('POST /l/oauth2/token');
      expect(ended.stderr).toContain(`a visit was refused, and login goes on waiting: ${reason}`);
      expect(ended.stderr).not.toContain('a-code');
      expect([own.status, ended.code]).toEqual([200, 0]);
    },
  );

  test('without state, a visit without a code is refused, and login goes on waiting', async () => {
    await configure({ state: false });
    const login = await startLogin();

    const foreign = await visit(redirectUrl);
    const own = await visit(await consentAt(login.url));

    expect([foreign.status, own.status, (await login.ended).code]).toEqual([400, 200, 0]);
  });

  test('a redirect URL with localhost is listened to at both of its addresses', async () => {
    const { port } = new URL(redirectUrl);
    const named = `http://localhost:${port}/callback`;
    simulator.control.switches({ redirectUrls: [named] });
    await configure({ redirectUrl: named });
    const login = await startLogin();

    const others = await Promise.all(
      ['127.0.0.1', '[::1]'].map((address) =>
        visit(`http://${address}:${port}/callback`, { host: `localhost:${port}` }),
      ),
    );
    login.interrupt();
    await login.ended;

    expect(others.map(({ status }) => status)).toEqual([400, 400]);
  });

  test.each(['127.0.0.1', '::1'])(
    'a redirect URL with localhost is refused if another program listens at %s',
    async (address) => {
      const { port } = new URL(redirectUrl);
      await using _other = await listening(Number(port), address);
      await configure({ redirectUrl: `http://localhost:${port}/callback` });

      const ended = await run(['login', '--embedded', '--no-browser'], setting);

      expect(ended.code).toBe(2);
      expect(ended.stderr).toContain(`USAGE: port ${port} is in use`);
    },
  );

  test('login with an expired code says that a new one is needed', async () => {
    simulator.control.switches({ codeLifetimeSeconds: 0 });
    const { ended, page } = await logIn();

    expect(lines(ended.stderr)).toEqual([
      expect.stringMatching(/^LOGIN_FAILED: .*invalid_grant; expected a code that is new/),
    ]);
    expect([ended.code, page.status]).toEqual([1, 400]);
    expect(await isStored()).toBe(false);
  });

  test('login with a code that was exchanged before says that a new one is needed', async () => {
    const login = await startLogin();
    const callback = await consentAt(login.url);
    await post(`${simulator.url}/l/oauth2/token`, {
      grant_type: 'authorization_code',
      client_id: SIMULATOR_CREDENTIALS.clientId,
      client_secret: SIMULATOR_CREDENTIALS.clientSecret,
      code: new URL(callback).searchParams.get('code') ?? '',
    });
    simulator.control.resetRequests();

    await visit(callback);
    const ended = await login.ended;

    expect(lines(ended.stderr)).toEqual([
      expect.stringMatching(/^LOGIN_FAILED: .*invalid_grant; .*used once/),
    ]);
    expect(simulator.control.requests()['POST /l/oauth2/token']).toBe(1);
    expect(await isStored()).toBe(false);
  });

  test('login to a server of the other dialect names the setting', async () => {
    const login = await startLogin();
    const callback = await consentAt(login.url);
    simulator.control.switches({ oauthDialect: 'older' });
    await visit(callback);
    const ended = await login.ended;

    expect(lines(ended.stderr)).toEqual([
      expect.stringMatching(
        /^RESPONSE_INVALID: .*unsupported_grant_type; .* the other dialect, auth\.dialect 'older'/,
      ),
    ]);
    expect(await isStored()).toBe(false);
  });

  test.each([
    ['lostReply', /^UNAVAILABLE: .*; nothing was stored, log in again for a new code$/],
    ['loginPage', /^NOT_PROCURIOS: .*; nothing was stored, log in again for a new code$/],
  ] as const)(
    'login does not exchange the code a second time if the reply is lost (%s)',
    async (kind, line) => {
      simulator.control.fault({ route: '/l/oauth2/token', do: { kind } });

      const { ended } = await logIn();

      expect(lines(ended.stderr)).toEqual([expect.stringMatching(line)]);
      expect(simulator.control.requests()['POST /l/oauth2/token']).toBe(1);
      expect(await isStored()).toBe(false);
    },
  );

  test('login with refused client credentials reports them and shows no secret', async () => {
    const wrong = {
      ...setting.env,
      PROCURIOS_CLIENT_ID: 'simulator',
      PROCURIOS_CLIENT_SECRET: 'wrong-secret',
    };
    const login = await startLogin([], { env: wrong });
    await visit(await consentAt(login.url));
    const ended = await login.ended;

    expect(lines(ended.stderr)).toEqual([
      expect.stringMatching(/^CREDENTIALS_REFUSED: .*; nothing was stored$/),
    ]);
    expect(ended.stderr).not.toContain('wrong-secret');
  });

  test('login whose port is in use fails before it asks the user', async () => {
    await using _other = await listening(Number(new URL(redirectUrl).port));

    const ended = await run(['login', '--embedded', '--no-browser'], setting);

    expect(ended.code).toBe(2);
    expect(lines(ended.stderr)).toEqual([
      expect.stringMatching(
        /^USAGE: port \d+ is in use, and the browser has to return to it; free it, or choose another registered address with --redirect-url$/,
      ),
    ]);
    expect(ended.stderr).not.toContain('authorize');
  });

  test('login ends by itself if the browser does not return', async () => {
    const ended = await run(['login', '--embedded', '--no-browser', '--timeout', '1'], setting);

    expect(ended.code).toBe(1);
    expect(lines(ended.stderr)).toEqual([
      'LOGIN_FAILED: the browser did not return within 1 s; nothing was stored',
    ]);
  });

  test('login stopped by Ctrl-C stores nothing', async () => {
    const login = startProcess(['login', '--embedded', '--no-browser'], setting);
    await login.showsOnStderr(WAITS);

    login.interrupt();
    const ended = await login.ended;

    expect(ended.code).toBe(130);
    expect(lines(ended.stderr)).toEqual(['INTERRUPTED: the login was stopped; nothing was stored']);
  });

  test('login with a config of another grant names the grant that it needs', async () => {
    setting = { ...setting, cwd: await newFolder('login') };
    await writeConfig(setting.cwd, { ...CONFIG, auth: { grant: 'clientCredentials', scopes: ['openid'] } });

    const ended = await run(['login', '--embedded'], setting);

    expect(ended.code).toBe(2);
    expect(lines(ended.stderr)).toEqual([
      expect.stringMatching(
        /^USAGE: no user logs in with this config, because auth\.grant is 'clientCredentials'/,
      ),
    ]);
  });

  test('a declined login leaves the token of an earlier login as it is', async () => {
    await logIn();
    const before = await storedToken();

    const login = await startLogin();
    await visit(await consentAt(login.url, { decision: 'refuse' }));
    await login.ended;

    expect(await storedToken()).toEqual(before);
  });
});

describe('what is not the browser coming back', () => {
  test('login refuses requests that are not the return of the browser, and continues', async () => {
    const login = await startLogin();
    const origin = new URL(redirectUrl).origin;
    const state = new URL(login.url).searchParams.get('state');

    const fromPage = await fetch(`${redirectUrl}?code=c&state=${state}`, {
      headers: { origin: 'https://evil.example' },
    });
    const posted = await fetch(redirectUrl, { method: 'POST' });
    const framed = await visit(`${redirectUrl}?code=c`, { 'sec-fetch-dest': 'iframe' });
    const rebound = await visit(`${redirectUrl}?code=c&state=${state}`, { host: 'evil.example:8400' });
    const icon = await visit(`${origin}/favicon.ico`);
    const unreadable = await visit(`${origin}//[`);
    const page = await visit(await consentAt(login.url));
    const ended = await login.ended;

    expect([fromPage, posted, framed, rebound].map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect([icon, unreadable, page].map(({ status }) => status)).toEqual([404, 404, 200]);
    expect(ended.stderr).toContain('a request from another origin was refused');
    expect(ended.code).toBe(0);
    await expect(fetch(origin)).rejects.toThrow();
  });
});

describe('logout', () => {
  test('logout deletes the token', async () => {
    await logIn();

    const ended = await run(['logout', '--embedded'], setting);
    const again = await run(['logout', '--embedded', '--json'], setting);

    expect(ended.stdout).toBe(`logged out: there is no user's token in ${STORED} any more\n`);
    expect(await isStored()).toBe(false);
    expect(JSON.parse(again.stdout)).toEqual({ environment: 'acme', clearedIn: STORED });
  });
});

async function listening(port: number, address = '127.0.0.1'): Promise<AsyncDisposable> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, address, resolve));
  return {
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
