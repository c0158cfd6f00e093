import { withDurableExecution } from '@aws/durable-execution-sdk-js';
import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SyncError } from '../../../lambda/core/errors.ts';
import type { Json } from '../../../lambda/core/json.ts';
import { type DurablePullPorts, durablePull } from '../../../lambda/wiring/durable-pull.ts';
import { durableWorld } from '../../support/durable-world.ts';
import type { Listing } from '../../support/memory-ports.ts';

beforeAll(() => LocalDurableTestRunner.setupTestEnvironment({ skipTime: true }));
afterAll(() => LocalDurableTestRunner.teardownTestEnvironment());

/** A world on the runner's clock, which skips waits. Pages only advance that clock, so the test does not wait for them. */
function open(listings: Readonly<Record<string, () => Listing>>, pageMs = 60_000) {
  let pagesMs = 0;
  const clock = {
    now: () => Date.now() + pagesMs,
    sleep: async () => {},
  };
  const world = durableWorld(listings, clock, () => {
    pagesMs += pageMs;
  });
  return {
    ...world,
    execute: (overrides?: Partial<DurablePullPorts>) => execute({ ...world.ports, ...overrides }),
  };
}

/** Runs the function with AWS's testing package: the SDK's own engine, with checkpoints in a local service. */
async function execute(ports: DurablePullPorts) {
  const runner = new LocalDurableTestRunner({ handlerFunction: withDurableExecution(durablePull(ports)) });
  const execution = await runner.run();
  const operations = execution.getOperations();
  const status = execution.getStatus();
  const ofType = (type: string) => operations.filter((operation) => operation.getType() === type);
  return {
    status,
    result: status === 'SUCCEEDED' ? execution.getResult() : undefined,
    error: status === 'FAILED' ? execution.getError() : undefined,
    names: operations.map((operation) => operation.getName()),
    waits: ofType('WAIT').flatMap((wait) => wait.getWaitDetails()?.waitSeconds ?? []),
    resultSizes: ofType('STEP').map((step) => JSON.stringify(step.getStepDetails()?.result ?? '').length),
    invocations: execution.getInvocations().length,
  };
}

const things = (from: number, to: number): Json[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ id: from + index }));
const pagesOfTen = (pages: number): Listing =>
  Array.from({ length: pages }, (_, page) => things(page * 10 + 1, page * 10 + 10));

