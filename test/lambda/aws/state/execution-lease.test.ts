import { expect, test } from '@jest/globals';
import { listRunReceipts, saveRunReceipt } from '../../../../lambda/aws/state/run-store.ts';
import { createStateTable } from '../../../../lambda/aws/state/state-table.ts';
import {
  acquireLease,
  type LeaseOptions,
  readLease,
  releaseExecutionLease,
  resumeLease,
  takeLease,
} from '../../../../lambda/aws/state/take-lease.ts';
import { createWalkStore } from '../../../../lambda/aws/state/walk-store.ts';
import { noCounts } from '../../../../lambda/core/pull/counts.ts';
import type { HolderState, LeaseRow } from '../../../../lambda/core/pull/lease.ts';
import type { RunReceipt } from '../../../../lambda/core/pull/receipt.ts';
import { saveCutOffReceipt } from '../../../../lambda/wiring/run-pull.ts';
import { type DynamoDbServer, describeDynamoDbs } from '../../../support/dynamodb-servers.ts';
import { ManualClock } from '../../../support/memory-ports.ts';
import { streamOf } from '../../../support/streams.ts';
import { endOf, GUARD, STAYS, walkOf } from './setup.ts';

const HOUR = 60 * 60 * 1000;
const TONIGHT = 'arn:aws:lambda:eu-west-1:111122223333:function:pull:1/durable-execution/tonight/1';
const TOMORROW = TONIGHT.replace('tonight', 'tomorrow');

describeDynamoDbs('the lease of an execution', (server) => {
  test('an execution keeps the lease for an hour without a heartbeat, while Lambda says that it is running', async () => {
    const { clock, take, state } = await open(server);
    await take(TONIGHT);
    await (await resumeLease(state, TONIGHT, clock)).pause();
    clock.time += HOUR;

    const another = take(TOMORROW, 'running');

    await expect(another).rejects.toMatchObject({ code: 'RUN_ACTIVE', retryAfterMs: undefined });
    expect((await resumeLease(state, TONIGHT, clock)).guard().aborted).toBe(false);
  });

  test('the lease of an ended execution is taken over once its writes have run out', async () => {
    const { clock, take, state } = await open(server);
    await take(TONIGHT);
    await resumeLease(state, TONIGHT, clock);

    const tooEarly = take(TOMORROW, 'ended');
    await expect(tooEarly).rejects.toMatchObject({ code: 'RUN_ACTIVE', retryAfterMs: 35_000 });
    clock.time += 35_000;
    const { row, cutOff } = await take(TOMORROW, 'ended');

    expect(cutOff).toMatchObject({ execution: TONIGHT, runId: `run of ${TONIGHT}` });
    expect(row.fence).toBeGreaterThan(cutOff?.fence ?? Infinity);
    await expect(resumeLease(state, TONIGHT, clock)).rejects.toMatchObject({ code: 'RUN_ACTIVE' });
  });

  test('an execution keeps the lease until its timeout if Lambda does not say whether it is running', async () => {
    const { clock, take } = await open(server);
    await take(TONIGHT);
    clock.time += 22 * HOUR;

    await expect(take(TOMORROW, 'unknown')).rejects.toMatchObject({
      code: 'RUN_ACTIVE',
      message: expect.stringMatching(
        /GetDurableExecution.*can begin at 2026-11-25T02:00:00.000Z at the latest/,
      ),
    });
    clock.time += HOUR;

    expect((await take(TOMORROW, 'unknown')).cutOff).toMatchObject({ execution: TONIGHT });
  });

  test('an execution keeps a process out, and a process an execution', async () => {
    const { clock, take, options } = await open(server);
    await take(TONIGHT);
    const process = acquireLease({
      ...options,
      holderName: 'process 1',
      runId: 'r',
      clock,
      ...saying('running'),
    });
    await expect(process).rejects.toMatchObject({ code: 'RUN_ACTIVE' });
    clock.time += 24 * HOUR;

    const taken = await acquireLease({
      ...options,
      holderName: 'process 1',
      runId: 'r',
      clock,
      ...saying('ended'),
    });

    const heldByProcess = take(TOMORROW, 'ended');
    await expect(heldByProcess).rejects.toMatchObject({ code: 'RUN_ACTIVE', retryAfterMs: 45_000 });
    await taken.release();
  });

  test('the lease of a killed process is taken over after its last heartbeat', async () => {
    const { clock, take, options } = await open(server);
    await acquireLease({ ...options, holderName: 'process 1', runId: 'killed', clock, ...saying('unknown') });
    clock.time += 45_000;

    expect((await take(TONIGHT)).cutOff).toMatchObject({ owner: 'process 1', runId: 'killed' });
  });

  test('the lease is not taken before the previous run is recorded as cut off', async () => {
    const { take, options } = await open(server);
    await take(TONIGHT);
    const dies = takeLease({
      ...options,
      holderName: 'execution that dies',
      runId: 'dies',
      execution: { arn: 'dies', endsAtMs: Number.MAX_SAFE_INTEGER },
      ...saying('ended'),
      noteCutOff: async () => {
        throw new Error('killed here');
      },
    });
    await expect(dies).rejects.toThrow('killed here');

    expect((await take(TOMORROW, 'ended')).cutOff).toMatchObject({ runId: `run of ${TONIGHT}` });
  });

  test('an execution that takes its lease twice gets the same lease', async () => {
    const { take } = await open(server);
    const first = await take(TONIGHT);

    const second = await take(TONIGHT);

    expect(second.row).toMatchObject(first.row);
    expect(second.cutOff).toBeUndefined();
  });

  test('each slice has another fence', async () => {
    const { clock, take, state } = await open(server);
    await take(TONIGHT);
    const first = await resumeLease(state, TONIGHT, clock);
    const second = await resumeLease(state, TONIGHT, clock);

    expect(second.fence).toBe(first.fence + 1);
    await first.pause();
    expect(await readLease(state)).toMatchObject({
      fence: second.fence,
      writesUntil: clock.now() + 35_000,
    });
  });

  test('only the holder releases the lease, and it is then free at once', async () => {
    const { take, state } = await open(server);
    await take(TONIGHT);
    await releaseExecutionLease(state, TOMORROW);
    await expect(take(TOMORROW, 'running')).rejects.toMatchObject({ code: 'RUN_ACTIVE' });
    await releaseExecutionLease(state, TONIGHT);

    expect((await take(TOMORROW, 'running')).cutOff).toBeUndefined();
  });
});

