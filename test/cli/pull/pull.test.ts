import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RunReceipt } from '../../../lambda/core/pull/receipt.ts';
import { startEmbeddedAws } from '../../../local/endpoints/embedded-aws.ts';
import { type Simulator, startSimulator } from '../../../local/simulator/simulator.ts';
import {
  DEMO_CONFIG,
  type Ended,
  newFolder,
  run,
  type Setting,
  start,
  waitUntil,
  writeConfig,
} from '../../support/command-line.ts';
import { startProcess } from '../../support/command-process.ts';
import { closeAfterTest } from '../../support/embedded-aws.ts';
import { answerJson, startHttpServer } from '../../support/http-server.ts';
import { shareEndpoints, useOwnEndpoints } from '../../support/kept-endpoints.ts';

const FROM_DEMO = ['--config', DEMO_CONFIG];
const EMBEDDED = ['--embedded', ...FROM_DEMO];
const FEW = ['--stream', 'channels', 'archived-relations'];
const SOME_ACCOUNT = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' };
const COUNTS = ['pages', 'fetched', 'written', 'unchanged', 'repeated', 'rejected', 'requests'];
const ABOUT_DELETES = [
  ...['evidence', 'direction', 'live', 'returned'],
  ...['missed', 'held', 'kept', 'gone', 'overflow'],
];

shareEndpoints();

let simulator: Simulator;
let setting: Setting;
beforeAll(async () => {
  simulator = await startSimulator({ relations: 1200 });
});
afterAll(() => simulator.close());
beforeEach(async () => {
  simulator.control.clearFaults();
  setting = { cwd: await newFolder(), env: { PROCURIOS_HOST: simulator.url } };
});

const pull = (args: readonly string[], env: Setting['env'] = {}): Promise<Ended> =>
  run(['pull', ...args], { ...setting, env: { ...setting.env, ...env } });
const receiptOf = ({ stdout }: Ended): RunReceipt => JSON.parse(stdout) as RunReceipt;

describe('the receipts', () => {
  test('pull --json prints the receipts as one document on stdout, and progress on stderr', async () => {
    const ended = await pull([...EMBEDDED, ...FEW, '--json']);

    const document = receiptOf(ended);
    expect(ended.code).toBe(0);
    expect(ended.stdout.match(/\n/g)).toHaveLength(1);
    expect(Object.keys(document)).toEqual(['runId', 'startedAt', 'finishedAt', 'status', 'streams']);
    expect(document).toMatchObject({
      startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      status: 'complete',
      streams: { channels: { status: 'complete', pages: 1, fetched: 6, written: 6, unchanged: 0 } },
    });
    expect(Object.keys(document.streams)).toEqual(['channels', 'archived-relations']);
    expect(Object.keys(document.streams.channels ?? {}).sort()).toEqual(
      ['status', ...COUNTS, ...ABOUT_DELETES].sort(),
    );
    expect(ended.stderr).toMatch(/^channels {12}6 objects: 6 written {2}\d+\.\d s\n/);
  });

  test('pull prints the receipts as a table, and a second pull writes nothing', async () => {
    await pull([...EMBEDDED, '--stream', 'channels']);

    const { code, stdout } = await pull([...EMBEDDED, '--stream', 'channels']);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^stream +pages +fetched +written +unchanged +rejected +requests\n/);
    expect(stdout).toMatch(/\nchannels +1 +6 +0 +6 +0 +1\n/);
    expect(stdout).toMatch(/\ncomplete: 1 stream, 0 of 6 objects written, \d+\.\d s\n$/);
  });

  test('pull --dry-run reports the objects to write and leaves the tables empty', async () => {
    const dry = await pull([...EMBEDDED, '--stream', 'channels', '--dry-run']);

    const shown = await run(['show', 'channels', '--json', ...EMBEDDED], setting);
    expect(dry.code).toBe(0);
    expect(dry.stdout).toContain('to write');
    expect(dry.stdout).toContain('6 of 6 objects to write');
    expect(dry.stdout).toContain('(dry run: nothing was written)');
    expect(shown.stdout).toBe('');
  });
});

