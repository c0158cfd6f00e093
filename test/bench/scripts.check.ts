import { afterAll, expect, test } from '@jest/globals';
import { startBilling } from '../../bench/billing.ts';
import { endAll, hasPython } from '../../bench/processes.ts';
import { measureScan } from '../../bench/scan.ts';
import { type ScriptName, startSurroundings } from '../../bench/surroundings.ts';

const LISTING = { listing: 'after', objects: 250, perPage: 100, kilobytes: 1 } as const;
const UNREVISED = { ...LISTING, revision: 0, revisedEvery: 1 };

afterAll(endAll);

/** What each script of the benchmark must write, so that none is measured while it does less than it says. */
const SCRIPTS: readonly { script: ScriptName; unchanged: number; revised: number }[] = [
  { script: 'put-each', unchanged: 250, revised: 250 },
  { script: 'batch-write', unchanged: 250, revised: 250 },
  { script: 'afternoon', unchanged: 0, revised: 3 },
  { script: 'procurios-sync', unchanged: 0, revised: 3 },
  ...(hasPython() ? [{ script: 'python', unchanged: 250, revised: 250 } as const] : []),
];

test.each(SCRIPTS)(
  'the benchmark measures $script while it reads and writes all that it should',
  async (expected) => {
    const { script: environment, unchanged, revised } = expected;
    const surroundings = await startSurroundings();
    const script = await surroundings.startScript(environment);
    const first = await script.run({ environment, ...UNREVISED }, 'empty');
    const second = await script.run({ environment, ...UNREVISED }, 'as it is');
    const third = await script.run({ environment, ...LISTING, revision: 1, revisedEvery: 100 }, 'as it is');
    expect([first, second, third].map(({ fetched, written }) => [fetched, written])).toEqual([
      [250, 250],
      [250, unchanged],
      [250, revised],
    ]);
    expect(first.cpuMs).toBeGreaterThan(0);
  },
);

test('the benchmark counts what a night of two invocations consumes, which loads its walk in the second one', async () => {
  const billing = await startBilling();
  const round = { environment: 'checked', ...UNREVISED, perPage: 25 };
  const first = await billing.pull({ ...round, minutes: 1 });
  const second = await billing.pull({ ...round, minutes: 20 });
  await billing.end();

  expect(first).toMatchObject({ written: 250, invocations: 1, stream: { read: 0, write: 250 } });
  expect(second).toMatchObject({ fetched: 250, written: 0, invocations: 2, stream: { write: 0 } });
  // A table of 250 items of 1 KB is scanned once. Scanned by each invocation, it would take twice that.
  expect(second.stream.read).toBeGreaterThan(20);
  expect(second.stream.read).toBeLessThan(40);
  expect(second.state.read).toBeGreaterThan(first.state.read);
});

test('the benchmark scans a whole table into a map', async () => {
  const { items, cpuUsPerItem } = await measureScan(2_000, 1);

  expect(items).toBe(2_000);
  expect(cpuUsPerItem).toBeGreaterThan(0);
});
