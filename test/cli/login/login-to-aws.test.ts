import {
  CreateSecretCommand,
  GetSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type EmbeddedAws, startEmbeddedAws } from '../../../local/endpoints/embedded-aws.ts';
import { createTables } from '../../../local/endpoints/tables.ts';
import { SIMULATOR_CREDENTIALS, type Simulator, startSimulator } from '../../../local/simulator/simulator.ts';
import { newFolder, run, type Setting, start, writeConfig } from '../../support/command-line.ts';
import { consentAt, visit } from '../../support/consent.ts';
import { dynamoDbOf, secretsManagerOf } from '../../support/embedded-aws.ts';
import { freePort } from '../../support/http-server.ts';
import { MOMENTS_STREAM } from '../../support/moments-stream.ts';

const SECRET = 'procurios-sync/remote/user';

let aws: EmbeddedAws;
let secretsManager: SecretsManagerClient;
let simulator: Simulator;
let setting: Setting;
beforeAll(async () => {
  aws = await startEmbeddedAws();
  secretsManager = secretsManagerOf(aws);
  const redirectUrl = `http://127.0.0.1:${await freePort()}/callback`;
  simulator = await startSimulator({ relations: 20, switches: { redirectUrls: [redirectUrl] } });
  setting = {
    cwd: await newFolder('login-to-aws'),
    env: { ...aws.environment, PROCURIOS_HOST: simulator.url },
  };
  await writeConfig(setting.cwd, {
    environment: 'remote',
    host: 'https://procurios.example.com',
    auth: { grant: 'authorizationCode', scopes: ['contact_moment/view'], redirectUrl },
    streams: [MOMENTS_STREAM],
  });
  await createTables(dynamoDbOf(aws), { environment: 'remote', streams: [{ name: 'moments' }] });
  aws.secrets.put('procurios-sync/remote/client', JSON.stringify(SIMULATOR_CREDENTIALS));
});
afterAll(async () => {
  secretsManager.destroy();
  await simulator.close();
  await aws.close();
});

const secretText = async () =>
  (await secretsManager.send(new GetSecretValueCommand({ SecretId: SECRET }))).SecretString ?? '';

test('login before a deployment fails before it asks the user', async () => {
  const { code, stderr } = await run(['login', '--no-browser'], setting);

  expect(code).toBe(1);
  expect(stderr).toContain(`STORE_MISSING: secret ${SECRET} does not exist in this account and region`);
  expect(stderr).not.toContain('authorize');
});

test('a pull names login while the secret is empty, works after login has filled it, and logout empties it', async () => {
  await secretsManager.send(new CreateSecretCommand({ Name: SECRET }));

  const before = await run(['pull', '--json'], setting);
  const login = start(['login', '--no-browser'], setting);
  await login.showsOnStderr(/waiting for the browser/);
  await visit(await consentAt(/http:\S+authorize\S+/.exec(login.stderr())?.[0] ?? ''));
  const loggedIn = await login.ended;
  const stored = JSON.parse(await secretText());
  const pulled = await run(['pull', '--json'], setting);
  const loggedOut = await run(['logout'], setting);

  expect(JSON.parse(before.stdout).streams.moments.error).toEqual({
    code: 'CONSENT_NEEDED',
    message: expect.stringMatching(/no user has logged in; to log in: npx procurios-sync login$/),
  });
  expect(loggedIn.stdout).toContain(`stored  in the secret ${SECRET}\n`);
  expect(loggedIn.stdout + loggedIn.stderr).not.toContain(stored.accessToken);
  expect(stored).toMatchObject({ scopes: ['contact_moment/view'], accessToken: expect.any(String) });
  expect(JSON.parse(pulled.stdout)).toMatchObject({ status: 'complete' });
  expect(loggedOut.code).toBe(0);
  expect(await secretText()).toBe('{}');
});
