import { expect, test } from '@jest/globals';
import { expectPromisesKept } from '../../../support/push-promises.ts';
import { INJECTIONS, type Injection, operationOf, PushWorld } from '../../../support/push-world.ts';

/** Two subjects with three changes each, in turn. */
const CHANGES = Array.from({ length: 6 }, (_, index) => ({
  changeId: `c${index + 1}`,
  operation: 'register',
  subject: index % 2 === 0 ? 'a' : 'b',
  body: { step: index },
}));

async function runWith(
  injections: ReadonlyMap<number, Injection>,
  isRepeatable: boolean,
): Promise<PushWorld> {
  const world = new PushWorld({
    register: operationOf({ method: isRepeatable ? 'PUT' : 'POST', repeatable: isRepeatable }),
  });
  world.injections = new Map(injections);
  for (const change of CHANGES) world.queue(change);
  await world.drain();
  return world;
}

test.each([false, true])(
  'pushBatch() keeps its promises when any one call to the outside fails in any way (repeatable: %p)',
  async (isRepeatable) => {
    const undisturbed = await runWith(new Map(), isRepeatable);

    expect(undisturbed.applied).toHaveLength(CHANGES.length);
    for (let number = 1; number <= undisturbed.calls; number += 1) {
      for (const injection of INJECTIONS) {
        expectPromisesKept(CHANGES, await runWith(new Map([[number, injection]]), isRepeatable));
      }
    }
  },
);

test('pushBatch() keeps its promises when two calls fail in any way, one soon after the other', async () => {
  const { calls } = await runWith(new Map(), false);

  for (let first = 1; first <= calls; first += 2) {
    for (const one of INJECTIONS) {
      for (const other of INJECTIONS) {
        const injections = new Map([
          [first, one],
          [first + 3, other],
        ]);
        expectPromisesKept(CHANGES, await runWith(injections, false));
      }
    }
  }
});
