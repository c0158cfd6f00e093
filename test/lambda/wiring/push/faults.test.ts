import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type EmbeddedAws, startEmbeddedAws } from '../../../../local/endpoints/embedded-aws.ts';
import { type Simulator, startSimulator } from '../../../../local/simulator/simulator.ts';
import { workerHere } from '../../../support/push-line.ts';
import { INJECTIONS } from '../../../support/push-world.ts';
import { type FaultCases, openFaultCases } from './fault-cases.ts';

/** Of all calls, every so manieth: `npm run soak` has the others. */
const STRIDE = 11;

let simulator: Simulator;
let aws: EmbeddedAws;
let cases: FaultCases;
beforeAll(async () => {
  [simulator, aws] = await Promise.all([startSimulator({ relations: 20 }), startEmbeddedAws()]);
  cases = await openFaultCases(simulator, aws, ({ config }) => workerHere(config));
});
afterAll(() => Promise.all([simulator.close(), aws.close()]));

test('undisturbed, all are applied once and accepted', async () => {
  const { pushed } = await cases.run();

  expect(pushed.applied).toHaveLength(6);
  expect(
    [...(pushed.ledger as Map<string, { outcome: string }>).values()].map(({ outcome }) => outcome),
  ).toEqual(Array(6).fill('accepted'));
});

test.each(INJECTIONS.entries().toArray())(
  'calls to the outside going wrong over the wire: %i, %s',
  async (offset, injection) => {
    const { calls } = await cases.run();

    for (let number = 1 + 2 * offset; number <= calls; number += STRIDE)
      await cases.run(new Map([[number, injection]]));
  },
);
