import { Readable } from 'node:stream';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readCredentials } from '../../../cli/terminal/ask-credentials.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../local/endpoints/embedded-aws.ts';
import { type Simulator, startSimulator } from '../../../local/simulator/simulator.ts';
import { SIMULATOR_CREDENTIALS } from '../../../local/simulator/tokens.ts';
import { type Ended, newFolder, run, writeConfig } from '../../support/command-line.ts';
import { secretsManagerOf } from '../../support/embedded-aws.ts';
import { answerJson, startHttpServer } from '../../support/http-server.ts';

const SECRET = 'procurios-sync/acme/client';
const { clientId, clientSecret } = SIMULATOR_CREDENTIALS;

let aws: EmbeddedAws;
let simulator: Simulator;
let secretsManager: SecretsManagerClient;
let cwd: string;
beforeAll(async () => {
  aws = await startEmbeddedAws();
  simulator = await startSimulator();
  secretsManager = secretsManagerOf(aws);
});
beforeEach(async () => {
  await configured();
  aws.secrets.delete(SECRET);
});
afterAll(async () => {
  secretsManager.destroy();
  await simulator.close();
  await aws.close();
});

function configOf(more: object) {
  const stream = { name: 'things', path: '/l/things', mediaType: 'application/json', key: 'id' };
  return {
    environment: 'acme',
    host: simulator.url,
    auth: { grant: 'clientCredentials', scopes: ['contact_moment/view'] },
    streams: [{ ...stream, paging: { kind: 'onePage' } }],
    ...more,
  };
}

/** In a new folder, because a process loads a config file once. */
async function configured(more: object = {}): Promise<void> {
  cwd = await newFolder('configure');
  await writeConfig(cwd, configOf(more));
}

async function configure(input: unknown, flags: readonly string[] = [], env = {}): Promise<Ended> {
  const ended = await run(['configure', '--stdin', ...flags], {
    cwd,
    env: { ...aws.environment, ...env },
    input: typeof input === 'string' ? input : JSON.stringify(input),
  });
  // Whatever happens, neither is shown.
  for (const secret of [clientSecret, clientId, 'S3cret', 'an-id'])
    expect(ended.stdout + ended.stderr).not.toContain(secret);
  return ended;
}

async function stored(name = SECRET): Promise<unknown> {
  const { SecretString = '' } = await secretsManager.send(new GetSecretValueCommand({ SecretId: name }));
  return JSON.parse(SecretString);
}

/** As a stack does: a secret without a value. */
async function deployed(): Promise<void> {
  await secretsManager.send(new CreateSecretCommand({ Name: SECRET }));
}

describe('id and secret', () => {
  test('configure checks id and secret with one token and stores them in the secret that the stack created', async () => {
    await deployed();

    const { code, stdout, stderr } = await configure(SIMULATOR_CREDENTIALS);

    expect(code).toBe(0);
    expect(stdout).toBe(`stored in the secret ${SECRET}\n`);
    expect(stderr).toContain('to pull now: npx procurios-sync pull --deployed --wait');
    expect(await stored()).toEqual(SIMULATOR_CREDENTIALS);
  });

  test('configure replaces the stored id and secret', async () => {
    aws.secrets.put(SECRET, JSON.stringify({ clientId: 'old', clientSecret: 'old' }));

    const { code, stdout } = await configure(SIMULATOR_CREDENTIALS, ['--json']);

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ secret: SECRET, checked: true, created: false });
    expect(await stored()).toEqual(SIMULATOR_CREDENTIALS);
  });

  test('configure does not store an id and secret that Procurios refuses', async () => {
    aws.secrets.put(SECRET, '{"clientId":"old","clientSecret":"old"}');

    const { code, stderr } = await configure({ clientId: 'an-id', clientSecret: 'S3cret' });

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /CREDENTIALS_REFUSED: .*invalid_client.*; nothing was stored \(--skip-check stores/,
    );
    expect(await stored()).toEqual({ clientId: 'old', clientSecret: 'old' });
  });

  test('configure can store id and secret unchecked, without a request to Procurios', async () => {
    await deployed();
    await using procurios = await startHttpServer((_request, response) => answerJson(response, {}, 500));
    await configured({ host: procurios.origin });

    const { code, stderr } = await configure({ clientId: 'an-id', clientSecret: 'S3cret' }, ['--skip-check']);

    expect(code).toBe(0);
    expect(stderr).toContain('they were not checked');
    expect(procurios.requests).toEqual([]);
    expect(await stored()).toEqual({ clientId: 'an-id', clientSecret: 'S3cret' });
  });

  test('configure leaves the check of a user grant’s id and secret to login', async () => {
    await deployed();
    const grant = { grant: 'authorizationCode', scopes: ['contact_moment/view'], dialect: 'newer' };
    await configured({ auth: grant });

    const { code, stderr } = await configure({ clientId: 'an-id', clientSecret: 'S3cret' });

    expect(stderr).toContain('to log a user in: npx procurios-sync login\n');
    expect(stderr).toContain('they were not checked');
    expect(code).toBe(0);
  });
});

