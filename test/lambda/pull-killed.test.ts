import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { queryRows } from '../../lambda/aws/state/rows.ts';
import { listRunReceipts } from '../../lambda/aws/state/run-store.ts';
import { readLease } from '../../lambda/aws/state/take-lease.ts';
import { readWalkUnderWay } from '../../lambda/aws/state/walk-store.ts';
import { type DeployedPull, deployPull, killEveryOther, SHORT_SLICES } from '../support/deployed-pull.ts';
import type { Execution } from '../support/durable-service.ts';

// Each of some fifteen invocations is a process.
jest.setTimeout(180_000);

let deployed: DeployedPull;

beforeAll(async () => {
  deployed = await deployPull({ relations: 300, requestsPerSecond: 100 });
}, 60_000);

afterAll(async () => {
  await deployed?.[Symbol.asyncDispose]();
});

const resultOf = ({ result = 'null' }: Execution) => JSON.parse(result);

/** Objects of the stream that the metrics say the run fetched. */
const fetchedBy = ({ logs }: Execution) =>
  logs
    .filter(({ Stream }) => Stream === 'members')
    .reduce((sum, { ObjectsFetched }) => sum + Number(ObjectsFetched), 0);

describe('a pull whose invocations are killed', () => {
  test('at every slice in turn ends with the tables as without a kill', async () => {
    const killing = killEveryOther(deployed, (invocation) => 2 + ((invocation * 3) % 11));

    const execution = await deployed.execute(killing);

    expect(killing.kills).toBeGreaterThan(2);
    expect(execution.invocations).toBeGreaterThan(killing.kills);
    expect(resultOf(execution)).toMatchObject({ status: 'complete' });
    const { members } = resultOf(execution).streams;
    expect(members).toMatchObject({ fetched: 300, rejected: 0, repeated: 0 });
    expect(members.written + members.unchanged).toBe(300);
    deployed.proxy.onCall(() => undefined);
    const again = await deployed.execute();
    expect(resultOf(again).streams.members).toMatchObject({ fetched: 300, unchanged: 300 });
    expect((await deployed.objectsOf('members')).size).toBe(300);
    expect(await readWalkUnderWay(deployed.state, 'members')).toBeUndefined();
    expect(await queryRows(deployed.state, { pk: 'walk#members', sk: 'seen#' })).toEqual([]);
    expect(await readLease(deployed.state)).toMatchObject({ until: 0, writesUntil: 0 });
  });
});

describe('a run that its execution’s time was too short for', () => {
  test('keeps others out while it runs, and is taken up by the next, which says so', async () => {
    deployed.procurios.control.edit('relation', 1, { last_name: 'van Buren' });
    let second: Execution | undefined;
    const cutOff = await deployed.execute({
      ...SHORT_SLICES,
      mostInvocations: 2,
      async beforeInvocation({ invocations }) {
        if (invocations === 1) second = await deployed.execute();
      },
    });

    const next = await deployed.execute();

    expect(cutOff.status).toBe('TIMED_OUT');
    expect(second).toMatchObject({
      status: 'SUCCEEDED',
      result: expect.stringMatching(/"status":"skipped"/),
    });
    expect(second?.printed).not.toMatch(/RunFailed/);
    expect(next.logs).toContainEqual(
      expect.objectContaining({ message: expect.stringMatching(/^the run before was cut off/) }),
    );
    expect(next.logs).toContainEqual(
      expect.objectContaining({ message: 'run begins', unfinished: 'members' }),
    );
    expect(resultOf(next).streams.members).toMatchObject({ status: 'complete', pages: 3, fetched: 300 });
    expect([cutOff, next].map((execution) => fetchedBy(execution))).toEqual([200, 100]);
    const [, lost] = await listRunReceipts(deployed.state, 2);
    expect(lost).toMatchObject({ status: 'failed', streams: {}, error: { code: 'INTERRUPTED' } });
  });
});