describeDynamoDbs('the receipt for a run that was cut off', (server) => {
  const holder: LeaseRow = {
    ...{ owner: 'execution 1', holder: 'execution 1', runId: 'run-1', fence: 1 },
    ...{ since: '2026-11-24T03:00:00.000Z', until: 1, writesUntil: 0 },
  };

  const STREAMS = ['ended', 'unfinished', 'untouched'].map((name) => streamOf({ name }));

  test('saveCutOffReceipt() accounts for every stream: what has ended, what is unfinished and what was not read', async () => {
    const { state } = await open(server);
    const store = createWalkStore({
      state,
      lease: { ...GUARD, fence: 1 },
      clock: new ManualClock(),
      runId: 'r1',
    });
    const counts = { ...noCounts(), pages: 1, fetched: 3, written: 3 };
    await store.saveWalk(streamOf({ name: 'unfinished' }), walkOf('run-0', [], { counts }), [], STAYS);
    await store.endWalk(streamOf({ name: 'ended' }), endOf('run-1'), []);

    await saveCutOffReceipt(state, STREAMS, holder);

    const [{ streams } = { streams: {} }] = await listRunReceipts(state, 1, Date.now());
    expect(Object.keys(streams)).toEqual(STREAMS.map(({ name }) => name));
    expect(streams).toMatchObject({
      ended: { status: 'complete' },
      unfinished: { status: 'incomplete', fetched: 3, error: { code: 'INTERRUPTED' } },
      untouched: { status: 'incomplete', fetched: 0, error: { code: 'INTERRUPTED' } },
    });
  });

  test('saveCutOffReceipt() saves a receipt that says so, once', async () => {
    const { state } = await open(server);

    await saveCutOffReceipt(state, STREAMS, holder);
    const [first] = await listRunReceipts(state, 9, Date.now());
    await saveCutOffReceipt(state, STREAMS, holder);

    expect(first).toMatchObject({ runId: 'run-1', status: 'failed', error: { code: 'INTERRUPTED' } });
    expect(await listRunReceipts(state, 9, Date.now())).toEqual([first]);
  });

  test('saveCutOffReceipt() keeps the receipt of a run that ended well and did not release the lease', async () => {
    const { state } = await open(server);
    const own: RunReceipt = {
      ...{ runId: 'run-1', startedAt: holder.since, finishedAt: '2026-11-24T04:00:00.000Z' },
      ...{ status: 'complete', streams: {} },
    };
    await saveRunReceipt(state, own);

    await saveCutOffReceipt(state, STREAMS, holder);

    expect(await listRunReceipts(state, 9, Date.now())).toEqual([own]);
  });

  test('saveCutOffReceipt() saves no receipt for a lease of an earlier version, which lacks the run', async () => {
    const { state } = await open(server);
    const { runId: _, ...older } = holder;

    await saveCutOffReceipt(state, STREAMS, older);

    expect(await listRunReceipts(state, 9, Date.now())).toEqual([]);
  });
});

async function open(server: DynamoDbServer) {
  const { stateName } = await server.freshTables();
  const state = createStateTable(server.client(), stateName);
  const clock = new ManualClock();
  const options = {
    state,
    isAlone: false,
    noteCutOff: async () => {},
    onWatch() {},
    clock,
  } satisfies Partial<LeaseOptions>;
  const take = async (arn: string, ofOthers: HolderState = 'unknown') => {
    let cutOff: LeaseRow | undefined;
    const row = await takeLease({
      ...options,
      holderName: `execution ${arn}`,
      runId: `run of ${arn}`,
      execution: { arn, endsAtMs: clock.now() + 23 * HOUR },
      ...saying(ofOthers),
      noteCutOff: async (holder) => {
        cutOff = holder;
      },
    });
    return { row, cutOff };
  };
  return { state, clock, options, take };
}

function saying(state: HolderState): Pick<LeaseOptions, 'readHolderState'> {
  return { readHolderState: async () => state };
}