describe('an execution', () => {
  test('an execution pulls the streams slice by slice and returns the receipt', async () => {
    const world = open({ members: () => pagesOfTen(15), orders: () => pagesOfTen(3) });

    const { status, result, names, waits, invocations, resultSizes } = await world.execute();

    expect(status).toBe('SUCCEEDED');
    expect(result).toEqual(world.receipts[0]);
    expect(result.streams).toMatchObject({
      members: { status: 'complete', fetched: 150, written: 150 },
      orders: { status: 'complete', fetched: 30 },
    });
    expect(names).toEqual([
      'begin 1',
      ...Array.from({ length: 6 }, (_, index) => `members ${index + 1}`),
      'members 6 waits',
      'members 7',
      'members 8',
      'orders 1',
      'orders 2',
      'end',
      'finish 1',
      'tell',
    ]);
    expect(waits.every((seconds) => seconds === 1)).toBe(true);
    expect(invocations).toBe(waits.length + 1);
    expect(Math.max(...resultSizes)).toBeLessThan(4096);
    expect(world.reported.at(-1)).toBe('run ends, complete');
  });

  test('an execution waits an hour for a rate limit without an invocation', async () => {
    let tries = 0;
    const world = open({
      members: () => {
        tries += 1;
        const page = tries === 1 ? new SyncError('THROTTLED', 'status 429', { retryAfterMs: 3_600_000 }) : [];
        return [things(1, 3), page instanceof SyncError ? page : things(4, 6)];
      },
    });

    const { status, waits, invocations } = await world.execute();

    expect([status, waits, invocations]).toEqual(['SUCCEEDED', [3600], 2]);
    expect(world.reported).toEqual([
      'members begins',
      'members waits 3600 s',
      'members ends, complete',
      'run ends, complete',
    ]);
    const [receipt] = world.receipts;
    const tookMs = Date.parse(receipt?.finishedAt ?? '') - Date.parse(receipt?.startedAt ?? '');
    expect(tookMs).toBeGreaterThanOrEqual(3_600_000);
  });

  test('an execution in which a stream failed fails after the others were pulled and the receipt was saved', async () => {
    const world = open({
      bad: () => [new SyncError('RESPONSE_INVALID', 'page 1: status 400')],
      good: () => pagesOfTen(1),
    });

    const { status, error } = await world.execute();

    expect(status).toBe('FAILED');
    expect(error).toMatchObject({
      errorType: 'RESPONSE_INVALID',
      errorMessage: 'run run-1 failed for bad: page 1: status 400',
    });
    expect(world.receipts).toMatchObject([{ status: 'failed', streams: { good: { status: 'complete' } } }]);
    expect(world.reported.at(-1)).toBe('run ends, failed');
  });

  test('an execution is skipped while another pull is in progress, and reports no failure', async () => {
    const world = open({ members: () => pagesOfTen(1) });
    world.holders.push({ arn: 'another', isRunning: true });

    const { status, result, names } = await world.execute();

    expect(status).toBe('SUCCEEDED');
    expect(result).toEqual({ status: 'skipped', reason: 'another pull is in progress' });
    expect(names).toEqual(['begin 1', 'skip']);
    expect([world.reported, world.pages, world.receipts]).toEqual([['skipped'], [], []]);
  });

  test('an execution waits for a lease that a dead process may hold', async () => {
    const world = open({ members: () => pagesOfTen(1) });
    let tries = 0;

    const { status, waits } = await world.execute({
      async begin(arn) {
        tries += 1;
        if (tries === 1) throw new SyncError('RUN_ACTIVE', 'a process', { retryAfterMs: 44_100 });
        return await world.ports.begin(arn);
      },
    });

    expect([status, waits]).toEqual(['SUCCEEDED', [45]]);
    expect(world.receipts).toMatchObject([{ status: 'complete' }]);
  });

  test.each([
    ['STORE_MISSING', 1, 0],
    ['STORE_UNAVAILABLE', 3, 2],
  ] as const)(
    'an execution that cannot begin for %s fails after %i attempts',
    async (code, begins, pauses) => {
      const world = open({ members: () => pagesOfTen(1) });
      let tries = 0;

      const { status, error, waits } = await world.execute({
        async begin() {
          tries += 1;
          throw new SyncError(code, 'the state table');
        },
      });

      expect([status, tries, waits.length]).toEqual(['FAILED', begins, pauses]);
      expect(error).toMatchObject({ errorType: code, errorMessage: 'the state table' });
      expect(world.reported).toEqual([`failure ${code}`]);
    },
  );

  test('an execution shows only the name of an unexpected error', async () => {
    const world = open({ members: () => pagesOfTen(1) });

    const { status, error } = await world.execute({
      async begin() {
        throw new TypeError('hunter2');
      },
    });

    expect(status).toBe('FAILED');
    expect(JSON.stringify(error)).not.toContain('hunter2');
    expect(world.reported).toEqual(['failure BUG']);
  });

  test('an execution continues the walk of one that was cut off', async () => {
    const world = open({ members: () => pagesOfTen(9), orders: () => pagesOfTen(1) });
    let pages = 0;
    const cutOff = world.execute({
      openRun(run, invocation) {
        const ports = world.ports.openRun(run, invocation);
        const openStores = async (stream: Parameters<typeof ports.openStores>[0]) => {
          pages += 1;
          // As after a timeout: the execution stops without releasing its lease.
          if (pages === 3) throw Object.assign(new Error('cut off'), { name: 'CutOff' });
          return await ports.openStores(stream);
        };
        return {
          ...ports,
          openStores,
          unexpected(error) {
            throw error;
          },
        };
      },
    });
    const { status } = await cutOff;
    for (const holder of world.holders) holder.isRunning = false;
    const pagesBefore = world.pages.length;

    const next = await world.execute();

    expect([status, next.status]).toEqual(['FAILED', 'SUCCEEDED']);
    expect(world.receipts).toHaveLength(1);
    expect(next.result.streams.members).toMatchObject({
      status: 'complete',
      pages: 9,
      fetched: 90,
      written: 90,
    });
    expect(world.pages.slice(pagesBefore)[0]).toBe('members 5');
  });
});
