import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { scanItems } from '../../lambda/aws/read-items.ts';
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
import { dynamoDbOf } from '../support/embedded-aws.ts';
import { invokeBundle } from '../support/invoke-bundle.ts';

const ENTRY = fileURLToPath(new URL('../../lambda/pull.ts', import.meta.url));
const SECRET = 'procurios-sync/acme/client';

let procurios: Simulator;
let aws: EmbeddedAws;
let pull: Bundle;
let config: Config;

beforeAll(async () => {
  [procurios, aws] = await Promise.all([startSimulator({ relations: 250 }), startEmbeddedAws()]);
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
  await Promise.all([pull?.[Symbol.asyncDispose](), procurios?.close(), aws?.close()]);
});

/** Invokes the bundle that often in one process. */
function invoke(times: number, remainingMs?: number) {
  const events = Array.from({ length: times }, () => ({}));
  return invokeBundle(pull, events, { ...aws.environment, PROCURIOS_HOST: procurios.url }, remainingMs);
}

async function countItems(stream: string): Promise<number> {
  let count = 0;
  for await (const items of scanItems(dynamoDbOf(aws), `procurios-sync-acme-${stream}`))
    count += items.length;
  return count;
}

describe('the bundled handler', () => {
  test('pulls by the config beside it and the secret, and keeps its token from one invocation to the next', async () => {
    aws.secrets.put(SECRET, JSON.stringify(SIMULATOR_CREDENTIALS));
    procurios.control.resetRequests();

    const { answers, logs } = await invoke(2);

    expect(answers.map(({ result }) => result.status)).toEqual(['complete', 'complete']);
    expect(answers[0].result.streams.members).toMatchObject({
      status: 'complete',
      fetched: 250,
      written: 250,
    });
    expect(answers[1].result.streams.members).toMatchObject({ written: 0, unchanged: 250 });
    expect([await countItems('members'), await countItems('channels')]).toEqual([250, 6]);
    expect(procurios.control.requests()['POST /l/oauth2/token']).toBe(1);
    expect(logs).toContainEqual(
      expect.objectContaining({ level: 'INFO', message: 'stream ends', stream: 'members', written: 250 }),
    );
  });

  test('stores what its time is enough for, says so, and goes on from there the next time', async () => {
    aws.secrets.put(SECRET, JSON.stringify(SIMULATOR_CREDENTIALS));

    procurios.control.fault({ route: '/l/relation_list_api', do: { kind: 'latency', ms: 600 } });
    const { answers: cut } = await invoke(1, 61_000);
    procurios.control.clearFaults();
    const { answers: whole } = await invoke(1);

    expect(cut[0].result).toMatchObject({
      status: 'incomplete',
      streams: { members: { status: 'incomplete', pages: 1, error: { code: 'INTERRUPTED' } } },
    });
    expect(whole[0].result.streams.members).toMatchObject({ status: 'complete', pages: 3, fetched: 250 });
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

      const { answers, printed } = await invoke(1);

      expect(answers[0].error).toMatchObject({ name: 'SyncError', code });
      expect(answers[0].error.message).toMatch(/^run [-\w]+ failed for members, channels: /);
      expect(printed + JSON.stringify(answers)).not.toContain('hunter2');
      expect(procurios.control.requests()['POST /l/oauth2/token'] ?? 0).toBeLessThanOrEqual(1);
    },
  );
});

test('is small enough to start quickly', () => {
  expect(pull.bytes).toBeLessThan(850 * 1024);
});