describe('the secret', () => {
  test('configure does not create the secret with the environment’s name, because deploying would then fail', async () => {
    const { code, stderr } = await configure(SIMULATOR_CREDENTIALS);

    expect(code).toBe(1);
    expect(stderr).toContain(`NOT_DEPLOYED: there is no secret ${SECRET} in this account and region`);
    await expect(stored()).rejects.toThrow();
  });

  test('configure creates a secret with a name that the operator chose', async () => {
    await configured({ secretName: 'ours/procurios' });

    const { code, stdout } = await configure(SIMULATOR_CREDENTIALS);

    expect(code).toBe(0);
    expect(stdout).toBe('stored in the new secret ours/procurios\n');
    expect(await stored('ours/procurios')).toEqual(SIMULATOR_CREDENTIALS);
  });

  test.each([
    [
      'AccessDeniedException',
      'User: x is not authorized to perform: secretsmanager:PutSecretValue',
      'AWS does not allow secretsmanager:PutSecretValue (AccessDeniedException)',
    ],
    ['ExpiredTokenException', 'expired', 'the AWS credentials have expired; sign in again'],
    [
      'InvalidRequestException',
      'You can’t perform this operation on the secret because it was marked for deletion.',
      'is marked for deletion, or another service of AWS manages it; restore it',
    ],
    ['ThrottlingException', 'Rate exceeded', 'AWS answered ThrottlingException'],
  ])('configure reports a secret that AWS refuses with %s', async (type, message, told) => {
    await using refusing = await startHttpServer((_request, response) =>
      answerJson(response, { __type: type, message }, 400),
    );

    const { code, stderr } = await configure(SIMULATOR_CREDENTIALS, [], {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: refusing.origin,
    });

    expect(code).toBe(1);
    expect(stderr).toContain(`secret ${SECRET}`);
    expect(stderr).toContain(told);
  });

  test.each([
    ['', 'AWS_REGION is not the name of a region'],
    [undefined, 'no AWS region is set; set AWS_REGION'],
  ])('configure refuses the region %j', async (AWS_REGION, told) => {
    const { AWS_REGION: _region, ...rest } = aws.environment;
    const env = AWS_REGION === undefined ? rest : { ...rest, AWS_REGION };

    const { code, stderr } = await run(['configure', '--stdin', '--skip-check'], {
      ...{ cwd, env },
      input: JSON.stringify(SIMULATOR_CREDENTIALS),
    });

    expect(code).toBe(1);
    expect(stderr).toContain(`REGION_INVALID: ${told}`);
  });
});

describe('input that is refused', () => {
  test.each([
    ['', 'it is empty'],
    ['{"clientId": "an-id", "clientSecret": "S3cret"', 'it is not JSON'],
    ['["an-id", "S3cret"]', 'it is not an object'],
    [{ clientSecret: 'S3cret' }, 'it has no clientId'],
    [{ clientId: 'an-id' }, 'it has no clientSecret'],
    [{ clientId: '', clientSecret: 'S3cret' }, 'clientId is empty'],
    [
      { clientId: 'an-id', clientSecret: 'S3cret\n' },
      'clientSecret begins or ends with a space or a line end',
    ],
    [{ clientId: 'an-id', clientSecret: 7 }, 'clientSecret is not a text'],
    [
      { clientId: 'an-id', clientSecret: 'S3cret™' },
      'clientSecret has characters other than printable ASCII',
    ],
    [
      { clientId: 'an-id', clientSecret: 'S3cret'.repeat(1000) },
      'clientSecret is longer than 4096 characters',
    ],
    [{ clientId: 'an-id', clientSecret: 'S3cret', scope: 'x' }, 'it has a field other than these two'],
  ])('configure refuses the input %j', async (input, told) => {
    const text = typeof input === 'string' ? input : JSON.stringify(input);

    const read = readCredentials(Readable.from([text]));

    await expect(read).rejects.toMatchObject({
      code: 'USAGE',
      message: `stdin is not as expected, {"clientId": "…", "clientSecret": "…"}: ${told}; nothing was stored`,
    });
  });

  test('configure refuses input with one line and keeps the stored id and secret', async () => {
    aws.secrets.put(SECRET, '{"clientId":"old","clientSecret":"old"}');

    const { code, stdout, stderr } = await configure({ clientId: 'an-id', clientSecret: 'S3cret\n' });

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /^USAGE: .*clientSecret begins or ends with a space or a line end; nothing was stored\n$/,
    );
    expect(await stored()).toEqual({ clientId: 'old', clientSecret: 'old' });
  });

  test('configure without a terminal and without --stdin says how to pass the input', async () => {
    const { code, stderr } = await run(['configure'], { cwd, env: aws.environment });

    expect(code).toBe(2);
    expect(stderr).toContain('give {"clientId": "…", "clientSecret": "…"} on stdin, and add --stdin');
  });

  test('configure --embedded stores nothing and says what to do instead', async () => {
    const { code, stderr } = await run(['configure', '--embedded'], { cwd });

    expect(code).toBe(2);
    expect(stderr).toContain('set PROCURIOS_CLIENT_ID and PROCURIOS_CLIENT_SECRET in the environment');
  });
});
