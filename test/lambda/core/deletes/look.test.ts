import { describe, expect, test } from '@jest/globals';
import { fatesOf, isBalanced } from '../../../../lambda/core/deletes/balance.ts';
import { type Decision, decide } from '../../../../lambda/core/deletes/decide.ts';
import { type Due, findDue } from '../../../../lambda/core/deletes/due.ts';
import type { Known } from '../../../../lambda/core/deletes/evidence.ts';
import { judge, takeBack } from '../../../../lambda/core/deletes/judge.ts';
import {
  carryAfter,
  type LookFacts,
  lookDirection,
  needsLook,
  whyLookFails,
} from '../../../../lambda/core/deletes/look.ts';
import { at, idsOf, knownAfter, OTHER_SIGHT, POLICY, SIGHT, walkOf } from '../../../support/deletes/facts.ts';

const LOOK: LookFacts = {
  began: at(4, 1),
  ended: at(4, 2),
  direction: 'up',
  firstSight: SIGHT,
  sight: SIGHT,
  isComplete: true,
  isCached: false,
  holes: 0,
  shown: 1000,
};
const WALK = walkOf(4);
const KNOWN = knownAfter([], ['1', '2'], ['1', '2'], ['1', '2', '3']);
const FREE: readonly Due[] = [
  { id: '1', because: 'absent', wasNeverShown: false, wasHeld: false },
  { id: '2', because: 'absent', wasNeverShown: false, wasHeld: false },
  { id: '3', because: 'archived', wasNeverShown: false, wasHeld: false },
];
const MOMENT = { walkId: 'walk-4', now: at(4, 2), live: 1000 };

describe('the look', () => {
  test('it is needed for what only walks call gone, and not for what the archive names', () => {
    expect(needsLook(FREE)).toBe(true);
    expect(needsLook(FREE.slice(2))).toBe(false);
    expect(needsLook([])).toBe(false);
  });

  test('it reads numbered pages in the other direction, and others once more', () => {
    expect(lookDirection('up', 'hal')).toBe('down');
    expect(lookDirection('down', 'numberedPages')).toBe('up');
    expect(lookDirection('up', 'after')).toBe('up');
  });

  test.each<readonly [string, Partial<LookFacts>]>([
    ['incomplete', { isComplete: false }],
    ['another sight', { sight: OTHER_SIGHT }],
    ['another sight', { firstSight: OTHER_SIGHT }],
    ['another sight', { firstSight: OTHER_SIGHT, sight: OTHER_SIGHT }],
    ['cached', { isCached: true }],
    ['one direction', { direction: 'down' }],
    ['empty', { shown: 0 }],
    ['hole', { holes: 1 }],
    ['too long', { ended: at(5, 1.01) }],
  ])('it proves nothing if it is %s', (failure, more) => {
    expect(whyLookFails({ ...LOOK, ...more }, WALK, POLICY)).toBe(failure);
  });

  test('a clean one proves what it did not show, and holes are normal where the stream says so', () => {
    expect(whyLookFails(LOOK, WALK, POLICY)).toBeUndefined();
    expect(whyLookFails({ ...LOOK, holes: 1 }, WALK, { ...POLICY, holes: 'count' })).toBeUndefined();
  });
});

describe('carryAfter', () => {
  const isShown = (id: string): boolean => id === '1';

  test('what the look showed stays and is no longer absent, and the rest is carried', () => {
    const { known, carry } = carryAfter(KNOWN, FREE, MOMENT, { failure: undefined, isShown });

    expect(carry.map(({ id }) => id)).toEqual(['2', '3']);
    expect([...known.absences.keys()]).toEqual(['2', '3']);
    expect(known.evidence.carried).toEqual([{ walkId: 'walk-4', at: at(4, 2), count: 2 }]);
  });

  test('after a look that failed only what the archive names is carried, and the rest stays due', () => {
    const { known, carry } = carryAfter(KNOWN, FREE, MOMENT, { failure: 'incomplete', isShown });

    expect(carry.map(({ id }) => id)).toEqual(['3']);
    expect(known.absences.get('2')).toMatchObject({ missed: 3 });
    expect(known.absences.has('1')).toBe(false);
    expect(findDue(known, POLICY, new Map()).map(({ id }) => id)).toEqual(['2']);
  });

  test('what a look failed to prove has waited since the first one that failed, until one does or nothing is due', () => {
    const failed = { failure: 'incomplete', isShown: () => false } as const;
    const again = (known: Known, night: number): Decision => {
      const moment = { ...MOMENT, walkId: `walk-${night}`, now: at(night, 1) };
      const next = judge(known, walkOf(night), ['1']);
      return decide(next, findDue(next, POLICY, new Map()), moment, POLICY, []);
    };
    const once = carryAfter(KNOWN, FREE, MOMENT, failed).known;
    const second = again(once, 5);
    const twice = carryAfter(second.known, second.free, { ...MOMENT, now: at(5, 2) }, failed).known;
    const third = again(twice, 6);
    const proved = carryAfter(third.known, third.free, MOMENT, { ...failed, failure: undefined }).known;

    expect(once.evidence).toMatchObject({ waitingSince: at(4, 2), failedLook: 'incomplete' });
    expect(twice.evidence).toMatchObject({ waitingSince: at(4, 2), failedLook: 'incomplete' });
    expect(proved.evidence.waitingSince).toBeUndefined();
    expect(proved.evidence.failedLook).toBeUndefined();
    expect(decide(twice, [], MOMENT, POLICY, []).known.evidence.failedLook).toBeUndefined();
  });

  test('what the look shows stays, whatever the archive says', () => {
    const { carry } = carryAfter(KNOWN, FREE, MOMENT, { failure: undefined, isShown: (id) => id === '3' });

    expect(carry.map(({ id }) => id)).toEqual(['1', '2']);
  });

  test('what needs no look is carried without one', () => {
    const { known, carry } = carryAfter(KNOWN, FREE.slice(2), MOMENT, undefined);

    expect(carry.map(({ id }) => id)).toEqual(['3']);
    expect(known.absences).toBe(KNOWN.absences);
  });

  test('what needs a look is not carried without one', () => {
    expect(carryAfter(KNOWN, FREE, MOMENT, undefined).carry.map(({ id }) => id)).toEqual(['3']);
  });
});

describe('the balance of the unseen', () => {
  test('each unseen object is missed, held, kept, gone or without room', () => {
    const ids = idsOf(60);
    const due = knownAfter([], ids, ids, ids);
    const moment = { walkId: 'walk-4', now: at(4, 1), live: 1000 };
    const { known } = decide(due, findDue(due, POLICY, new Map()), moment, POLICY, []);
    const rest = takeBack(known, (id) => Number(id) <= 5);
    const absences = new Map(rest.absences).set('6', { missed: 3, since: at(2), mark: 'kept' });
    const fates = fatesOf({ absences, evidence: { ...rest.evidence, overflow: 2 } }, 5);

    expect(fates).toEqual({ missed: 0, held: 54, kept: 1, gone: 5, overflow: 2 });
    expect(isBalanced(62, fates)).toBe(true);
    expect(isBalanced(61, fates)).toBe(false);
  });

  test('what waits for clean evidence is missed', () => {
    expect(fatesOf(KNOWN, 0)).toEqual({ missed: 3, held: 0, kept: 0, gone: 0, overflow: 0 });
  });
});
