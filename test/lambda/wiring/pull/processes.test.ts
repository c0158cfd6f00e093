import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { SIMULATOR_SCOPES, type Simulator } from '../../../../local/simulator/simulator.ts';
import { caseOf, PAGING_CASES, type PagingCase, startSmallSimulator } from '../../../support/paging-kinds.ts';
import { type Contents, readPlainly } from '../../../support/plain-listing.ts';
import { openWorkplace, requestsReach } from '../../../support/pull-process.ts';
import { leaksIn } from './leaks.ts';

let simulator: Simulator;
const listings = new Map<PagingCase['kind'], Contents>();
beforeAll(async () => {
  simulator = await startSmallSimulator();
  for (const paging of PAGING_CASES) {
    listings.set(paging.kind, await readPlainly(simulator, paging, SIMULATOR_SCOPES));
  }
});
beforeEach(() => simulator.control.clearFaults());
afterAll(() => simulator.close());

/** What the tables hold, by paging kind, is what the listings hold. */
function expectAllStored(stored: ReadonlyMap<PagingCase['kind'], { readonly objects: Contents }>): void {
  for (const { kind } of PAGING_CASES) {
    expect([kind, stored.get(kind)?.objects]).toEqual([kind, listings.get(kind)]);
  }
}

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
  expectAllStored(await workplace.stored());
});

test('a pull in which every stream fails says which and why, and shows neither secrets nor values', async () => {
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

  const { code, stdout, stderr } = await workplace.pull();

  expect(code).toBe(1);
  for (const { stream } of PAGING_CASES) {
    expect(stdout).toMatch(
      new RegExp(`^${stream.name}: (RESPONSE_INVALID|NOT_PROCURIOS|LISTING_INCOMPLETE) `, 'm'),
    );
  }
  const stored = await workplace.stored();
  const written = [stdout, stderr, [...stored.values()].map(({ stateRows }) => stateRows)];
  expect(leaksIn(value, listings.get('hal') ?? new Map())).toEqual([value]);
  for (const listing of listings.values()) expect(leaksIn(written, listing)).toEqual([]);
});
