import { describe, expect, test } from '@jest/globals';
import type { FaultAction } from '../../../../local/simulator/simulator.ts';
import { startHttpServer } from '../../../support/http-server.ts';
import { aimedAt, type PagingCase } from '../../../support/paging-kinds.ts';
import type { Pulled, Site } from '../../../support/pull-harness.ts';
import { onStages, type Stages } from '../../../support/pull-stages.ts';

/** Tests refused access, foreign links, unchanged data and a stop on each of these paging kinds. */
export function describeAccess(stages: Stages, cases: readonly PagingCase[]): void {
  /** Pulls under a fault of the whole route. */
  const pullUnder = (action: FaultAction) =>
    onStages(stages, cases, async ({ paging, openSite }) => {
      const site = await openSite();
      site.fault({ route: paging.route, do: action });
      return { pulled: await site.pull(), stored: await site.stored() };
    });

  describe.each([
    { status: 400, code: 'RESPONSE_INVALID', requests: 1, tokenRequests: 1 },
    { status: 401, code: 'ACCESS_DENIED', requests: 2, tokenRequests: 2 },
    { status: 403, code: 'ACCESS_DENIED', requests: 1, tokenRequests: 1 },
  ])('status $status on every page', ({ status, code, requests, tokenRequests }) => {
    const outcomeOf = pullUnder({ kind: 'status', status });

    test.each(cases)(
      `a pull of $kind fails at once on status ${status}, for 401 after one new token`,
      ({ kind }) => {
        const { pulled, stored } = outcomeOf(kind);

        expect(pulled).toMatchObject({
          receipt: { status: 'failed', pages: 0, fetched: 0, written: 0, error: { code } },
          requests,
          tokenRequests,
        });
        expect(stored.objects.size).toBe(0);
      },
    );
  });

  describe.each(['foreignNext', 'redirect'] as const)('%s to another host', (kind) => {
    const outcomeOf = onStages(stages, cases, async ({ paging, listing, openSite }) => {
      await using elsewhere = await startHttpServer((_request, response) => void response.end());
      const site = await openSite();
      const action: FaultAction =
        kind === 'redirect'
          ? { kind, location: `${elsewhere.origin}/l/oauth2/token?secret-query` }
          : { kind, origin: elsewhere.origin };
      site.fault({ ...aimedAt(paging, paging.faultPage), do: action });
      const pulled = await site.pull();
      const stored = await site.stored();
      site.clearFaults();
      const next = await site.pull();
      return { listing, elsewhere, pulled, stored, next, storedThen: await site.stored() };
    });

    test.each(cases)(
      `a pull of $kind does not follow a ${kind} to another host, and sends nothing there`,
      (paging) => {
        const { listing, elsewhere, pulled, stored, next, storedThen } = outcomeOf(paging.kind);
        const hasLinks = paging.kind === 'hal' || paging.kind === 'linkedPages';
        const isNumbered = paging.kind === 'hal' || paging.kind === 'numberedPages';
        // A redirect stands in the page's place, so that page is missing; a link leads nowhere, so all behind it is.
        const from = (kind === 'redirect' ? paging.faultPage - 1 : paging.faultPage) * paging.pageSize;
        const isPassedOver = kind === 'redirect' && isNumbered;
        const isIgnored = kind === 'foreignNext' && !hasLinks;
        const to = isIgnored ? from : isPassedOver ? from + paging.pageSize : listing.size;
        const shown = [...listing].filter((_each, index) => index < from || index >= to);
        const [status, code] = isIgnored
          ? ['complete', undefined]
          : isPassedOver
            ? ['incomplete', 'LISTING_INCOMPLETE']
            : ['failed', 'NOT_PROCURIOS'];

        expect(elsewhere.requests).toEqual([]);
        expect(pulled.receipt).toMatchObject({ status, written: shown.length });
        expect(pulled.receipt.error?.code).toBe(code);
        expect(pulled.receipt.error?.message ?? '').not.toMatch(/secret-query/);
        expect(stored.objects).toEqual(new Map(shown));
        expect(stored.keepsWalk).toBe(false);
        expect(next.receipt).toMatchObject({ status: 'complete', unchanged: shown.length });
        expect(storedThen.objects).toEqual(listing);
      },
    );
  });

  describe('a wrong secret', () => {
    const outcomeOf = onStages(stages, cases, async ({ simulator, openSite }) => {
      const site = await openSite();
      simulator.control.setCredentials({ clientSecret: 'rotated-meanwhile' });
      const pulled = await site.pull();
      simulator.control.setCredentials({ clientSecret: 'not-a-secret-only-for-the-simulator' });
      return { pulled, next: await site.pull() };
    });

    test.each(cases)(
      'a pull of $kind reports a wrong secret after one request for a token',
      ({ kind, pages }) => {
        const { pulled, next } = outcomeOf(kind);

        expect(pulled).toMatchObject({
          receipt: { status: 'failed', pages: 0, error: { code: 'CREDENTIALS_REFUSED' } },
          requests: 0,
          tokenRequests: 1,
        });
        expect(next.receipt).toMatchObject({ status: 'complete', pages });
      },
    );
  });

  describe('data as it was', () => {
    const outcomeOf = onStages(stages, cases, async ({ openSite }) => {
      const site = await openSite();
      await site.pull();
      const stored = await site.stored();
      const second = await site.pull();
      return { stored, second, storedThen: await site.stored() };
    });

    test.each(cases)('a second pull of $kind does not write unchanged data again', ({ kind }) => {
      const { stored, second, storedThen } = outcomeOf(kind);

      expect(second.receipt).toMatchObject({
        status: 'complete',
        written: 0,
        unchanged: stored.objects.size,
      });
      expect(storedThen.objects).toEqual(stored.objects);
      expect(storedThen.writtenBy).toEqual(stored.writtenBy);
    });
  });

  describe('a stop while Procurios has asked for an hour', () => {
    const outcomeOf = onStages(stages, cases, async ({ paging, openSite }) => {
      const site = await openSite();
      site.fault({ route: paging.route, do: { kind: 'status', status: 429, retryAfter: 3600 } });
      const waits: number[] = [];
      const pulled = await stopAtTheWait(site, waits);
      site.clearFaults();
      return { pulled, waits, keepsWalk: (await site.stored()).keepsWalk, next: await site.pull() };
    });

    test.each(cases)('a stop ends the wait of a pull of $kind, and the next pull continues', ({ kind }) => {
      const { pulled, waits, keepsWalk, next } = outcomeOf(kind);

      expect(waits).toEqual([3_600_000]);
      expect(pulled.receipt).toMatchObject({ status: 'incomplete', error: { code: 'INTERRUPTED' } });
      expect(pulled.requests).toBe(1);
      expect(keepsWalk).toBe(true);
      expect(next.receipt.status).toBe('complete');
    });
  });
}

async function stopAtTheWait(site: Site, waits: number[]): Promise<Pulled> {
  const stop = new AbortController();
  return await site.pull({
    signal: stop.signal,
    withinMs: 2 * 60 * 60 * 1000,
    progress: {
      waits(_stream, ms) {
        waits.push(ms);
        stop.abort();
      },
    },
  });
}
