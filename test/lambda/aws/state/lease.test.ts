import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import { createStateTable } from '../../../../lambda/aws/state/state-table.ts';
import { acquireLease } from '../../../../lambda/aws/state/take-lease.ts';
import type { Clock } from '../../../../lambda/core/clock.ts';
import { EMBEDDED_CREDENTIALS } from '../../../../local/endpoints/guard.ts';
import { describeDynamoDbs } from '../../../support/dynamodb-servers.ts';
import { closeAfterTest } from '../../../support/embedded-aws.ts';
import { startFaultProxy } from '../../../support/fault-proxy.ts';
import { ManualClock } from '../../../support/memory-ports.ts';
import { openState } from './setup.ts';

describeDynamoDbs('the lease', (server) => {
  async function lease(
    state: Awaited<ReturnType<typeof openState>>,
    clock: Clock,
    holderName: string,
    isAlone = false,
  ) {
    const acquired = await acquireLease({
      state,
      holderName,
      runId: `run of ${holderName}`,
      isAlone,
      readHolderState: async () => 'unknown',
      noteCutOff: async () => {},
      onWatch() {},
      clock,
    });
    return Object.assign(acquired, { [Symbol.asyncDispose]: () => acquired.release() });
  }

  test('one process at a time holds the lease, and the next one after its release', async () => {
    const state = await openState(server);
    const clock = new ManualClock();
    const first = await lease(state, clock, 'process 1 on a');

    await expect(lease(state, clock, 'process 2 on b')).rejects.toMatchObject({
      code: 'RUN_ACTIVE',
      message: expect.stringContaining('since 2026-11-24T03:00:00.000Z (process 1 on a)'),
    });
    await first.release();
    await using second = await lease(state, clock, 'process 2 on b');

    expect(second.fence).toBe(first.fence + 1);
  });

  test('one of many concurrent processes gets the lease', async () => {
    const state = await openState(server);
    const clock = new ManualClock();

    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => lease(state, clock, `process ${index}`)),
    );

    const won = tries.filter((each) => each.status === 'fulfilled');
    expect(won).toHaveLength(1);
    await won[0]?.value.release();
  });

  test('a process gets the lease also if the answer to its write was lost', async () => {
    const { stateName } = await server.freshTables();
    const proxy = closeAfterTest(await startFaultProxy(server.url));
    proxy.onCall(({ action, ordinal }) => (action === 'PutItem' && ordinal === 1 ? 'loseReply' : undefined));
    const repeating = new DynamoDBClient({
      endpoint: proxy.url,
      region: 'eu-west-1',
      credentials: EMBEDDED_CREDENTIALS,
      maxAttempts: 2,
    });

    await using first = await lease(createStateTable(repeating, stateName), new ManualClock(), 'process 1');

    expect(proxy.calls().PutItem).toBe(2);
    expect(first.guard().aborted).toBe(false);
    repeating.destroy();
  });

  test('the lease of a dead process is taken over after its time, and the dead process stops writing', async () => {
    const state = await openState(server);
    const clock = new ManualClock();
    await using dead = await lease(state, clock, 'process 1');
    clock.time += 44_000;
    const tooEarly = lease(state, clock, 'process 2');
    await expect(tooEarly).rejects.toMatchObject({ code: 'RUN_ACTIVE' });

    clock.time += 2_000;
    await using next = await lease(state, clock, 'process 2');

    expect(next.fence).toBe(dead.fence + 1);
    expect(() => dead.guard()).toThrow('the lease could not be renewed in time');
    expect(dead.signal.aborted).toBe(true);
    expect(next.guard().aborted).toBe(false);
  });

  const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

  test('a lease that a clock a year ahead wrote is taken over if its holder does not renew it', async () => {
    const state = await openState(server);
    const ahead = new ManualClock();
    ahead.time += YEAR_MS;
    await using _dead = await lease(state, ahead, 'process 1');
    const clock = new ManualClock();
    const begin = clock.now();

    await using next = await lease(state, clock, 'process 2');

    expect(next.fence).toBe(2);
    expect(clock.now() - begin).toBe(45_000);
  });

  test.each([
    ['a year ahead of the holder', YEAR_MS],
    ['two minutes ahead of the holder', 120_000],
    ['a year behind the holder', -YEAR_MS],
  ])('a process whose clock is %s leaves a lease that is renewed', async (_name, aheadMs) => {
    const state = await openState(server);
    const clock = new ManualClock();
    await using live = await lease(state, clock, 'process 1');
    const watching = new ManualClock();
    watching.time += aheadMs;
    /** Every 10 seconds that are waited for, the holder sends a heartbeat. */
    const sleep = async (ms: number) => {
      await watching.sleep(ms);
      clock.time += ms;
      if ((clock.time / 1000) % 10 !== 0) return;
      const values = { ':until': clock.time + 45_000, ':writesUntil': clock.time + 35_000 };
      const update = 'SET #until = :until, #writesUntil = :writesUntil';
      await state.update({ pk: 'lease', sk: 'pull' }, { update, values });
    };

    const other = lease(state, { now: () => watching.now(), sleep }, 'process 2');

    await expect(other).rejects.toMatchObject({
      code: 'RUN_ACTIVE',
      message: expect.stringMatching(/\(process 1\); it renewed its lease while this one watched$/),
    });
    expect(live.signal.aborted).toBe(false);
  });

  test('the lease of a run that left no receipt is taken over at once, and the run is noted as cut off', async () => {
    const state = await openState(server);
    const clock = new ManualClock();
    const begin = clock.now();
    await (await lease(state, clock, 'process 1')).abandon();

    await using next = await lease(state, clock, 'process 2');

    expect(clock.now()).toBe(begin);
    expect(next.fence).toBe(2);
  });

  test('a released lease allows no write and aborts those in flight', async () => {
    const state = await openState(server);
    const released = await lease(state, new ManualClock(), 'process 1');
    const underWay = released.guard();

    await released.release();

    expect(underWay.aborted).toBe(true);
    expect(() => released.guard()).toThrow('the pull is over');
  });

  test('a process that lost the lease does not release it for others', async () => {
    const state = await openState(server);
    const clock = new ManualClock();
    const dead = await lease(state, clock, 'process 1');
    clock.time += 46_000;
    await using _next = await lease(state, clock, 'process 2');

    await dead.release();

    await expect(lease(state, clock, 'process 3')).rejects.toMatchObject({ code: 'RUN_ACTIVE' });
  });

  test('a process that is alone with the tables takes the lease over at once', async () => {
    const state = await openState(server);
    const clock = new ManualClock();
    await using _dead = await lease(state, clock, 'process 1');

    await using alone = await lease(state, clock, 'process 2', true);

    expect(alone.fence).toBe(2);
  });

  test('without the state table the lease fails with STORE_MISSING', async () => {
    const state = createStateTable(server.client(), 'procurios-sync-acme-state');

    await expect(lease(state, new ManualClock(), 'process 1')).rejects.toMatchObject({
      code: 'STORE_MISSING',
      message: expect.stringContaining('procurios-sync-acme-state'),
    });
  });
});
