import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { NOTHING_KNOWN } from '../../../lambda/core/deletes/evidence.ts';
import { noteUncounted } from '../../../lambda/core/deletes/judge.ts';
import { watchDeletes } from '../../../lambda/wiring/watch-deletes.ts';
import { at, walkOf } from '../../support/deletes/facts.ts';
import { type HeldWorld, heldKnown, openHeldWorld } from '../../support/held-world.ts';

let world: HeldWorld;
beforeAll(async () => {
  world = await openHeldWorld();
});
beforeEach(() => world.reset());
afterAll(() => world?.close());

/** The levels that are written in a night, of streams by their `deletes`. */
async function watch(night: number, streams: Readonly<Record<string, 'fromWalk' | 'report' | 'never'>>) {
  const counted: object[] = [];
  const metrics = {
    count: (counts: object) => counted.push(counts),
    countStream: (stream: string, counts: object) => counted.push({ stream, ...counts }),
  };
  await watchDeletes({
    state: world.state,
    streams: Object.entries(streams).map(([name, deletes]) => ({ name, deletes })),
    clock: { now: () => Date.parse(at(night, 2)) },
    metrics,
  });
  return counted;
}

test('watchDeletes writes how many deletes are held, of each stream and of all', async () => {
  await world.save('others', heldKnown(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11']));

  expect(await watch(4, { things: 'fromWalk', others: 'fromWalk', new: 'fromWalk' })).toEqual([
    { stream: 'things', held: 12 },
    { stream: 'others', held: 11 },
    { stream: 'new', held: 0 },
    { deletesHeld: 23, daysUnjudged: 0 },
  ]);
});

test('watchDeletes writes for how many days no walk of a stream has counted, of the stream of which it is longest', async () => {
  await world.save(
    'others',
    noteUncounted(NOTHING_KNOWN, walkOf(1, { isCached: true }), () => true),
  );

  expect((await watch(18, { things: 'fromWalk', others: 'fromWalk' })).at(-1)).toEqual({
    deletesHeld: 12,
    daysUnjudged: 17,
  });
});

test('watchDeletes writes 0 for an environment whose streams mark nothing, so that its alarms clear', async () => {
  expect(await watch(30, { things: 'report', archived: 'never' })).toEqual([
    { deletesHeld: 0, daysUnjudged: 0 },
  ]);
});
