import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readLease } from '../../lambda/aws/state/take-lease.ts';
import { readUnfinishedWalk } from '../../lambda/aws/state/walk-store.ts';
import { SIMULATOR_CREDENTIALS } from '../../local/simulator/simulator.ts';
import { CLIENT_SECRET, type DeployedPull, deployPull, killEveryOther } from '../support/deployed-pull.ts';
import { expectKeysToExpire } from '../support/walk-rows.ts';

let deployed: DeployedPull;

beforeAll(async () => {
  deployed = await deployPull({ relations: 300, requestsPerSecond: 100 });
  await deployed.execute();
}, 300_000);

afterAll(async () => {
  await deployed?.[Symbol.asyncDispose]();
});

const CALLS = Array.from({ length: 24 }, (_, index) => index + 1);

test.each(CALLS)(
  'a pull that is killed at call %i to DynamoDB of every other invocation loses nothing',
  async (call) => {
    const relations = [call, call + 50, call + 150, call + 250];
    for (const relation of relations) {
      deployed.procurios.control.edit('relation', relation, { last_name: `changed ${call}` });
    }
    const before = await deployed.objectsOf('members');

    const killing = killEveryOther(deployed, () => call);
    const execution = await deployed.execute(killing);

    expect([execution.status, execution.error]).toEqual(['SUCCEEDED', undefined]);
    const { streams } = JSON.parse(execution.result ?? '{}');
    const { fetched, repeated } = streams.members;
    expect(streams.members).toMatchObject({ status: 'complete', rejected: 0 });
    // A walk that reads down reads page 1 twice.
    expect(fetched - repeated).toBe(300);
    deployed.proxy.onCall(() => undefined);
    const after = await deployed.objectsOf('members');
    const changed = [...after].filter(([id, object]) => before.get(id) !== object);
    expect(changed).toHaveLength(relations.length);
    expect(changed.every(([, object]) => object.includes(`changed ${call}`))).toBe(true);
    expect(after.size).toBe(300);
    expect(await readUnfinishedWalk(deployed.state, 'members')).toBeUndefined();
    await expectKeysToExpire(deployed.state, 'members');
    expect(await readLease(deployed.state)).toMatchObject({ until: 0 });
  },
);

// pull.test.ts has a wrong secret and one that is not JSON.
test.each([
  ['lacks a field', '{"clientId":"hunter2"}'],
  ['has no value', undefined],
])(
  'the bundled pull fails with one clear error when the secret %s, and does not print it',
  async (_what, value) => {
    const { aws, procurios } = deployed;
    if (value === undefined) aws.secrets.delete(CLIENT_SECRET);
    else aws.secrets.put(CLIENT_SECRET, value);
    procurios.control.resetRequests();

    const execution = await deployed.execute();

    aws.secrets.put(CLIENT_SECRET, JSON.stringify(SIMULATOR_CREDENTIALS));
    expect(execution).toMatchObject({ status: 'FAILED', error: { ErrorType: 'SECRET_INVALID' } });
    expect(execution.error?.ErrorMessage).toMatch(/^run [-\w]+ failed for members, channels: /);
    expect(JSON.stringify(execution)).not.toContain('hunter2');
    expect(execution.logs).toContainEqual(
      expect.objectContaining({ RunFailed: 1, RunComplete: 0, AccessRefused: 2 }),
    );
    expect(procurios.control.requests()['POST /l/oauth2/token'] ?? 0).toBe(0);
  },
);
