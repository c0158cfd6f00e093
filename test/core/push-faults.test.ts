import { expect, test } from '@jest/globals';
import { type Injection, operationOf, PushWorld } from '../support/push-world.ts';

const INJECTIONS: readonly Injection[] = ['crashBefore', 'crashAfter', 'error', 'lostReply', 'timeout'];

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

function expectPromisesKept(world: PushWorld, isRepeatable: boolean): void {
  for (const { changeId } of CHANGES) {
    const entry = world.ledger.get(changeId);
    const times = world.applied.filter((id) => id === changeId).length;
    // None is lost without an entry that says so, and what is called accepted was applied.
    expect(['accepted', 'unknown']).toContain(entry?.outcome);
    if (entry?.outcome === 'accepted') expect(times).toBeGreaterThanOrEqual(1);
    if (!isRepeatable) expect(times).toBeLessThanOrEqual(1);
    else expect(entry?.outcome).toBe('accepted');
  }
  for (const subject of ['a', 'b']) {
    const ofSubject = CHANGES.filter((change) => change.subject === subject).map(({ changeId }) => changeId);
    const order = [...new Set(world.applied.filter((id) => ofSubject.includes(id)))];
    expect(order).toEqual(ofSubject.filter((id) => order.includes(id)));
  }
}

test.each([false, true])(
  'every outside call going wrong in every way (repeatable: %p)',
  async (isRepeatable) => {
    const undisturbed = await runWith(new Map(), isRepeatable);

    expect(undisturbed.applied).toHaveLength(CHANGES.length);
    for (let number = 1; number <= undisturbed.calls; number += 1) {
      for (const injection of INJECTIONS) {
        expectPromisesKept(await runWith(new Map([[number, injection]]), isRepeatable), isRepeatable);
      }
    }
  },
);

test('two calls going wrong in every way, one soon after the other', async () => {
  const { calls } = await runWith(new Map(), false);

  for (let first = 1; first <= calls; first += 2) {
    for (const one of INJECTIONS) {
      for (const other of INJECTIONS) {
        const injections = new Map([
          [first, one],
          [first + 3, other],
        ]);
        expectPromisesKept(await runWith(injections, false), false);
      }
    }
  }
});
