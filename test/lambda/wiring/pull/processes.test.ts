import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Simulator } from '../../../../local/simulator/simulator.ts';
import { caseOf, PAGING_CASES } from '../../../support/paging-kinds.ts';
import { openWorkplace, requestsReach } from '../../../support/pull-process.ts';
import { type EveryListing, expectAllStored, startEveryListing } from './every-listing.ts';
import { leaksIn } from './leaks.ts';

let every: EveryListing;
let simulator: Simulator;
beforeAll(async () => {
  every = await startEveryListing();
  ({ simulator } = every);
});
beforeEach(() => simulator.control.clearFaults());
afterAll(() => every?.simulator.close());

test('a pull that is killed leaves the next one to complete the tables', async () => {
  await using workplace = await openWorkplace(simulator);
  // The pull is still at work when the signal comes, however busy the machine is.
  simulator.control.fault({ route: caseOf('hal').route, page: 6, do: { kind: 'stalledBody' } });
  simulator.control.resetRequests();
  const pull = workplace.startPull('--json');
  await requestsReach(simulator, caseOf('hal').route, 6, pull);
  pull.process.kill('SIGKILL');
  const killed = await pull.ended;
  simulator.control.clearFaults();

  const last = await workplace.pull('--json');

  expect(killed).toMatchObject({ code: undefined, stdout: '' });
  expect(last.code).toBe(0);
  expect(JSON.parse(last.stdout)).toMatchObject({ status: 'complete' });
  expectAllStored(every, await workplace.stored());
});

test('a pull in which every stream fails says which and why, and shows neither secrets nor values', async () => {
  await using workplace = await openWorkplace(simulator);
  const { control } = simulator;
  const value =
    /"name":"([^"]{8,})"/.exec([...(every.listings.get('hal')?.values() ?? [])].join())?.[1] ?? '';
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

  const { code, stdout, stderr } = await workplace.pull();

  expect(code).toBe(1);
  for (const { stream } of PAGING_CASES) {
    expect(stdout).toMatch(
      new RegExp(`^${stream.name}: (RESPONSE_INVALID|NOT_PROCURIOS|LISTING_INCOMPLETE) `, 'm'),
    );
  }
  const stored = await workplace.stored();
  const written = [stdout, stderr, [...stored.values()].map(({ stateRows }) => stateRows)];
  expect(leaksIn(value, every.listings.get('hal') ?? new Map())).toEqual([value]);
  for (const listing of every.listings.values()) expect(leaksIn(written, listing)).toEqual([]);
});
