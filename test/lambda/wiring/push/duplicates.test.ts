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

const CREATE = 'POST /l/module_api/object';

let simulator: Simulator;
let aws: EmbeddedAws;
let line: PushLine;
let worker: Worker;
beforeAll(async () => {
  [simulator, aws] = await Promise.all([startSimulator({ relations: 20 }), startEmbeddedAws()]);
});
afterAll(() => Promise.all([simulator.close(), aws.close()]));
beforeEach(async () => {
  simulator.control.clearFaults();
  simulator.control.resetApplied();
  line = await openPushLine(simulator, aws);
  worker = workerHere(line.config);
});

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

describe('a change that comes twice is applied once', () => {
  test('within the five minutes in which SQS drops what has the same deduplication id', async () => {
    await line.queue([thing('c1')], 'c1');
    await line.queue([thing('c1')], 'c1');

    await line.drain(worker);

    expect(await outcomesOf(thing('c1'))).toEqual({ outcomes: ['accepted'], applied: ['c1'] });
  });

  test('after them, as a message of its own', async () => {
    await line.queue([thing('c1')]);
    await line.drain(worker);
    await line.queue([thing('c1')]);

    await line.drain(worker);

    expect(await outcomesOf(thing('c1'))).toEqual({ outcomes: ['accepted'], applied: ['c1'] });
  });

  test('in one batch', async () => {
    await line.queue([thing('c1'), thing('c1')]);

    await line.drain(worker);

    expect(await outcomesOf(thing('c1'))).toEqual({ outcomes: ['accepted'], applied: ['c1'] });
  });

  test('to two processes at once', async () => {
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

describe('a change under an id that was used before is refused', () => {
  test.each([
    ['with other content', thing('c1', 'thing/1', 'c1-other')],
    ['with the same content under another subject', thing('c1', 'thing/2')],
  ])('%s', async (_how, other) => {
    await line.queue([thing('c1')]);
    await line.drain(worker);
    await line.queue([other]);

    await line.drain(worker);

    expect(await outcomesOf(thing('c1'))).toEqual({ outcomes: ['accepted'], applied: ['c1'] });
    expect(simulator.control.applied()).toHaveLength(1);
  });
});

describe('changes wait until they can be sent, in their order, and none is rejected', () => {
  const changes = ['c1', 'c2', 'c3'].map((id) => thing(id));

  test.each([
    ['throttling for hours', { kind: 'status', status: 429, retryAfter: 3_600 }, 6],
    ['throttling that names no time', { kind: 'status', status: 429 }, 20],
    ['a maintenance page', { kind: 'status', status: 503 }, 6],
    ['access that is revoked and given back', { kind: 'status', status: 403 }, 6],
    ['tokens that are refused, new ones too', { kind: 'status', status: 401 }, 12],
  ] as const)('after %s', async (_what, action, times) => {
    simulator.control.fault({ route: CREATE, times, do: action });
    await line.queue(changes);

    await line.drain(worker);

    expect(await outcomesOf(...changes)).toEqual({
      outcomes: ['accepted', 'accepted', 'accepted'],
      applied: ['c1', 'c2', 'c3'],
    });
  });

  test('after credentials that were refused', async () => {
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
