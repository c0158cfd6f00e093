import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listRunReceipts } from '../../lambda/aws/state/run-store.ts';
import { SIMULATOR_CREDENTIALS } from '../../local/simulator/simulator.ts';
import { CLIENT_SECRET, type DeployedPull, deployPull } from '../support/deployed-pull.ts';
import type { Execution } from '../support/durable-service.ts';

let deployed: DeployedPull;

beforeAll(async () => {
  deployed = await deployPull({ relations: 250, requestsPerSecond: 100 });
}, 60_000);

afterAll(async () => {
  await deployed?.[Symbol.asyncDispose]();
});

const resultOf = ({ result = 'null' }: Execution) => JSON.parse(result);

describe('the bundled pull', () => {
  test('the bundled pull reads its config and the secret, fills the tables and reports the run', async () => {
    deployed.aws.secrets.put(CLIENT_SECRET, JSON.stringify(SIMULATOR_CREDENTIALS));
    deployed.procurios.control.resetRequests();

    const first = await deployed.execute();
    const second = await deployed.execute();

    expect([first, second]).toMatchObject([{ status: 'SUCCEEDED' }, { status: 'SUCCEEDED' }]);
    const { runId, streams } = resultOf(first);
    expect(streams.members).toMatchObject({ status: 'complete', fetched: 250, written: 250 });
    expect(resultOf(second).streams.members).toMatchObject({ written: 0, unchanged: 250 });
    expect((await deployed.objectsOf('members')).size).toBe(250);
    expect((await deployed.objectsOf('channels')).size).toBe(6);
    expect(deployed.procurios.control.requests()['POST /l/oauth2/token']).toBe(2);
    expect(deployed.service.events[0]).toMatchObject({
      source: 'procurios-sync',
      'detail-type': 'Procurios Pull Finished',
      detail: { environment: 'acme', ...resultOf(first) },
    });
    expect(first.logs).toContainEqual(
      expect.objectContaining({ level: 'INFO', message: 'stream ends', stream: 'members', written: 250 }),
    );
    expect(first.logs).toContainEqual(
      expect.objectContaining({ Environment: 'acme', RunComplete: 1, RunFailed: 0 }),
    );
    expect(await listRunReceipts(deployed.state, 9)).toContainEqual(expect.objectContaining({ runId }));
  });

  test('the bundled pull continues in a fresh invocation when the time is up', async () => {
    deployed.aws.secrets.put(CLIENT_SECRET, JSON.stringify(SIMULATOR_CREDENTIALS));

    const execution = await deployed.execute({ remainingMs: 100_000 });

    expect(resultOf(execution)).toMatchObject({
      status: 'complete',
      streams: { members: { status: 'complete', pages: 3, fetched: 250 } },
    });
    expect(execution.invocations).toBe(5);
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
    'the bundled pull fails with one clear error when the secret %s, and does not print it',
    async (_what, value, code) => {
      if (value === undefined) deployed.aws.secrets.delete(CLIENT_SECRET);
      else deployed.aws.secrets.put(CLIENT_SECRET, value);
      deployed.procurios.control.resetRequests();

      const execution = await deployed.execute();

      expect(execution).toMatchObject({ status: 'FAILED', error: { ErrorType: code } });
      expect(execution.error?.ErrorMessage).toMatch(/^run [-\w]+ failed for members, channels: /);
      expect(JSON.stringify(execution)).not.toContain('hunter2');
      expect(execution.logs).toContainEqual(
        expect.objectContaining({ RunFailed: 1, RunComplete: 0, AccessRefused: 2 }),
      );
      expect(deployed.procurios.control.requests()['POST /l/oauth2/token'] ?? 0).toBeLessThanOrEqual(1);
    },
  );
});

test('the bundle of the pull is smaller than 850 KB', () => {
  expect(deployed.bundle.bytes).toBeLessThan(850 * 1024);
});
