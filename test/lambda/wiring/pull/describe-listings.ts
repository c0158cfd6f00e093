import { describe, expect, test } from '@jest/globals';
import type { SyncErrorCode } from '../../../../lambda/core/errors.ts';
import type { Counts } from '../../../../lambda/core/pull/counts.ts';
import type { WalkStatus } from '../../../../lambda/core/pull/receipt.ts';
import type { FaultAction } from '../../../../local/simulator/simulator.ts';
import {
  aimedAt,
  caseOf,
  mostRequestsFor,
  type PagingCase,
  readTwice,
  startSmallSimulator,
} from '../../../support/paging-kinds.ts';
import { onStages, type Stages } from '../../../support/pull-stages.ts';
import { leaksIn } from './leaks.ts';

/** What a pull makes of a listing that is cut or linked in an odd way. */
interface Outcome extends Partial<Counts> {
  readonly status: WalkStatus;
  readonly code?: SyncErrorCode;
  readonly pages: number;
  /** Objects that the pages did not show, by their place in the listing; the table lacks these. */
  readonly lacks?: readonly [from: number, to: number];
  /** At most. */
  readonly requests?: number;
}

export interface OddListing {
  readonly name: string;
  readonly action: FaultAction;
  /** @default the case's page in the middle */
  readonly at?: 'every page' | 'first page' | 'that page, whenever it is read';
  /** Kinds that are not named take no notice: they end complete. */
  readonly outcomes: Partial<Record<PagingCase['kind'], Outcome>>;
}

const MISSED = { status: 'incomplete', code: 'LISTING_INCOMPLETE' } as const;
const LOOPED = { status: 'incomplete', code: 'PAGING_LOOP' } as const;
const BROKEN = { status: 'failed', code: 'RESPONSE_INVALID', pages: 0, lacks: [0, 60], requests: 1 } as const;
const CAPPED = { status: 'complete', pages: 15 } as const;

const ODD_LISTINGS: readonly OddListing[] = [
  {
    name: 'a next link back to the first page',
    action: { kind: 'nextLoop' },
    outcomes: {
      // Back on the first page, those after it are fetched ahead once more.
      hal: { ...LOOPED, pages: 4, fetched: 40, repeated: 10, lacks: [30, 60], requests: 12 },
      linkedPages: { ...LOOPED, pages: 4, fetched: 40, repeated: 10, lacks: [30, 60], requests: 5 },
    },
  },
  {
    name: 'a next link to the page itself',
    action: { kind: 'nextLoop', to: 3 },
    outcomes: {
      hal: { ...LOOPED, pages: 3, fetched: 30, lacks: [30, 60], requests: 7 },
      linkedPages: { ...LOOPED, pages: 3, fetched: 30, lacks: [30, 60], requests: 4 },
    },
  },
  {
    name: 'fewer objects on a page than agreed',
    action: { kind: 'pageCap', max: 4 },
    at: 'every page',
    outcomes: {
      hal: CAPPED,
      linkedPages: CAPPED,
      numberedPages: { ...CAPPED, pages: 16 },
      after: { ...CAPPED, pages: 16 },
    },
  },
  {
    name: 'an empty page in the middle, once',
    action: { kind: 'emptyPage' },
    outcomes: {
      hal: { status: 'complete', pages: 6, requests: 7 },
      linkedPages: { status: 'complete', pages: 6, requests: 7 },
      numberedPages: { status: 'complete', pages: 7, requests: 16 },
      after: { status: 'complete', pages: 7, requests: 9 },
      // A list that is empty today is complete.
      onePage: { status: 'complete', pages: 1, lacks: [0, 12] },
    },
  },
  {
    name: 'an empty page in the middle, each time',
    action: { kind: 'emptyPage' },
    at: 'that page, whenever it is read',
    outcomes: {
      hal: { ...MISSED, pages: 6, lacks: [20, 30], requests: 7 },
      linkedPages: { ...MISSED, pages: 6, lacks: [20, 30], requests: 7 },
      numberedPages: { ...MISSED, pages: 7, lacks: [20, 30], requests: 16 },
      // From then on all its pages are empty, which is an end.
      after: { status: 'complete', pages: 3, lacks: [20, 60] },
      onePage: { status: 'complete', pages: 1, lacks: [0, 12] },
    },
  },
  {
    name: 'a last page that is shown again for ever',
    action: { kind: 'repeatedLastPage' },
    at: 'every page',
    outcomes: {
      // The pages behind the repeated one leave before the walk knows that, and once more one by one.
      numberedPages: { ...LOOPED, pages: 7, fetched: 70, repeated: 10, requests: 17 },
      // The simulator's cursors have no page numbers: the first page is their last.
      after: {
        status: 'incomplete',
        code: 'RESPONSE_INVALID',
        pages: 2,
        fetched: 20,
        repeated: 10,
        lacks: [10, 60],
      },
    },
  },
  {
    name: 'the first page whatever is asked for',
    action: { kind: 'stuckPage' },
    at: 'every page',
    outcomes: {
      // What was fetched ahead of a page that repeats keys is fetched again.
      hal: { ...MISSED, pages: 6, fetched: 60, repeated: 50, lacks: [10, 60], requests: 10 },
      linkedPages: { ...MISSED, pages: 6, fetched: 60, repeated: 50, lacks: [10, 60] },
      numberedPages: { ...LOOPED, pages: 2, fetched: 20, repeated: 10, lacks: [10, 60], requests: 5 },
      after: {
        status: 'incomplete',
        code: 'RESPONSE_INVALID',
        pages: 2,
        fetched: 20,
        repeated: 10,
        lacks: [10, 60],
        requests: 2,
      },
    },
  },
  {
    name: 'a missing list on the first page',
    action: { kind: 'missingList' },
    at: 'first page',
    outcomes: {
      hal: { ...BROKEN, code: 'LIST_AMBIGUOUS' },
      linkedPages: BROKEN,
      numberedPages: BROKEN,
      after: BROKEN,
      onePage: { ...BROKEN, lacks: [0, 12] },
    },
  },
];

