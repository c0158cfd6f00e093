import { describe, expect, test } from '@jest/globals';
import type { DeletesAccount } from '../../../../lambda/core/pull/receipt.ts';
import { aimedAt, mostRequestsFor, type PagingCase, readTwice } from '../../../support/paging-kinds.ts';
import { onStages, type Stages } from '../../../support/pull-stages.ts';
import { LASTING_FAULTS, PASSING_FAULTS, passesOver, SLOW_ANSWERS } from './fault-cases.ts';
import { leaksIn } from './leaks.ts';

/** `test.each`, also of no case. */
function eachOf(cases: readonly PagingCase[]) {
  return (name: string, run: (paging: PagingCase) => void): void => {
    if (cases.length > 0) test.each(cases)(name, run);
  };
}

/** What the receipt of a walk that ended says about deletes, if nothing is unseen. */
function accountOf(evidence: 'counted' | 'incomplete', live: number): DeletesAccount {
  const fates = { missed: 0, held: 0, kept: 0, gone: 0, overflow: 0 };
  return { evidence, direction: 'up', live, ...fates, returned: 0 };
}

/** Tests every fault on the paging kinds that `casesOf` returns for its place in the list of faults. */
export function describeFaults(stages: Stages, casesOf: (index: number) => readonly PagingCase[]): void {
  describe.each(PASSING_FAULTS)('$name', (fault) => {
    const { name, action, times = 1, limits, tokens = 1, repeats } = fault;
    const slow = limits === undefined ? 0 : SLOW_ANSWERS;
    const cases = casesOf(PASSING_FAULTS.indexOf(fault));
    const outcomeOf = onStages(stages, cases, async ({ paging, listing, openSite }) => {
      const site = await openSite();
      site.fault({ ...aimedAt(paging, paging.faultPage), times, do: action });
      const pulled = await site.pull({ limits });
      return { listing, pulled, stored: await site.stored() };
    });

    test.each(cases)(`a pull of $kind is complete despite ${name}`, (paging) => {
      const { listing, pulled, stored } = outcomeOf(paging.kind);

      const { receipt } = pulled;
      expect(receipt).toEqual({
        status: 'complete',
        pages: paging.pages,
        fetched: listing.size,
        written: listing.size,
        unchanged: 0,
        repeated: 0,
        rejected: 0,
        requests: receipt.requests,
        ...accountOf('counted', listing.size),
      });
      expect(stored.objects).toEqual(listing);
      expect(stored.keepsWalk).toBe(false);
      expect(pulled.requests).toBeLessThanOrEqual(mostRequestsFor(paging, paging.pages) + repeats + slow);
      expect(pulled.tokenRequests).toBe(tokens);
      expect(leaksIn([pulled.run, stored.stateRows], listing)).toEqual([]);
    });
  });

  describe.each(LASTING_FAULTS)('$name', (fault) => {
    const { name, action, limits, code, says, isKept, tries, tokens = 1 } = fault;
    const slow = limits === undefined ? 0 : SLOW_ANSWERS;
    const cases = casesOf(LASTING_FAULTS.indexOf(fault));
    const isPassing = (paging: PagingCase) => passesOver(paging, fault);
    const outcomeOf = onStages(stages, cases, async ({ paging, listing, openSite }) => {
      const site = await openSite();
      site.fault({ ...aimedAt(paging, paging.faultPage), do: action });
      const pulled = await site.pull({ limits });
      const stored = await site.stored();
      site.clearFaults();
      const next = await site.pull();
      const before = [...listing].slice(0, (paging.faultPage - 1) * paging.pageSize);
      return { listing, before, pulled, stored, next, storedThen: await site.stored() };
    });

    const [passing, ending] = [cases.filter(isPassing), cases.filter((paging) => !isPassing(paging))];

    eachOf(passing)(`a walk of $kind passes over the page with ${name}, and is incomplete`, (paging) => {
      const { listing, before, pulled, stored } = outcomeOf(paging.kind);

      const isHole = pulled.receipt.pages === paging.pages;
      const behind = [...listing].slice(paging.faultPage * paging.pageSize);
      expect(pulled.receipt).toMatchObject({
        status: 'incomplete',
        fetched: listing.size - paging.pageSize,
        written: listing.size - paging.pageSize,
        rejected: 0,
        error: {
          code: 'LISTING_INCOMPLETE',
          message: expect.stringMatching(isHole ? /page 3 was empty/ : /page 3 could not be read/),
        },
      });
      if (!isHole) expect(pulled.receipt.error?.message).toMatch(says);
      expect(pulled.receipt.pages).toBeGreaterThanOrEqual(paging.pages - 1);
      expect(stored.objects).toEqual(new Map([...before, ...behind]));
      expect(stored.keepsWalk).toBe(false);
      expect(pulled.requests).toBeLessThanOrEqual(mostRequestsFor(paging, paging.pages) + tries);
      expect(pulled.tokenRequests).toBe(tokens);
      expect(leaksIn([pulled.run, stored.stateRows], listing)).toEqual([]);
    });

    eachOf(passing)(`the next pull of $kind reads the page that it passed over for ${name}`, (paging) => {
      const { listing, next, storedThen } = outcomeOf(paging.kind);

      expect(next.receipt).toMatchObject({
        status: 'complete',
        fetched: listing.size + readTwice(next.receipt, paging),
        written: paging.pageSize,
        unchanged: listing.size - paging.pageSize,
      });
      expect(storedThen.objects).toEqual(listing);
    });

    eachOf(ending)(`a walk of $kind ends at the page with ${name}`, (paging) => {
      const { listing, before, pulled, stored } = outcomeOf(paging.kind);

      const { receipt, requests } = pulled;
      expect(receipt).toEqual({
        status: 'failed',
        pages: paging.faultPage - 1,
        fetched: before.length,
        written: before.length,
        unchanged: 0,
        repeated: 0,
        rejected: 0,
        requests: receipt.requests,
        ...(!isKept && accountOf('incomplete', before.length)),
        error: { code, message: expect.stringMatching(says) },
      });
      expect(receipt.error?.message).toContain(`stream ${paging.stream.name}, page ${paging.faultPage}`);
      expect(stored.objects).toEqual(new Map(before));
      expect(stored.keepsWalk).toBe(isKept);
      expect(requests).toBeGreaterThanOrEqual(paging.faultPage - 1 + tries);
      expect(requests).toBeLessThan(paging.requestsUpToFault + tries + slow);
      expect(pulled.tokenRequests).toBe(tokens);
      expect(leaksIn([pulled.run, stored.stateRows], listing)).toEqual([]);
    });

    eachOf(ending)(`the next pull of $kind makes up for ${name}`, (paging) => {
      const { listing, before, next, storedThen } = outcomeOf(paging.kind);

      const ofTheWholeWalk = { written: listing.size, unchanged: 0 };
      const ofAWalkAnew = { written: listing.size - before.length, unchanged: before.length };
      expect(next.receipt).toMatchObject({
        status: 'complete',
        pages: paging.pages,
        fetched: listing.size,
        ...(isKept ? ofTheWholeWalk : ofAWalkAnew),
      });
      expect(storedThen.objects).toEqual(listing);
      const missing = [...listing.keys()].slice(before.length).sort();
      expect(storedThen.writtenBy.get(next.run.runId)).toEqual(missing);
      expect(storedThen.keepsWalk).toBe(false);
      const pagesToRead = isKept ? paging.pages - (paging.faultPage - 1) : paging.pages;
      expect(next.requests).toBeGreaterThanOrEqual(pagesToRead);
      expect(next.requests).toBeLessThanOrEqual(mostRequestsFor(paging, pagesToRead));
    });
  });
}
