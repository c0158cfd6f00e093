import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type EmbeddedAws, startEmbeddedAws } from '../../../../local/endpoints/embedded-aws.ts';
import {
  SIMULATOR_CREDENTIALS,
  type Simulator,
  startSimulator,
} from '../../../../local/simulator/simulator.ts';
import { type Bundle, bundle } from '../../../support/bundle.ts';
import { invokeBundle } from '../../../support/invoke-bundle.ts';
import { type Worker, workerHere } from '../../../support/push-line.ts';
import { INJECTIONS } from '../../../support/push-world.ts';
import { openFaultCases } from './fault-cases.ts';

const RANDOM_RUNS = 100;
const SHIFT_CLOCK = new URL('../../../support/shift-clock.ts', import.meta.url).href;

let simulator: Simulator;
let aws: EmbeddedAws;
beforeAll(async () => {
  [simulator, aws] = await Promise.all([startSimulator({ relations: 20 }), startEmbeddedAws()]);
});
afterAll(() => Promise.all([simulator.close(), aws.close()]));

const openHere = () => openFaultCases(simulator, aws, ({ config }) => workerHere(config));

test.each(INJECTIONS)('every call to the outside: %s', async (injection) => {
  const cases = await openHere();
  const { calls } = await cases.run();

  for (let number = 1; number <= calls; number += 1) await cases.run(new Map([[number, injection]]));
});

test('any three calls to the outside going wrong in any way', async () => {
  const cases = await openHere();
  const injections = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.constantFrom(...INJECTIONS)), {
    minLength: 2,
    maxLength: 3,
  });

  await fc.assert(
    fc.asyncProperty(injections, async (each) => {
      await cases.run(new Map(each));
    }),
    { numRuns: RANDOM_RUNS, endOnFailure: true },
  );
});

/** The bundle in a process that is killed where it is to crash. */
function workerOf(push: Bundle): Worker {
  return async (event, wire) => {
    const environment = {
      ...aws.environment,
      AWS_ENDPOINT_URL_DYNAMODB: wire.dynamoDb,
      AWS_ENDPOINT_URL_SQS: wire.sqs,
      PROCURIOS_HOST: wire.procurios,
      NODE_OPTIONS: `--import ${SHIFT_CLOCK}`,
      SHIFT_CLOCK_MS: String(wire.laterMs),
    };
    const { answers } = await invokeBundle(push, [event], environment, {
      onStart(child) {
        wire.onCrash = () => child.kill('SIGKILL');
      },
    });
    return answers[0]?.result;
  };
}

test.each(['crashBefore', 'crashAfter'] as const)(
  'a process that is killed at any call: %s',
  async (crash) => {
    let push: Bundle | undefined;
    const cases = await openFaultCases(simulator, aws, ({ config }) => async (event, wire) => {
      push ??= await bundle('push', config);
      return workerOf(push)(event, wire);
    });
    aws.secrets.put(cases.line.config.secretName, JSON.stringify(SIMULATOR_CREDENTIALS));
    try {
      const { calls } = await cases.run();

      expect(calls).toBeGreaterThan(30);
      for (let number = 1; number <= calls; number += 1) await cases.run(new Map([[number, crash]]));
    } finally {
      await push?.[Symbol.asyncDispose]();
    }
  },
);