describe('a pull that cannot work', () => {
  test('pull reports wrong credentials once for all streams, without showing them', async () => {
    const env = { PROCURIOS_CLIENT_ID: 'some-client', PROCURIOS_CLIENT_SECRET: 'wrong-5ecret' };

    const { code, stdout, stderr } = await pull([...EMBEDDED, ...FEW], env);

    expect(code).toBe(1);
    expect(stdout).toMatch(/\nchannels, archived-relations: CREDENTIALS_REFUSED .*401 invalid_client/);
    expect(stdout.match(/CREDENTIALS_REFUSED .*invalid_client/g)).toHaveLength(1);
    expect(stdout.match(/what to do: npx procurios-sync help CREDENTIALS_REFUSED\n/g)).toHaveLength(1);
    expect(stdout).toContain('\nfailed: 0 of 2 streams complete');
    expect(stderr).toContain(
      'the refused id and secret are those in PROCURIOS_CLIENT_ID and PROCURIOS_CLIENT_SECRET\n',
    );
    expect(stdout + stderr).not.toMatch(/some-client|wrong-5ecret/);
  });

  test('pull reports a host that answers HTML as not Procurios, also as JSON', async () => {
    await using server = await startHttpServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Inloggen</title>');
    });

    const ended = await pull([...EMBEDDED, '--stream', 'channels', '--json'], {
      PROCURIOS_HOST: server.origin,
    });

    expect(ended.code).toBe(1);
    expect(receiptOf(ended)).toMatchObject({
      status: 'failed',
      streams: { channels: { status: 'failed', error: { code: 'NOT_PROCURIOS' } } },
    });
    expect(ended.stdout + ended.stderr).not.toContain('Inloggen');
  });

  test('pull of an unknown stream names the streams of the config', async () => {
    const { code, stderr } = await pull([...EMBEDDED, '--stream', 'chanels']);

    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^USAGE: there is no stream called chanels \(did you mean channels\?\); the config has archived-relations, .*orders\n$/,
    );
  });

  test('pull --embedded without credentials and without a terminal stops with exit code 2 and the fix', async () => {
    const cwd = await newFolder('no-credentials');
    await writeConfig(cwd, {
      environment: 'acme',
      host: 'https://procurios.example.com',
      auth: { grant: 'clientCredentials', scopes: ['x'] },
      streams: [
        { name: 'a', path: '/a', mediaType: 'application/json', key: 'id', paging: { kind: 'onePage' } },
      ],
    });

    const { code, stdout, stderr } = await run(['pull', '--embedded'], { cwd });

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^USAGE: .*: set PROCURIOS_CLIENT_ID and PROCURIOS_CLIENT_SECRET\n$/);
  });

  test('pull from a simulator that does not run says how to start it', async () => {
    const gone = await startHttpServer(() => {});
    await gone[Symbol.asyncDispose]();
    const { port } = new URL(gone.origin);

    const { code, stderr } = await pull([...EMBEDDED, '--stream', 'channels'], {
      PROCURIOS_HOST: gone.origin,
    });

    expect(code).toBe(1);
    expect(stderr).toContain(`\nstart the simulator: npx procurios-sync simulator --port ${port}\n`);
  });

  test('pull names the scope that a refused stream needs and the config lacks', async () => {
    await using server = await startHttpServer(({ path }, response) => {
      if (path.startsWith('/l/oauth2/')) answerJson(response, { access_token: 'token' });
      else answerJson(response, {}, 403);
    });
    const cwd = await newFolder('lacks-scope');
    const meetings = {
      path: '/l/meeting2_api/meetings',
      mediaType: 'application/json',
      key: 'id',
      paging: { kind: 'onePage' },
    };
    await writeConfig(cwd, {
      environment: 'acme',
      host: server.origin,
      auth: { grant: 'clientCredentials', scopes: ['contact_moment/view'] },
      streams: ['meetings', 'again'].map((name) => ({ name, ...meetings })),
    });

    const { code, stdout, stderr } = await run(['pull', '--embedded'], { cwd });

    expect(code).toBe(1);
    expect(stdout).toContain('\nwhat to do: npx procurios-sync help ACCESS_DENIED\n');
    expect(stderr.match(/meetings, again need meeting2\/read, which auth\.scopes lacks\n/g)).toHaveLength(1);
  });

  test('pull refuses a PROCURIOS_HOST beyond this machine', async () => {
    const { code, stderr } = await pull(EMBEDDED, { PROCURIOS_HOST: 'https://crm.example.com' });

    expect(code).toBe(2);
    expect(stderr).toContain('\n  PROCURIOS_HOST: http://127.0.0.1 or http://[::1]');
  });

  test('pull without an AWS region says that it is missing and names --embedded', async () => {
    const { code, stderr } = await pull(FROM_DEMO);

    expect(code).toBe(1);
    expect(stderr).toMatch(/^REGION_INVALID: .*set AWS_REGION\n {2}--embedded uses tables on this machine/);
  });

  test('pull without AWS credentials fails within seconds, although the metadata service does not answer', async () => {
    await using mute = await startHttpServer(() => {});
    const { code, stdout, stderr } = await pull([...FROM_DEMO, '--json'], {
      AWS_REGION: 'eu-west-1',
      AWS_EC2_METADATA_SERVICE_ENDPOINT: mute.origin,
    });

    expect([code, stderr]).toEqual([1, '']);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('no AWS credentials'),
    });
    // The SDK waits a second for each.
    expect(mute.requests.length).toBeGreaterThan(0);
    expect(mute.requests.length).toBeLessThan(20);
  });

  test('pull names a missing table', async () => {
    const aws = closeAfterTest(await startEmbeddedAws());

    const { code, stderr } = await pull(FROM_DEMO, aws.environment);

    expect(code).toBe(1);
    expect(stderr).toContain('STORE_MISSING: table procurios-sync-demo-state does not exist');
  });

  test('an answer that is not from DynamoDB is an error that does not quote it', async () => {
    await using server = await startHttpServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Captive portal</title>');
    });

    const ended = await run(['show', 'channels', ...FROM_DEMO], {
      ...setting,
      env: { ...SOME_ACCOUNT, AWS_ENDPOINT_URL_DYNAMODB: server.origin },
    });

    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/^STORE_UNAVAILABLE: the answer at the endpoint is not from DynamoDB$/m);
    expect(ended.stderr).not.toContain('Captive');
  });
});

