import { median } from './median.ts';
import type { Surroundings } from './surroundings.ts';

/** Peak memory of a pull, in units of 2^20 bytes. Medians of several processes. */
export interface Memory {
  readonly label: string;
  readonly at10k: number;
  readonly at200k: number;
}

/**
 * Node's options in Lambda for a function of 512 MB: 5 % for a semi-space, 90 % for the old space.
 *
 * @see https://dev.to/wonderfulsoap/deep-dive-into-aws-lambda-3-official-nodejs-runtime-analysis-43je
 */
const LAMBDA_OPTIONS = ['--max-semi-space-size=25', '--max-old-space-size=460'];

/** Measures first loads in processes that do nothing else, with a cursor listing without latency. */
export async function measureMemory(
  surroundings: Surroundings,
  processes: number,
): Promise<{ readonly inLambda: Memory; readonly onMachine: Memory }> {
  const peakAt = async (objects: number, nodeOptions: readonly string[]): Promise<number> => {
    const peaks: number[] = [];
    for (let count = 0; count < processes; count += 1) {
      const script = await surroundings.startScript('procurios-sync', nodeOptions);
      const round = { environment: 'memory', listing: 'after', objects, perPage: 100, revision: 0 } as const;
      peaks.push((await script.run(round, 'empty')).peakMemoryMb);
      script.end();
    }
    return median(peaks);
  };
  const measure = async (label: string, nodeOptions: readonly string[]): Promise<Memory> => ({
    label,
    at10k: await peakAt(10_000, nodeOptions),
    at200k: await peakAt(200_000, nodeOptions),
  });

  return {
    inLambda: await measure('limits of a Lambda function of 512 MB', LAMBDA_OPTIONS),
    onMachine: await measure("Node's own limits on this machine", []),
  };
}
