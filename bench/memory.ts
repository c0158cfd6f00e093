import { median } from './median.ts';
import type { Round } from './scripts/round.ts';
import type { Surroundings } from './surroundings.ts';

/** Peak memory of pulls under the limits of a Lambda function of 512 MB, in units of 2^20 bytes. */
export interface Memory {
  /** Medians of first loads in several processes. */
  readonly at10k: number;
  readonly at200k: number;
  /** A first load in one process, because it takes minutes. */
  readonly at1M: number;
  /** A first load of pages of 31 MB, 8 of them requested ahead. */
  readonly ofLargePages: number;
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
  const peakOf = async (round: Round): Promise<number> => {
    const script = await surroundings.startScript('procurios-sync', LAMBDA_OPTIONS);
    const { peakMemoryMb } = await script.run(round, 'empty');
    script.end();
    return peakMemoryMb;
  };
  const medianAt = async (objects: number): Promise<number> => {
    const peaks: number[] = [];
    for (let count = 0; count < processes; count += 1) peaks.push(await peakOf({ ...FIRST_LOAD, objects }));
    return median(peaks);
  };
  return {
    at10k: await medianAt(10_000),
    at200k: await medianAt(200_000),
    at1M: await peakOf({ ...FIRST_LOAD, objects: 1_000_000 }),
    ofLargePages: await peakOf(LARGE_PAGES),
  };
}
