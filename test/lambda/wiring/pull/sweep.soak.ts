import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RunReceipt } from '../../../../lambda/core/pull/receipt.ts';
import { startEmbeddedAws } from '../../../../local/endpoints/embedded-aws.ts';
import { SIMULATOR_SCOPES, type Simulator } from '../../../../local/simulator/simulator.ts';
import { dynamoDbOf } from '../../../support/embedded-aws.ts';
import {
  aimedAt,
  PAGING_CASES,
  type PagingCase,
  startSmallSimulator,
} from '../../../support/paging-kinds.ts';
import { readPlainly } from '../../../support/plain-listing.ts';
import { openSite, type Site } from '../../../support/pull-harness.ts';
import { openWorkplace } from '../../../support/pull-process.ts';
import { LASTING_FAULTS, type LastingCase, PASSING_FAULTS, passesOver } from './fault-cases.ts';
import { leaksIn } from './leaks.ts';

const SEEDS = [1, 7];
const RANDOM_RUNS = 40;
const KILLS = 30;

/** Has a simulator and a DynamoDB of its own for as long as it runs. */
async function withOwn(
  seed: number,
  act: (simulator: Simulator, dynamoDb: DynamoDBClient) => Promise<void>,
): Promise<void> {
  const aws = await startEmbeddedAws();
  const dynamoDb = dynamoDbOf(aws);
  const simulator = await startSmallSimulator(seed);
  try {
    await act(simulator, dynamoDb);
  } finally {
    await simulator.close();
    dynamoDb.destroy();
    await aws.close();
  }
}

describe.each(SEEDS)('seed %i', (seed) => {
  describe.each(PAGING_CASES)('$kind', (paging) => {
    test.each(LASTING_FAULTS)('$name on any page is made up for by the next pull', async (lasting) => {
      await withOwn(seed, async (simulator, dynamoDb) => {
        for (let page = 1; page <= paging.pages; page += 1) {
          await failAndRecover(await openSite(dynamoDb, simulator, paging), paging, page, lasting);
        }
      });
    });

    test.each(PASSING_FAULTS)('$name on any page is ridden out', async ({ action, times = 1, limits }) => {
      await withOwn(seed, async (simulator, dynamoDb) => {
        for (let page = 1; page <= paging.pages; page += 1) {
          const site = await openSite(dynamoDb, simulator, paging);
          const listing = await site.listing();
          site.fault({ ...aimedAt(paging, page), times, do: action });

          const { receipt } = await site.pull({ limits });

          expect([page, receipt]).toMatchObject([page, { status: 'complete', written: listing.size }]);
          expect((await site.stored()).objects).toEqual(listing);
        }
      });
    });
  });
});

async function failAndRecover(
  site: Site,
  paging: PagingCase,
  page: number,
  lasting: LastingCase,
): Promise<void> {
  const { action, limits } = lasting;
  const listing = await site.listing();
  const { receipt: expected, stays, isKept } = expectationFor(paging, page, lasting, [...listing]);
  site.fault({ ...aimedAt(paging, page), do: action });

  const { run, receipt } = await site.pull({ limits });
  const stored = await site.stored();
  site.clearFaults();
  const next = await site.pull();
  const storedThen = await site.stored();

  expect([page, receipt]).toMatchObject([page, { ...expected, written: stays.size }]);
  expect(stored.objects).toEqual(stays);
  expect(stored.keepsWalk).toBe(isKept);
  expect(leaksIn([run, stored.stateRows], listing)).toEqual([]);
  expect([page, next.receipt]).toMatchObject([page, { status: 'complete', fetched: listing.size }]);
  expect(storedThen.objects).toEqual(listing);
  const missing = [...listing.keys()].filter((key) => !stays.has(key)).sort();
  expect(storedThen.writtenBy.get(next.run.runId) ?? []).toEqual(missing);
  expect(storedThen.keepsWalk).toBe(false);
}

/** What a walk stores, and how it ends, if a page of its listing has a lasting fault. */
function expectationFor(
  paging: PagingCase,
  page: number,
  lasting: LastingCase,
  listing: readonly (readonly [string, string])[],
) {
  const { action, isKept } = lasting;
  const { kind, pageSize } = paging;
  const before = listing.slice(0, (page - 1) * pageSize);
  const lastFilled = Math.ceil(listing.length / pageSize);
  if (passesOver(paging, lasting) && page > 1 && page < lastFilled) {
    const stays = new Map([...before, ...listing.slice(page * pageSize)]);
    return { receipt: { status: 'incomplete' }, stays, isKept: false };
  }
  // Some numbered listings refuse the pages past their end.
  const isRefused = action.kind === 'status' && (action.status === 400 || action.status === 404);
  return kind === 'numberedPages' && isRefused && page > 1
    ? { receipt: { status: 'complete' }, stays: new Map(before), isKept: false }
    : { receipt: { status: 'failed', pages: page - 1 }, stays: new Map(before), isKept };
}

