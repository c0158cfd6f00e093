import { describe, expect, test } from '@jest/globals';
import { createEnvironment, type Fault } from '../../../local/simulator/simulator.ts';
import { type NightWalk, openNights } from '../../support/nights.ts';

const OBJECTS = 200;
const NIGHTS = 12;
type Directions = readonly ('up' | 'down')[];
const UP: Directions = ['up'];
const IN_TURN: Directions = ['up', 'down'];

/** Opens a listing, reads it once without faults, and plans the faults. */
async function begin(faults: readonly Fault[]) {
  const listing = await openNights(OBJECTS);
  const { shown } = await listing.walk('up');
  for (const fault of faults) listing.environment.control.fault(fault);
  return { listing, shown };
}

/**
 * Plays nights, and takes for gone what so many walks in a row did not show.
 *
 * @returns How many objects that were gone were taken for gone, and how many that stood throughout the walks.
 */
async function play(faults: readonly Fault[], directions: Directions, walksInARow: number) {
  const { listing, shown } = await begin(faults);
  const known = new Map<number, NightWalk[]>([...shown].map((number) => [number, []]));
  const found = { gone: 0, wrong: 0 };
  for (let night = 0; night < NIGHTS; night += 1) {
    const walk = await listing.walk(directions[night % directions.length] ?? 'up');
    for (const number of walk.shown) known.set(number, []);
    for (const [number, missing] of known) {
      if (walk.shown.has(number)) continue;
      missing.push(walk);
      const [first = walk] = missing;
      if (missing.length < walksInARow) continue;
      if (listing.stood(number, first, walk)) found.wrong += 1;
      else found.gone += 1;
      known.delete(number);
    }
  }
  return found;
}

const onceAWalk = { perWalk: true, times: 1, fromShare: 0.5 } as const;
/** Eight objects are added before every walk, and a job removes the eight oldest at half of every walk. */
const JOB: readonly Fault[] = [
  { ...onceAWalk, fromShare: 0, do: { kind: 'job', adds: 8 } },
  { ...onceAWalk, do: { kind: 'job', removes: { oldest: 8 } } },
];
const EDITS: Fault = { ...onceAWalk, do: { kind: 'job', edits: { random: 10 } } };
/** The same eight objects are out of the list for a tenth of every walk. */
const WINDOW: Fault = { fromShare: 0.5, toShare: 0.6, do: { kind: 'hide', objects: { oldest: 8 } } };
const order = (by: 'key' | 'name' | 'modified', direction: 'up' | 'down'): Fault => ({
  do: { kind: 'order', by, direction },
});

describe('a client that reads up every night', () => {
  test('misses objects that stood throughout twice in a row, because of a nightly job', async () => {
    expect((await play([...JOB, order('name', 'up')], UP, 2)).wrong).toBeGreaterThan(0);
  });

  test.each(['key', 'modified'] as const)(
    'misses the same objects night after night while others are out of the list, by %s',
    async (by) => {
      expect(await play([WINDOW, order(by, 'up')], UP, NIGHTS - 1)).toEqual({ gone: 0, wrong: 8 });
    },
  );

  test('misses an object that is edited in a list by modification', async () => {
    expect((await play([EDITS, order('modified', 'up')], UP, 1)).wrong).toBeGreaterThan(0);
  });
});

test.each([
  ['key', 'up'],
  ['key', 'down'],
  ['name', 'up'],
] as const)(
  'a client that reads up and down in turn misses only what is gone three times, by %s %s',
  async (by, direction) => {
    const { gone, wrong } = await play([...JOB, order(by, direction)], IN_TURN, 3);

    expect(wrong).toBe(0);
    expect(gone).toBeGreaterThan(50);
  },
);

test('a listing without changes hides nothing, in either direction', async () => {
  expect(await play([order('name', 'down')], IN_TURN, 1)).toEqual({ gone: 0, wrong: 0 });
});

test('the same faults make the same nights', async () => {
  const action = { kind: 'job', removes: { random: 4 }, edits: { random: 9 }, adds: 4 } as const;
  const history = async () => {
    const { listing } = await begin([{ ...onceAWalk, do: action }]);
    const walks: number[][] = [];
    for (const direction of ['up', 'down', 'up', 'down'] as const) {
      walks.push([...(await listing.walk(direction)).shown]);
    }
    const { control } = listing.environment;
    const changes = control.changes('relation').map(({ at: _at, ...change }) => change);
    return { walks, changes };
  };

  expect(await history()).toEqual(await history());
});

test('a request that a fault takes the answer of has none', async () => {
  const { ask } = createEnvironment({ faults: [{ nth: 1, do: { kind: 'lostReply' } }] });
  const request = { method: 'GET', target: '/l/contact_moment_api/contact_moment', headers: {}, body: '' };

  expect(await ask(request)).toBeUndefined();
  expect((await ask(request))?.status).toBe(401);
});
