import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { scanItems } from '../../lambda/aws/read-items.ts';
import { listRunReceipts } from '../../lambda/aws/run-store.ts';
import { createStateTable } from '../../lambda/aws/state-table.ts';
import { channels, relationCollection } from '../../lambda/config/catalogue.ts';
import { checkConfig } from '../../lambda/config/check-config.ts';
import type { Config } from '../../lambda/config/config.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/endpoints/embedded-aws.ts';
import { createTables } from '../../local/endpoints/tables.ts';
import {
  SIMULATOR_COLLECTION,
  SIMULATOR_CREDENTIALS,
  type Simulator,
  startSimulator,
} from '../../local/simulator/simulator.ts';
import { type Bundle, bundle } from '../support/bundle.ts';
import {
  type DurableService,
  type Execution,
  type ExecutionSettings,
  startDurableService,
} from '../support/durable-service.ts';
import { dynamoDbOf } from '../support/embedded-aws.ts';

const ENTRY = fileURLToPath(new URL('../../lambda/pull.ts', import.meta.url));
const SECRET = 'procurios-sync/acme/client';

let procurios: Simulator;
let aws: EmbeddedAws;
let service: DurableService;
let pull: Bundle;
let config: Config;

beforeAll(async () => {
  [procurios, aws, service] = await Promise.all([
    startSimulator({ relations: 250 }),
    startEmbeddedAws(),
    startDurableService(),
  ]);
  config = checkConfig({
    environment: 'acme',
    host: 'https://acme.procurios.example',
    auth: { grant: 'clientCredentials', scopes: ['relation_list_api/relation', 'engagement/read'] },
    requestsPerSecond: { pull: 100 },
    streams: [relationCollection('members', SIMULATOR_COLLECTION), channels('channels')],
  });
  pull = await bundle(ENTRY, config);
  await createTables(dynamoDbOf(aws), config);
}, 60_000);

afterAll(async () => {
  await Promise.all([
    pull?.[Symbol.asyncDispose](),
    service?.[Symbol.asyncDispose](),
    procurios?.close(),
    aws?.close(),
  ]);
});

function execute(settings?: ExecutionSettings): Promise<Execution> {
  const environment = { ...aws.environment, ...service.environment, PROCURIOS_HOST: procurios.url };
  return service.execute(pull, environment, settings);
}

const resultOf = ({ result = 'null' }: Execution) => JSON.parse(result);

const stateTable = () => createStateTable(dynamoDbOf(aws), 'procurios-sync-acme-state');

async function countItems(stream: string): Promise<number> {
  let count = 0;
  for await (const items of scanItems(dynamoDbOf(aws), `procurios-sync-acme-${stream}`))
    count += items.length;
  return count;
}

describe('the bundled pull', () => {
  test('pulls by the config beside it and the secret, and tells what came of it', async () => {
    aws.secrets.put(SECRET, JSON.stringify(SIMULATOR_CREDENTIALS));
    procurios.control.resetRequests();

    const first = await execute();
    const second = await execute();

    expect([first, second]).toMatchObject([{ status: 'SUCCEEDED' }, { status: 'SUCCEEDED' }]);
    const { runId, streams } = resultOf(first);
    expect(streams.members).toMatchObject({ status: 'complete', fetched: 250, written: 250 });
    expect(resultOf(second).streams.members).toMatchObject({ written: 0, unchanged: 250 });
    expect([await countItems('members'), await countItems('channels')]).toEqual([250, 6]);
    expect(procurios.control.requests()['POST /l/oauth2/token']).toBe(2);
    expect(service.events[0]).toEqual({
      source: 'procurios-sync',
      detailType: 'Procurios Pull Finished',
      detail: resultOf(first),
    });
    expect(first.logs).toContainEqual(
      expect.objectContaining({ level: 'INFO', message: 'stream ends', stream: 'members', written: 250 }),
    );
    expect(first.logs).toContainEqual(
      expect.objectContaining({ Environment: 'acme', RunComplete: 1, RunFailed: 0 }),
    );
    expect(await listRunReceipts(stateTable(), 9)).toContainEqual(expect.objectContaining({ runId }));
  });

  test('reads on in a fresh invocation when one has not enough time left', async () => {
    aws.secrets.put(SECRET, JSON.stringify(SIMULATOR_CREDENTIALS));
    procurios.control.fault({ route: '/l/relation_list_api', do: { kind: 'latency', ms: 300 } });

    const execution = await execute({ remainingMs: 61_000 });

    procurios.control.clearFaults();
    expect(resultOf(execution)).toMatchObject({
      status: 'complete',
      streams: { members: { status: 'complete', pages: 3, fetched: 250 } },
    });
    expect(execution.invocations).toBeGreaterThan(2);
    expect(execution.printed.match(/"stream begins"/g)).toHaveLength(2);
    expect(execution.printed.match(/"stream ends"/g)).toHaveLength(2);
  });

  test.each([
    [
      'is wrong',
      JSON.stringify({ ...SIMULATOR_CREDENTIALS, clientSecret: 'hunter2' }),
      'CREDENTIALS_REFUSED',
    ],
    ['is not JSON', 'hunter2', 'SECRET_INVALID'],
    ['lacks a field', '{"clientId":"hunter2"}', 'SECRET_INVALID'],
    ['has no value', undefined, 'SECRET_INVALID'],
  ])(
    'fails with one clear error when the secret %s, and prints nothing of it',
    async (_what, value, code) => {
      if (value === undefined) aws.secrets.delete(SECRET);
      else aws.secrets.put(SECRET, value);
      procurios.control.resetRequests();

      const execution = await execute();

      expect(execution).toMatchObject({ status: 'FAILED', error: { ErrorType: code } });
      expect(execution.error?.ErrorMessage).toMatch(/^run [-\w]+ failed for members, channels: /);
      expect(JSON.stringify(execution)).not.toContain('hunter2');
      expect(execution.logs).toContainEqual(
        expect.objectContaining({ RunFailed: 1, RunComplete: 0, AccessRefused: 2 }),
      );
      expect(procurios.control.requests()['POST /l/oauth2/token'] ?? 0).toBeLessThanOrEqual(1);
    },
  );
});

test('is small enough to start quickly', () => {
  expect(pull.bytes).toBeLessThan(850 * 1024);
});
