import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type EmbeddedAws, startEmbeddedAws } from '../../../../local/endpoints/embedded-aws.ts';
import { type Simulator, startSimulator } from '../../../../local/simulator/simulator.ts';
import {
  type LineChange,
  openPushLine,
  type PushLine,
  type Worker,
  workerHere,
} from '../../../support/push-line.ts';
import { INJECTIONS } from '../../../support/push-world.ts';
import { type FaultCases, openFaultCases } from './fault-cases.ts';

/** Every 22nd call to the outside fails in npm cit. sweep.soak.ts has the others, push-faults.test.ts all of them in memory. */
const STRIDE = 22;

const CREATE = 'POST /l/module_api/object';

let simulator: Simulator;
let aws: EmbeddedAws;
let line: PushLine;
let worker: Worker;
beforeAll(async () => {
  [simulator, aws] = await Promise.all([startSimulator({ relations: 20 }), startEmbeddedAws()]);
});
afterAll(() => Promise.all([simulator.close(), aws.close()]));
beforeEach(() => {
  simulator.control.clearFaults();
  simulator.control.resetApplied();
});

/** Opens an own line for each test of a group. */
function openLineForEach(): void {
  beforeEach(async () => {
    line = await openPushLine(simulator, aws);
    worker = workerHere(line.config);
  });
}

const thing = (changeId: string, subject = 'thing/1', title = changeId): LineChange => ({
  changeId,
  operation: 'createThing',
  subject,
  body: { title },
});

async function outcomesOf(...changes: readonly LineChange[]) {
  const { ledger, applied } = await line.pushed(changes);
  return { outcomes: changes.map(({ changeId }) => ledger.get(changeId)?.outcome), applied };
}

describe('a change that comes twice', () => {
  openLineForEach();

  test('a change that comes twice within five minutes is dropped by SQS, because the deduplication id is the same', async () => {
    await line.queue([thing('c1')], 'c1');
    await line.queue([thing('c1')], 'c1');

    await line.drain(worker);

    expect(await outcomesOf(thing('c1'))).toEqual({ outcomes: ['accepted'], applied: ['c1'] });
  });

  test('a change that comes again as another message is applied once', async () => {
    await line.queue([thing('c1')]);
    await line.drain(worker);
    await line.queue([thing('c1')]);

    await line.drain(worker);

    expect(await outcomesOf(thing('c1'))).toEqual({ outcomes: ['accepted'], applied: ['c1'] });
  });

  test('a change that comes twice in one batch is applied once', async () => {
    await line.queue([thing('c1'), thing('c1')]);

    await line.drain(worker);

    expect(await outcomesOf(thing('c1'))).toEqual({ outcomes: ['accepted'], applied: ['c1'] });
  });

  test('changes that are delivered to two processes at once are applied once', async () => {
    const changes = ['c1', 'c2', 'c3'].map((id) => thing(id));
    await line.queue(changes);
    const twice: Worker = async (event, wire) => {
      const [one, other] = await Promise.all([worker(event, wire), worker(event, wire)]);
      const both = [one, other].flatMap((answer) => answer?.batchItemFailures ?? []);
      return { batchItemFailures: both };
    };

    await line.drain(twice);

    expect(await outcomesOf(...changes)).toEqual({
      outcomes: ['accepted', 'accepted', 'accepted'],
      applied: ['c1', 'c2', 'c3'],
    });
  });
});

describe('a change under a used id', () => {
  openLineForEach();

  test.each([
    ['under a used id with other content', thing('c1', 'thing/1', 'c1-other')],
    ['under a used id with the same content and another subject', thing('c1', 'thing/2')],
  ])('a change %s is not applied', async (_how, other) => {
    await line.queue([thing('c1')]);
    await line.drain(worker);
    await line.queue([other]);

    await line.drain(worker);

    expect(await outcomesOf(thing('c1'))).toEqual({ outcomes: ['accepted'], applied: ['c1'] });
    expect(simulator.control.applied()).toHaveLength(1);
  });
});

describe('changes that cannot be sent yet', () => {
  openLineForEach();

  const changes = ['c1', 'c2', 'c3'].map((id) => thing(id));

  test.each([
    ['throttling for hours', { kind: 'status', status: 429, retryAfter: 3_600 }, 6],
    ['throttling that names no time', { kind: 'status', status: 429 }, 8],
    ['a maintenance page', { kind: 'status', status: 503 }, 6],
    ['access that is revoked and given back', { kind: 'status', status: 403 }, 6],
    ['tokens that are refused, new ones too', { kind: 'status', status: 401 }, 8],
  ] as const)('changes are sent in their order after %s', async (_what, action, times) => {
    simulator.control.fault({ route: CREATE, times, do: action });
    await line.queue(changes);

    await line.drain(worker);

    expect(await outcomesOf(...changes)).toEqual({
      outcomes: ['accepted', 'accepted', 'accepted'],
      applied: ['c1', 'c2', 'c3'],
    });
  });

  test('changes are sent in their order after credentials that were refused', async () => {
    simulator.control.fault({
      route: 'POST /l/oauth2/token',
      times: 6,
      do: { kind: 'body', status: 401, text: '{"error":"invalid_client"}', contentType: 'application/json' },
    });
    await line.queue(changes);

    await line.drain(worker);

    expect((await outcomesOf(...changes)).applied).toEqual(['c1', 'c2', 'c3']);
  });
});

describe('six changes of two subjects', () => {
  let cases: FaultCases;
  let undisturbed: Awaited<ReturnType<FaultCases['run']>>;
  beforeAll(async () => {
    cases = await openFaultCases(simulator, aws, ({ config }) => workerHere(config));
    undisturbed = await cases.run();
  });

  test('six changes that meet no fault are accepted and applied once', () => {
    const { ledger, applied } = undisturbed.pushed;

    expect(applied).toHaveLength(6);
    expect([...(ledger as Map<string, { outcome: string }>).values()].map(({ outcome }) => outcome)).toEqual(
      Array(6).fill('accepted'),
    );
  });

  test.each(INJECTIONS.entries().toArray())(
    'six changes keep their promises when a call to the outside fails over the wire: %i, %s',
    async (offset, injection) => {
      for (let number = 1 + 2 * offset; number <= undisturbed.calls; number += STRIDE) {
        await cases.run(new Map([[number, injection]]));
      }
    },
  );
});
