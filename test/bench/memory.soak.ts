import { afterAll, expect, test } from '@jest/globals';
import { LAMBDA_OPTIONS, LARGE_PAGES } from '../../bench/memory.ts';
import { endAll } from '../../bench/processes.ts';
import { type Latencies, NO_LATENCY, startSurroundings } from '../../bench/surroundings.ts';

afterAll(endAll);

const LARGE_OBJECTS = { ...LARGE_PAGES, objects: 900, perPage: 30, kilobytes: 385 };
const SLOW_TABLE: Latencies = { pageMs: 0, callMs: 1_000 };

test.each([
  ['pages of 31 MB, 8 of them requested ahead', LARGE_PAGES, NO_LATENCY],
  ['objects of 385 KB before a slow table', LARGE_OBJECTS, SLOW_TABLE],
])('a pull of %s fits the heap of a function of 512 MB', async (_what, round, latencies) => {
  const surroundings = await startSurroundings();
  await surroundings.setLatencies(latencies);
  const script = await surroundings.startScript('procurios-sync', LAMBDA_OPTIONS);

  const { written, peakMemoryMb } = await script.run(round, 'empty');

  script.end();
  expect(written).toBe(round.objects);
  expect(peakMemoryMb).toBeLessThan(512);
});
