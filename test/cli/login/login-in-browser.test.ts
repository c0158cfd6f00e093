import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type Simulator, startSimulator } from '../../../local/simulator/simulator.ts';
import { BROWSER_FLAGS, findBrowser } from '../../support/browser.ts';
import { newFolder, run, type Setting, start, writeConfig } from '../../support/command-line.ts';
import { freePort } from '../../support/http-server.ts';
import { MOMENTS_STREAM } from '../../support/moments-stream.ts';

const executablePath = findBrowser();
if (executablePath === undefined) {
  process.stderr.write('no Chromium or Chrome is installed: the login in a browser is not tested\n');
}
const testInBrowser = executablePath === undefined ? test.skip : test;

let simulator: Simulator;
let browser: Browser | undefined;
let redirectUrl: string;
let setting: Setting;
beforeAll(async () => {
  redirectUrl = `http://127.0.0.1:${await freePort()}/callback`;
  simulator = await startSimulator({ relations: 50, switches: { redirectUrls: [redirectUrl] } });
  setting = { cwd: await newFolder('browser'), env: { PROCURIOS_HOST: simulator.url } };
  await writeConfig(setting.cwd, {
    environment: 'acme',
    host: 'https://acme.example.com',
    auth: { grant: 'authorizationCode', scopes: ['openid', 'contact_moment/view'], redirectUrl, pkce: true },
    streams: [MOMENTS_STREAM],
  });
  if (executablePath !== undefined) browser = await chromium.launch({ executablePath, args: BROWSER_FLAGS });
});
afterAll(async () => {
  await browser?.close();
  await simulator.close();
});

/** Begins a login, and opens the address that it prints. */
async function openLogin(): Promise<{ page: Page; complaints: string[]; login: ReturnType<typeof start> }> {
  const login = start(['login', '--embedded', '--no-browser'], setting);
  await login.showsOnStderr(/waiting for the browser/);
  const page = await (browser as Browser).newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(/http:\S+authorize\S+/.exec(login.stderr())?.[0] ?? '');
  return { page, complaints, login };
}

testInBrowser('a user signs in, approves, is told so, and the pull goes in their name', async () => {
  const { page, complaints, login } = await openLogin();

  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  expect(await page.getByRole('alert').textContent()).toBe('There is no user with this e-mail and password.');
  await page.getByLabel('Password').fill('simulator');
  await page.getByRole('button', { name: 'Sign in' }).click();
  const scopes = await page.getByRole('listitem').allTextContents();
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.getByText('You can close this window.').waitFor();
  const address = page.url();
  const ended = await login.ended;
  const pulled = await run(['pull', '--embedded', '--json'], setting);

  expect(scopes).toEqual(['openid', 'contact_moment/view']);
  expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('logged in as relation 1\n') });
  expect(address).toBe(redirectUrl);
  expect(complaints).toEqual([]);
  expect(JSON.parse(pulled.stdout)).toMatchObject({ status: 'complete' });
  expect(await readFile(join(setting.cwd, '.procurios-sync', 'user-acme.json'), 'utf8')).toContain(
    '"userId": 1',
  );
});

testInBrowser('a user who refuses is told that nothing was stored', async () => {
  const { page, login } = await openLogin();

  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Refuse' }).click();
  await page.getByText('Nothing was stored.').waitFor();
  const ended = await login.ended;

  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain('DECLINED: consent was refused in the browser');
});
