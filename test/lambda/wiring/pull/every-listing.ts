import { expect } from '@jest/globals';
import { SIMULATOR_SCOPES, type Simulator } from '../../../../local/simulator/simulator.ts';
import { PAGING_CASES, type PagingCase, startSmallSimulator } from '../../../support/paging-kinds.ts';
import { type Contents, readPlainly } from '../../../support/plain-listing.ts';

/** A simulator and what its listings hold, by paging kind. */
export interface EveryListing {
  readonly simulator: Simulator;
  readonly listings: ReadonlyMap<PagingCase['kind'], Contents>;
}

export async function startEveryListing(): Promise<EveryListing> {
  const simulator = await startSmallSimulator();
  const listings = new Map<PagingCase['kind'], Contents>();
  for (const paging of PAGING_CASES) {
    listings.set(paging.kind, await readPlainly(simulator, paging, SIMULATOR_SCOPES));
  }
  return { simulator, listings };
}

/** What the tables hold, by paging kind, is what the listings hold. */
export function expectAllStored(
  { listings }: EveryListing,
  stored: ReadonlyMap<PagingCase['kind'], { readonly objects: Contents }>,
): void {
  for (const { kind } of PAGING_CASES) {
    expect([kind, stored.get(kind)?.objects]).toEqual([kind, listings.get(kind)]);
  }
}