type Step =
  | { readonly do: 'edit' | 'remove'; readonly which: number }
  | { readonly do: 'create' }
  | { readonly do: 'pull'; readonly fault: number; readonly page: number; readonly times: number };

const FAULTS = [...LASTING_FAULTS, ...PASSING_FAULTS];
const LISTING_FAULTS = [
  { kind: 'nextLoop' },
  { kind: 'emptyPage' },
  { kind: 'stuckPage' },
  { kind: 'shift', by: 'removal' },
  { kind: 'shift', by: 'insertion' },
] as const;

const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constantFrom('edit' as const, 'remove' as const), which: fc.nat() }),
    fc.record({ do: fc.constant('create' as const) }),
    fc.record({
      do: fc.constant('pull' as const),
      fault: fc.nat(FAULTS.length + LISTING_FAULTS.length - 1),
      page: fc.integer({ min: 1, max: 8 }),
      times: fc.integer({ min: 1, max: 6 }),
    }),
  ),
  { minLength: 1, maxLength: 10 },
);

describe.each(PAGING_CASES)(
  'whatever happens before, two quiet pulls make the table right: $kind',
  (paging) => {
    test('faults and edits in any order', async () => {
      await fc.assert(
        fc.asyncProperty(steps, fc.constantFrom(...SEEDS), async (sequence, seed) => {
          await withOwn(seed, async (simulator, dynamoDb) => {
            const site = await openSite(dynamoDb, simulator, paging);
            const everListed = new Set<string>();
            const note = async () => {
              site.clearFaults();
              for (const key of (await site.listing()).keys()) everListed.add(key);
            };
            await note();
            for (const [index, step] of sequence.entries()) {
              await take(site, paging, step, index);
              await note();
            }

            const first = await site.pull();
            const second = await site.pull();
            const third = await site.pull();

            const listing = await site.listing();
            expect([first, second, third].map(({ receipt }) => receipt.status)).toEqual(
              Array(3).fill('complete'),
            );
            expect(third.receipt).toMatchObject({
              fetched: listing.size,
              written: 0,
              unchanged: listing.size,
            });
            const { objects, keepsWalk } = await site.stored();
            const shown = [...objects].filter(([key]) => listing.has(key));
            expect(new Map(shown)).toEqual(listing);
            expect([...objects.keys()].filter((key) => !everListed.has(key))).toEqual([]);
            expect(keepsWalk).toBe(false);
          });
        }),
        { numRuns: RANDOM_RUNS },
      );
    });
  },
);

async function take(site: Site, paging: PagingCase, step: Step, index: number): Promise<void> {
  const { control } = site;
  const { objectKind } = paging;
  if (step.do === 'create') {
    control.create(objectKind);
    return;
  }
  if (step.do !== 'pull') {
    const there = Array.from({ length: 80 }, (_, each) => each + 1).filter((id) =>
      control.get(objectKind, id),
    );
    const id = there[step.which % Math.max(1, there.length)];
    if (id === undefined) return;
    if (step.do === 'edit') control.edit(objectKind, id, { changed_in_step: index });
    else control.remove(objectKind, id);
    return;
  }
  const plain = FAULTS[step.fault];
  const action = plain?.action ?? LISTING_FAULTS[step.fault - FAULTS.length];
  if (action === undefined) throw new Error('no such fault');
  site.fault({
    ...aimedAt(paging, paging.kind === 'onePage' ? 1 : step.page),
    times: step.times,
    do: action,
  });
  const { receipt } = await site.pull({ limits: plain?.limits });
  const { fetched, written, unchanged, repeated, rejected } = receipt;
  expect(fetched).toBe(written + unchanged + repeated + rejected);
}

test('a pull that is killed at any moment, again and again, is made up for by the next one', async () => {
  const simulator = await startSmallSimulator();
  await using workplace = await openWorkplace(simulator);
  try {
    simulator.control.fault({ do: { kind: 'latency', ms: 5 } });
    const began = Date.now();
    await workplace.startPull('--json').ended;
    const wholeMs = Date.now() - began;

    for (let kill = 1; kill <= KILLS; kill += 1) {
      for (const { objectKind } of PAGING_CASES) {
        for (let id = 1; id <= 12; id += 1) simulator.control.edit(objectKind, id, { before_kill: kill });
      }
      const pull = workplace.startPull('--json');
      await sleep((wholeMs * kill) / KILLS);
      pull.process.kill(kill % 3 === 0 ? 'SIGINT' : 'SIGKILL');
      await pull.ended;
    }
    await workplace.startPull('--json').ended;
    const last = await workplace.startPull('--json').ended;

    expect((JSON.parse(last.stdout) as RunReceipt).status).toBe('complete');
    const stored = await workplace.stored();
    for (const paging of PAGING_CASES) {
      const listing = await readPlainly(simulator, paging, SIMULATOR_SCOPES);
      expect([paging.kind, stored.get(paging.kind)?.objects]).toEqual([paging.kind, listing]);
    }
  } finally {
    await simulator.close();
  }
});
