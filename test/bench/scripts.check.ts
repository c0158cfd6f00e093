import { afterAll, expect, test } from '@jest/globals';
import { endAll, hasPython } from '../../bench/processes.ts';
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
