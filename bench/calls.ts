import type { Surroundings } from './surroundings.ts';

/** Number of calls to a stream's table in a pull, and the smallest number possible. */
export interface CallCount {
  readonly label: string;
  readonly objects: number;
  readonly reads: number;
  readonly readFloor: number;
  readonly writes: number;
  readonly writeFloor: number;
}

const CASES = [
  { label: 'first load, 100 a page', objects: 10_010, perPage: 100, table: 'empty' },
  { label: 'nothing changed, 100 a page', objects: 10_010, perPage: 100, table: 'as it is' },
  { label: 'first load, 25 a page', objects: 10_010, perPage: 25, table: 'empty' },
  { label: 'nothing changed, 25 a page', objects: 10_010, perPage: 25, table: 'as it is' },
  { label: 'first load in several slices', objects: 100_010, perPage: 100, table: 'empty' },
] as const;

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const MOST_PER_READ = 100;
/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const MOST_PER_WRITE = 25;

/** Counts the calls of several pulls to the stand-in for DynamoDB. */
export async function countCalls(surroundings: Surroundings): Promise<CallCount[]> {
  const script = await surroundings.startScript('procurios-sync');
  const counts: CallCount[] = [];
  for (const { label, objects, perPage, table } of CASES) {
    const listing = { listing: 'after', objects, perPage, kilobytes: 1 } as const;
    const round = { environment: 'calls', ...listing, revision: 0, revisedEvery: 1 };
    const { calls, written } = await script.run(round, table);
    counts.push({
      label,
      objects,
      reads: calls.BatchGetItem?.calls ?? 0,
      readFloor: Math.ceil(objects / MOST_PER_READ),
      writes: calls.BatchWriteItem?.calls ?? 0,
      writeFloor: table === 'empty' ? Math.ceil(written / MOST_PER_WRITE) : 0,
    });
  }
  script.end();
  return counts;
}
