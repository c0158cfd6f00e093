import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RunReceipt } from '../../../../lambda/core/pull/receipt.ts';
import type { Simulator } from '../../../../local/simulator/simulator.ts';
import { caseOf } from '../../../support/paging-kinds.ts';
import { openWorkplace, requestsReach } from '../../../support/pull-process.ts';
import { type EveryListing, expectAllStored, startEveryListing } from './every-listing.ts';

/** Long enough for a signal to arrive while a certain page is on its way. */
const LATENCY_MS = 15;

let every: EveryListing;
let simulator: Simulator;
beforeAll(async () => {
  every = await startEveryListing();
  ({ simulator } = every);
  simulator.control.fault({ do: { kind: 'latency', ms: LATENCY_MS } });
});
afterAll(() => every?.simulator.close());

test('pulls that are killed at any point leave the next one to complete the tables', async () => {
  await using workplace = await openWorkplace(simulator);
  const killAt = async (route: string, count: number, thenMs: number) => {
    simulator.control.resetRequests();
    const pull = workplace.startPull('--json');
    await requestsReach(simulator, route, count, pull);
    await sleep(thenMs);
    pull.process.kill('SIGKILL');
    return await pull.ended;
  };

  const killed = [
    await killAt('POST /l/oauth2/token', 1, 0),
    await killAt(caseOf('hal').route, 6, LATENCY_MS + 5),
    await killAt(caseOf('after').route, 4, 0),
  ];
  const last = await workplace.startPull('--json').ended;

  expect(killed).toEqual(killed.map(() => ({ code: undefined, stdout: '', stderr: expect.any(String) })));
  expect(last.code).toBe(0);
  const run = JSON.parse(last.stdout) as RunReceipt;
  expect(run.status).toBe('complete');
  // What the killed ones had stored is not written again.
  expect(run.streams[caseOf('linkedPages').stream.name]).toMatchObject({ written: 0, unchanged: 60 });
  expectAllStored(every, await workplace.stored());
}, 60_000);

test('a pull that is stopped with Ctrl-C is continued by the next one', async () => {
  await using workplace = await openWorkplace(simulator);
  const { route, stream, pages } = caseOf('linkedPages');

  simulator.control.resetRequests();
  const pull = workplace.startPull('--json');
  await requestsReach(simulator, route, 3, pull);
  pull.process.kill('SIGINT');
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
  expectAllStored(every, await workplace.stored());
}, 60_000);
