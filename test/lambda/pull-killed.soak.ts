import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { queryRows } from '../../lambda/aws/state/rows.ts';
import { readLease } from '../../lambda/aws/state/take-lease.ts';
import { readWalkUnderWay } from '../../lambda/aws/state/walk-store.ts';
import { type DeployedPull, deployPull, killEveryOther } from '../support/deployed-pull.ts';

let deployed: DeployedPull;

beforeAll(async () => {
  deployed = await deployPull({ relations: 300, requestsPerSecond: 100 });
  await deployed.execute();
}, 300_000);

afterAll(async () => {
  await deployed?.[Symbol.asyncDispose]();
});

const CALLS = Array.from({ length: 24 }, (_, index) => index + 1);

test.each(CALLS)('a pull that is killed at call %i to DynamoDB of every other invocation', async (call) => {
  const relations = [call, call + 50, call + 150, call + 250];
  for (const relation of relations) {
    deployed.procurios.control.edit('relation', relation, { last_name: `changed ${call}` });
  }
  const before = await deployed.objectsOf('members');

  const killing = killEveryOther(deployed, () => call);
  const execution = await deployed.execute(killing);

  expect([execution.status, execution.error]).toEqual(['SUCCEEDED', undefined]);
  const { streams } = JSON.parse(execution.result ?? '{}');
  expect(streams.members).toMatchObject({ status: 'complete', fetched: 300, rejected: 0 });
  deployed.proxy.onCall(() => undefined);
  const after = await deployed.objectsOf('members');
  const changed = [...after].filter(([id, object]) => before.get(id) !== object);
  expect(changed).toHaveLength(relations.length);
  expect(changed.every(([, object]) => object.includes(`changed ${call}`))).toBe(true);
  expect(after.size).toBe(300);
  expect(await readWalkUnderWay(deployed.state, 'members')).toBeUndefined();
  expect(await queryRows(deployed.state, { pk: 'walk#members', sk: 'seen#' })).toEqual([]);
  expect(await readLease(deployed.state)).toMatchObject({ until: 0 });
});