/** Pulls a listing that changes right before its third page is served, and once more. */
async function pullWhileShifting(stages: Stages, paging: PagingCase, by: 'removal' | 'insertion') {
  const simulator = await startSmallSimulator();
  try {
    const stage = stages().find((each) => each.paging === paging);
    if (stage === undefined) throw new Error('there is no such stage');
    const site = await stage.openSite(simulator);
    const listing = await site.listing();
    site.fault({ ...aimedAt(paging, paging.faultPage), times: 1, do: { kind: 'shift', by } });
    const pulled = await site.pull({ oneAtATime: true });
    const { objects } = await site.stored();
    site.clearFaults();
    const listingThen = await site.listing();
    const next = await site.pull();
    return { listing, listingThen, pulled, objects, next, storedThen: await site.stored() };
  } finally {
    await simulator.close();
  }
}

const isNumbered = ({ kind }: PagingCase) => ['hal', 'linkedPages', 'numberedPages'].includes(kind);

/**
 * Tests listings that are cut or linked in an odd way, and listings that change during the pull.
 *
 * @param casesOf - The paging kinds on which an odd listing is tested.
 * @param cases - The paging kinds on which changing listings are tested.
 */
export function describeListings(
  stages: Stages,
  casesOf: (odd: OddListing) => readonly PagingCase[],
  cases: readonly PagingCase[],
): void {
  describeOddListings(stages, casesOf);
  describeShiftingListings(stages, cases.filter(isNumbered));
}

