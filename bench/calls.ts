import type { Surroundings } from './surroundings.ts';

/** Number of calls to a stream's table in a pull, and the smallest number possible. */
export interface CallCount {
  readonly label: string;
  readonly objects: number;
  readonly scans: number;
  readonly scanFloor: number;
  /** Calls that read items back by key. */
  readonly reads: number;
  readonly writes: number;
  readonly writeFloor: number;
}

const CASES = [
  { label: 'first load, 100 a page', objects: 10_010, perPage: 100, table: 'empty' },
  { label: 'nothing changed, 100 a page', objects: 10_010, perPage: 100, table: 'as it is' },
  { label: '1 % changed, 100 a page', objects: 10_010, perPage: 100, table: 'as it is', revision: 1 },
  { label: 'first load, 25 a page', objects: 10_010, perPage: 25, table: 'empty' },
  { label: 'nothing changed, 25 a page', objects: 10_010, perPage: 25, table: 'as it is' },
  { label: 'first load in several slices', objects: 125_010, perPage: 100, table: 'empty' },
] as const;

/**
 * A call's answer has at most 1 MB of the table. The stand-in puts this many items of 1 KB into one.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
 */
const MOST_PER_SCAN = 900;
/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const MOST_PER_WRITE = 25;

/** Counts the calls of several pulls to the stand-in for DynamoDB. */
export async function countCalls(surroundings: Surroundings): Promise<CallCount[]> {
  const script = await surroundings.startScript('procurios-sync');
  const counts: CallCount[] = [];
  for (const { label, objects, perPage, table, ...revised } of CASES) {
    const listing = { listing: 'after', objects, perPage, kilobytes: 1 } as const;
    const round = { environment: 'calls', ...listing, revision: 0, revisedEvery: 100, ...revised };
    const { calls, written } = await script.run(round, table);
    counts.push({
      label,
      objects,
      scans: calls.Scan?.calls ?? 0,
      // A table must be read to know that it is empty.
      scanFloor: table === 'empty' ? 1 : Math.ceil(objects / MOST_PER_SCAN),
      reads: calls.BatchGetItem?.calls ?? 0,
      writes: calls.BatchWriteItem?.calls ?? 0,
      writeFloor: Math.ceil(written / MOST_PER_WRITE),
    });
  }
  script.end();
  return counts;
}
