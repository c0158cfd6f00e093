import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import { createStateTable } from '../../../../lambda/aws/state/state-table.ts';
import { acquireLease } from '../../../../lambda/aws/state/take-lease.ts';
import { EMBEDDED_CREDENTIALS } from '../../../../local/endpoints/guard.ts';
import { describeDynamoDbs } from '../../../support/dynamodb-servers.ts';
import { closeAfterTest } from '../../../support/embedded-aws.ts';
import { startFaultProxy } from '../../../support/fault-proxy.ts';
import { ManualClock } from '../../../support/memory-ports.ts';
import { openState } from './setup.ts';

describeDynamoDbs('the lease', (server) => {
  async function lease(
    state: Awaited<ReturnType<typeof openState>>,
    clock: ManualClock,
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
