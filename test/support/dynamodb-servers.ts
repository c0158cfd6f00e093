import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { startEmbeddedAws } from '../../local/endpoints/embedded-aws.ts';
import { EMBEDDED_CREDENTIALS } from '../../local/endpoints/guard.ts';
import { createTables } from '../../local/endpoints/tables.ts';

/** An implementation of DynamoDB's API. */
export interface DynamoDbServer {
  readonly url: string;
  /**
   * Creates a client.
   *
   * @param endpoint - Of a proxy. @default - The server itself.
   * @param maxAttempts - @default 1
   */
  client(endpoint?: string, maxAttempts?: number): DynamoDBClient;
  /** Creates new tables for a test: the state table, and one for the stream `things`. */
  freshTables(): Promise<{ readonly stateName: string; readonly tableName: string }>;
}

interface Running {
  readonly url: string;
  close(): Promise<unknown>;
}

declare global {
  /** Set by jest.soak.config.json. */
  var runsInSoak: boolean | undefined;
}

/**
 * Runs the tests against the embedded DynamoDB, and in the soak against moto, because their errors differ.
 *
 * moto is a program of its own, which takes seconds to start. Without it the soak skips these tests.
 */
export function describeDynamoDbs(name: string, tests: (server: DynamoDbServer) => void): void {
  if (globalThis.runsInSoak) {
    const hasMoto = spawnSync('moto_server', ['--help'], { stdio: 'ignore' }).status === 0;
    (hasMoto ? describe : describe.skip)(`${name}, on moto_server`, () => tests(startedBeforeAll(startMoto)));
  } else {
    describe(`${name}, on the embedded DynamoDB`, () => tests(startedBeforeAll(startEmbedded)));
  }
}

function startedBeforeAll(start: () => Promise<Running>): DynamoDbServer {
  let running: Running | undefined;
  let tests = 0;
  const clients: DynamoDBClient[] = [];
  const client = (endpoint = running?.url, maxAttempts = 1): DynamoDBClient => {
    const created = new DynamoDBClient({
      endpoint,
      region: 'eu-west-1',
      credentials: EMBEDDED_CREDENTIALS,
      maxAttempts,
    });
    clients.push(created);
    return created;
  };
  beforeAll(async () => {
    running = await start();
  }, 30_000);
  afterAll(async () => {
    for (const each of clients) each.destroy();
    await running?.close();
  });
  return {
    get url() {
      return running?.url ?? '';
    },
    client,
    async freshTables() {
      tests += 1;
      const environment = `test-${tests}`;
      await createTables(client(), { environment, streams: [{ name: 'things' }] });
      return {
        stateName: `procurios-sync-${environment}-state`,
        tableName: `procurios-sync-${environment}-things`,
      };
    },
  };
}

async function startEmbedded(): Promise<Running> {
  const aws = await startEmbeddedAws();
  return { url: aws.environment.AWS_ENDPOINT_URL_DYNAMODB ?? '', close: () => aws.close() };
}

async function startMoto(): Promise<Running> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const isUp = () =>
    fetch(url).then(
      () => true,
      () => false,
    );
  for (let tries = 0; !(await isUp()); tries += 1) {
    if (tries === 200) throw new Error('moto_server did not start');
    await sleep(100);
  }
  return { url, close: async () => server.kill('SIGKILL') };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
