import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunReceipt } from '../../../../lambda/core/pull/receipt.ts';
import { SIMULATOR_SCOPES, type Simulator } from '../../../../local/simulator/simulator.ts';
import { caseOf, PAGING_CASES, type PagingCase, startSmallSimulator } from '../../../support/paging-kinds.ts';
import { type Contents, readPlainly } from '../../../support/plain-listing.ts';
import { openWorkplace, requestsReach } from '../../../support/pull-process.ts';
import { leaksIn } from './leaks.ts';

/** Long enough for a signal to arrive while a certain page is on its way. */
const LATENCY_MS = 15;

let simulator: Simulator;
const listings = new Map<PagingCase['kind'], Contents>();
beforeAll(async () => {
  simulator = await startSmallSimulator();
  for (const paging of PAGING_CASES) {
    listings.set(paging.kind, await readPlainly(simulator, paging, SIMULATOR_SCOPES));
  }
  simulator.control.fault({ do: { kind: 'latency', ms: LATENCY_MS } });
});
afterAll(() => simulator.close());

/** What the tables hold, by paging kind, is what the listings hold. */
function expectAllStored(stored: ReadonlyMap<PagingCase['kind'], { readonly objects: Contents }>): void {
  for (const { kind } of PAGING_CASES) {
    expect([kind, stored.get(kind)?.objects]).toEqual([kind, listings.get(kind)]);
  }
}

test('pulls that are killed at any point leave the next one to complete the tables', async () => {
  await using workplace = await openWorkplace(simulator);
  const killAt = async (route: string, count: number, thenMs: number) => {
    simulator.control.resetRequests();
    const pull = workplace.startPull('--json');
    await requestsReach(simulator, route, count, pull);
    await sleep(thenMs);
    pull.child.kill('SIGKILL');
    return await pull.ended;
  };

  const killed = [
    await killAt('POST /l/oauth2/token', 1, 0),
    await killAt(caseOf('hal').route, 6, LATENCY_MS + 5),
    await killAt(caseOf('after').route, 4, 0),
  ];
  const last = await workplace.startPull('--json').ended;

  expect(killed).toEqual(killed.map(() => ({ code: null, stdout: '', stderr: expect.any(String) })));
  expect(last.code).toBe(0);
  const run = JSON.parse(last.stdout) as RunReceipt;
  expect(run.status).toBe('complete');
  // What the killed ones had stored is not written again.
  expect(run.streams[caseOf('linkedPages').stream.name]).toMatchObject({ written: 0, unchanged: 60 });
  expectAllStored(await workplace.stored());
}, 60_000);

test('a pull that is stopped with Ctrl-C is gone on with by the next one', async () => {
  await using workplace = await openWorkplace(simulator);
  const { route, stream, pages } = caseOf('linkedPages');

  simulator.control.resetRequests();
  const pull = workplace.startPull('--json');
  await requestsReach(simulator, route, 3, pull);
  pull.child.kill('SIGINT');
  const stopped = await pull.ended;
  const requestsUpToTheStop = simulator.control.requests()[route] ?? 0;
  simulator.control.resetRequests();
  const next = await workplace.startPull('--json').ended;

  expect(stopped.code).toBe(130);
  const run = JSON.parse(stopped.stdout) as RunReceipt;
  const { pages: pagesRead = 0, ...receipt } = run.streams[stream.name] ?? {};
  expect(run.status).toBe('incomplete');
  expect(receipt).toMatchObject({
    status: 'incomplete',
    written: pagesRead * 10,
    error: { code: 'INTERRUPTED' },
  });
  expect(pagesRead).toBeGreaterThanOrEqual(2);
  expect(requestsUpToTheStop).toBeLessThanOrEqual(pagesRead + 1);
  expect(stopped.stderr).toContain('stopping');

  expect(next.code).toBe(0);
  const { streams } = JSON.parse(next.stdout) as RunReceipt;
  expect(streams[stream.name]).toMatchObject({ status: 'complete', pages, fetched: 60, written: 60 });
  expect(simulator.control.requests()[route]).toBe(pages - pagesRead);
  expectAllStored(await workplace.stored());
}, 60_000);

describe('a pull in which every stream fails in a way of its own', () => {
  test('says which and why, and shows neither secrets nor values', async () => {
    await using workplace = await openWorkplace(simulator);
    const { control } = simulator;
    const value = /"name":"([^"]{8,})"/.exec([...(listings.get('hal')?.values() ?? [])].join())?.[1] ?? '';
    const quoting = [`simulated-token refused for ${value}`];
    control.fault({
      route: caseOf('hal').route,
      page: 2,
      do: { kind: 'status', status: 400, errors: quoting },
    });
    control.fault({ route: caseOf('linkedPages').route, page: 2, do: { kind: 'loginPage' } });
    control.fault({
      route: caseOf('numberedPages').route,
      page: 2,
      do: { kind: 'redirect', location: `/?name=${encodeURIComponent(value)}` },
    });
    control.fault({
      route: caseOf('after').route,
      from: 2,
      do: { kind: 'body', text: `[{"name": "${value}"}]` },
    });
    control.fault({ route: caseOf('onePage').route, do: { kind: 'errorsWith200', errors: quoting } });

    const { code, stdout, stderr } = await workplace.startPull().ended;

    expect(code).toBe(1);
    for (const { stream } of PAGING_CASES) {
      expect(stdout).toMatch(new RegExp(`^${stream.name}: (RESPONSE_INVALID|NOT_PROCURIOS) `, 'm'));
    }
    const stored = await workplace.stored();
    const written = [stdout, stderr, [...stored.values()].map(({ stateRows }) => stateRows)];
    expect(leaksIn(value, listings.get('hal') ?? new Map())).toEqual([value]);
    for (const listing of listings.values()) expect(leaksIn(written, listing)).toEqual([]);
  }, 60_000);
});
