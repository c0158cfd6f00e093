import { median } from './median.ts';
import type { Round } from './scripts/round.ts';
import type { Surroundings } from './surroundings.ts';

/** Peak memory of pulls under the limits of a Lambda function of 512 MB, in units of 2^20 bytes. */
export interface Memory {
  /** Medians of several processes. */
  readonly at10k: Peaks;
  /** Of one process, because it takes minutes. */
  readonly at1M: Peaks;
  /** A first load of pages of 31 MB, 8 of them requested ahead. */
  readonly ofLargePages: number;
}

/** The peak of a process after its first load, and after it has also pulled the same objects unchanged. */
interface Peaks {
  readonly firstLoad: number;
  readonly nightAfter: number;
}

/**
 * Node's options in Lambda for a function of 512 MB: 5 % for a semi-space, 90 % for the old space.
 *
 * @see https://dev.to/wonderfulsoap/deep-dive-into-aws-lambda-3-official-nodejs-runtime-analysis-43je
 */
export const LAMBDA_OPTIONS = ['--max-semi-space-size=25', '--max-old-space-size=460'];

const FIRST_LOAD: Round = {
  environment: 'memory',
  listing: 'after',
  objects: 10_000,
  perPage: 100,
  revision: 0,
  revisedEvery: 1,
  kilobytes: 1,
};
/** Pages of 31 MB, near the largest that the client reads. */
export const LARGE_PAGES: Round = {
  ...FIRST_LOAD,
  listing: 'numbered-pages',
  objects: 12_000,
  perPage: 1_000,
  kilobytes: 31,
};

/** Measures pulls in processes that do nothing else, without latency. */
export async function measureMemory(surroundings: Surroundings, processes: number): Promise<Memory> {
  const at10k: Peaks[] = [];
  for (let count = 0; count < processes; count += 1) at10k.push(await peaksAt(10_000, surroundings));
  return {
    at10k: {
      firstLoad: median(at10k.map(({ firstLoad }) => firstLoad)),
      nightAfter: median(at10k.map(({ nightAfter }) => nightAfter)),
    },
    at1M: await peaksAt(1_000_000, surroundings),
    ofLargePages: await peakOfLargePages(surroundings),
  };
}

async function peaksAt(objects: number, surroundings: Surroundings): Promise<Peaks> {
  const script = await surroundings.startScript('procurios-sync', LAMBDA_OPTIONS);
  const firstLoad = await script.run({ ...FIRST_LOAD, objects }, 'empty');
  const nightAfter = await script.run({ ...FIRST_LOAD, objects }, 'as it is');
  script.end();
  return { firstLoad: firstLoad.peakMemoryMb, nightAfter: nightAfter.peakMemoryMb };
}

async function peakOfLargePages(surroundings: Surroundings): Promise<number> {
  const script = await surroundings.startScript('procurios-sync', LAMBDA_OPTIONS);
  const { peakMemoryMb } = await script.run(LARGE_PAGES, 'empty');
  script.end();
  return peakMemoryMb;
}