describe('Ctrl-C', () => {
  test('Ctrl-C ends a wait that Procurios asked for, and the next pull continues the walk', async () => {
    simulator.control.fault({
      route: '/l/relation_list_api',
      page: 7,
      do: { kind: 'status', status: 429, retryAfter: 3600 },
    });
    const pulling = start(['pull', '--json', '--stream', 'members', ...EMBEDDED], setting);
    await pulling.showsOnStderr(/members {2}Procurios asked to wait until [\d:]+ \(1:00:00 h\)\n/);
    pulling.interrupt();
    const stopped = await pulling.ended;
    simulator.control.clearFaults();

    const finished = await pull(['--json', '--stream', 'members', ...EMBEDDED]);

    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain('stopping: what was read is being stored');
    expect(receiptOf(stopped)).toMatchObject({
      status: 'incomplete',
      streams: { members: { status: 'incomplete', pages: 6, error: { code: 'INTERRUPTED' } } },
    });
    expect(finished.code).toBe(0);
    expect(receiptOf(finished).streams.members).toMatchObject({ pages: 12, fetched: 1200, written: 1200 });
  });

  test('Ctrl-C leaves the streams that were not begun out, but for their number', async () => {
    simulator.control.fault({ route: '/l/relation_list_api', page: 7, do: { kind: 'status', status: 503 } });
    const pulling = start(['pull', ...EMBEDDED], setting);
    await pulling.showsOnStderr(/^members +answered 503, trying again \(2 of 5\)\n/m);
    pulling.interrupt();

    const { code, stdout, stderr } = await pulling.ended;

    expect(code).toBe(130);
    expect(stdout).toMatch(
      /\nmembers: INTERRUPTED .*\nnot begun: 3 streams\nincomplete: 1 of 5 streams complete/,
    );
    expect(stdout + stderr).not.toMatch(/emails|channels|orders/);
  });

  test('Ctrl-C pressed twice ends the process at once', async () => {
    await using dynamoDb = await startHttpServer(() => {});
    const pulling = startProcess(['pull', '--json', ...FROM_DEMO], {
      ...setting,
      env: { ...SOME_ACCOUNT, AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.origin },
    });
    await waitUntil(() => dynamoDb.requests.length > 0);
    pulling.interrupt();
    await pulling.showsOnStderr(/press Ctrl-C again/);
    pulling.interrupt();

    const { code, stdout } = await pulling.ended;

    expect(code).toBe(130);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'INTERRUPTED' });
  });
});

test('a second pull on the same folder fails because it is in use', async () => {
  useOwnEndpoints();
  simulator.control.fault({
    route: '/l/relation_list_api',
    page: 2,
    do: { kind: 'status', status: 429, retryAfter: 3600 },
  });
  const first = startProcess(['pull', '--stream', 'members', ...EMBEDDED], setting);
  await first.showsOnStderr(/asked to wait/);

  const second = await pull([...EMBEDDED, ...FEW]);

  first.interrupt();
  await first.ended;
  expect(second).toMatchObject({ code: 1, stdout: '' });
  expect(second.stderr).toMatch(/^RUN_ACTIVE: the data folder \.procurios-sync is in use by another.*\n$/);
});