function describeOddListings(stages: Stages, casesOf: (odd: OddListing) => readonly PagingCase[]): void {
  describe.each(ODD_LISTINGS)('$name', (odd) => {
    const { name, action, at, outcomes } = odd;
    const cases = casesOf(odd);
    if (cases.length === 0) return;
    const outcomeOf = onStages(stages, cases, async ({ paging, listing, openSite }) => {
      const site = await openSite();
      const page = at === 'first page' ? 1 : paging.faultPage;
      const aim = at === 'every page' ? { route: paging.route } : aimedAt(paging, page);
      const isOnce = at === undefined || at === 'first page';
      site.fault({ ...aim, ...(isOnce && { times: 1 }), do: action });
      const pulled = await site.pull();
      const stored = await site.stored();
      site.clearFaults();
      const next = await site.pull();
      return { listing, pulled, stored, next, storedThen: await site.stored() };
    });

    test.each(cases)(
      `a pull of $kind that meets ${name} stores the other objects, and the next pull all`,
      (paging) => {
        const { listing, pulled, stored, next, storedThen } = outcomeOf(paging.kind);
        const {
          code,
          lacks: [from, to] = [0, 0],
          requests,
          ...counts
        } = outcomes[paging.kind] ?? {
          status: 'complete',
          pages: paging.pages,
        };
        const keys = [...listing.keys()];
        const written = listing.size - (to - from);

        expect(pulled.receipt).toMatchObject({ fetched: written, written, repeated: 0, ...counts });
        expect(pulled.receipt.error?.code).toBe(code);
        expect(pulled.requests).toBeLessThanOrEqual(requests ?? mostRequestsFor(paging, counts.pages));
        expect(pulled.tokenRequests).toBe(1);
        expect(stored.objects).toEqual(
          new Map([...listing].filter(([key]) => !keys.slice(from, to).includes(key))),
        );
        expect(stored.keepsWalk).toBe(false);
        expect(leaksIn([pulled.run, stored.stateRows], listing)).toEqual([]);

        expect(next.receipt).toMatchObject({
          status: 'complete',
          fetched: listing.size + readTwice(next.receipt, paging),
          written: to - from,
          unchanged: written,
        });
        expect(storedThen.objects).toEqual(listing);
        expect(storedThen.writtenBy.get(next.run.runId) ?? []).toEqual(keys.slice(from, to).sort());
        expect(storedThen.keepsWalk).toBe(false);
      },
    );
  });
}

function describeShiftingListings(stages: Stages, numbered: readonly PagingCase[]): void {
  describe('an object that goes from an earlier page while later ones are read', () => {
    test.each(numbered)(
      'an object that leaves an earlier page of $kind during the pull hides another until the next pull',
      async (paging) => {
        const { listing, pulled, objects, next, storedThen } = await pullWhileShifting(
          stages,
          paging,
          'removal',
        );

        const [hidden] = [...listing.keys()].slice(20, 21);
        expect(pulled.receipt).toMatchObject({ status: 'complete', fetched: 59, written: 59, repeated: 0 });
        expect([...listing.keys()].filter((key) => !objects.has(key))).toEqual([hidden]);
        const fetched = 59 + readTwice(next.receipt, paging);
        expect(next.receipt).toMatchObject({ status: 'complete', fetched, written: 1, unchanged: 58 });
        expect(storedThen.writtenBy.get(next.run.runId)).toEqual([hidden]);
        expect(storedThen.objects).toEqual(listing);
      },
    );

    test('an object that leaves an earlier page during the pull hides nothing from a cursor', async () => {
      const paging = caseOf('after');

      const { listing, pulled, objects, next } = await pullWhileShifting(stages, paging, 'removal');

      expect(pulled.receipt).toMatchObject({ status: 'complete', fetched: 60, written: 60 });
      expect(objects).toEqual(listing);
      expect(next.receipt).toMatchObject({ status: 'complete', fetched: 59, written: 0, unchanged: 59 });
    });
  });

  describe('an object that comes before those already read', () => {
    test.each(numbered)(
      'an object that comes to an earlier page of $kind during the pull shows another twice, which counts once',
      async (paging) => {
        const { listing, listingThen, pulled, objects, next, storedThen } = await pullWhileShifting(
          stages,
          paging,
          'insertion',
        );

        expect(pulled.receipt).toMatchObject({ status: 'complete', fetched: 61, written: 60, repeated: 1 });
        expect(objects).toEqual(listing);
        const [added] = listingThen.keys();
        const fetched = 61 + readTwice(next.receipt, paging);
        expect(next.receipt).toMatchObject({ status: 'complete', fetched, written: 1, unchanged: 60 });
        expect(storedThen.writtenBy.get(next.run.runId)).toEqual([added]);
        expect(storedThen.objects).toEqual(listingThen);
      },
    );

    test('an object that comes before a cursor is pulled by the next pull', async () => {
      const paging = caseOf('after');

      const { listing, listingThen, pulled, objects, next, storedThen } = await pullWhileShifting(
        stages,
        paging,
        'insertion',
      );

      expect(pulled.receipt).toMatchObject({ status: 'complete', fetched: 60, repeated: 0 });
      expect(objects).toEqual(listing);
      expect(next.receipt).toMatchObject({ status: 'complete', fetched: 61, written: 1, unchanged: 60 });
      expect(storedThen.objects).toEqual(listingThen);
    });
  });
}
