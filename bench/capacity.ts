import type { Billing } from './billing.ts';
import type { NightRound } from './scripts/night.ts';

/** Capacity units that a pull consumes in a stream's table, per object. */
export interface CapacityUse {
  readonly kilobytes: number;
  readonly object: 'new' | 'unchanged' | 'changed';
  readonly readPerObject: number;
  readonly writePerObject: number;
}

const SIZES = [0.3, 1, 4];
const ROUND = {
  listing: 'after',
  objects: 1_000,
  perPage: 100,
  revision: 0,
  revisedEvery: 1,
  minutes: 1,
} as const;
const CASES = [
  { object: 'new', revision: 0 },
  { object: 'unchanged', revision: 0 },
  { object: 'changed', revision: 1 },
] as const;

/** Measures three pulls of objects of each size. */
export async function measureCapacity(billing: Billing): Promise<CapacityUse[]> {
  const uses: CapacityUse[] = [];
  for (const kilobytes of SIZES) {
    for (const { object, revision } of CASES) {
      const environment = `capacity-${kilobytes * 10}`;
      const round: NightRound = { ...ROUND, environment, revision, kilobytes };
      const { fetched, stream } = await billing.pull(round);
      uses.push({
        kilobytes,
        object,
        readPerObject: stream.read / fetched,
        writePerObject: stream.write / fetched,
      });
    }
  }
  return uses;
}
