import { describe, expect, test } from '@jest/globals';
import { carriedInWeek, enterCarried } from '../../../../lambda/core/deletes/carried.ts';
import type { Due } from '../../../../lambda/core/deletes/due.ts';
import type { Evidence } from '../../../../lambda/core/deletes/evidence.ts';
import { guard, limitOf } from '../../../../lambda/core/deletes/guard.ts';
import { judge } from '../../../../lambda/core/deletes/judge.ts';
import { DEFAULT_GUARD } from '../../../../lambda/core/deletes/policy.ts';
import type { WalkFacts } from '../../../../lambda/core/deletes/walk-facts.ts';
import { at, idsOf, knownAfter, POLICY, walkOf } from '../../../support/deletes/facts.ts';

const CLEAN = knownAfter([], ['1'], ['1'], ['1']).evidence;
const MOMENT = { walkId: 'walk-4', now: at(4, 1), live: 1000 };

function dueOf(count: number, more: Partial<Due> = {}): Due[] {
  return idsOf(count).map((id) => ({
    id,
    because: 'absent',
    wasNeverShown: false,
    wasHeld: false,
    ...more,
  }));
}

/** Evidence of which the third of four walks had such facts. */
function withThird(more: Partial<WalkFacts>): Evidence {
  return judge(judge(knownAfter([], ['1']), walkOf(3, more), ['1']), walkOf(4), ['1']).evidence;
}

describe('limitOf', () => {
  test.each([
    [0, 0],
    [1, 0],
    [10, 5],
    [12, 6],
    [100, 10],
    [1000, 50],
    [1010, 50],
    [10_000, 500],
    [1_000_000, 500],
  ])('of %d live items so many need no operator: %d', (live, limit) => {
    expect(limitOf(DEFAULT_GUARD, live)).toBe(limit);
  });
});

describe('guard', () => {
  test('few deletes with clean evidence are carried', () => {
    expect(guard(dueOf(50), MOMENT, CLEAN, POLICY)).toEqual({ kind: 'carry' });
  });

  test('one more than the limit holds all of them', () => {
    expect(guard(dueOf(51), MOMENT, CLEAN, POLICY)).toEqual({ kind: 'hold', reason: 'too many', limit: 50 });
  });

  test('the only item of a table is never deleted without an operator, nor are all of a small one', () => {
    expect(guard(dueOf(1), { ...MOMENT, live: 1 }, CLEAN, POLICY)).toMatchObject({ reason: 'too many' });
    expect(guard(dueOf(10), { ...MOMENT, live: 12 }, CLEAN, POLICY)).toMatchObject({ reason: 'too many' });
  });

  test('what the archive names counts too', () => {
    const due = [...dueOf(30), ...dueOf(21, { because: 'archived' })];

    expect(guard(due, MOMENT, CLEAN, POLICY)).toMatchObject({ reason: 'too many' });
  });

  test('a slow leak of 4 % a night is held in the fourth night', () => {
    const leaks = [1, 2, 3].reduce(
      (all, night) => enterCarried(all, `walk-${night}`, at(night, 1), 40),
      CLEAN,
    );
    const verdict = { kind: 'hold', reason: 'too many in a week', limit: 30 };

    expect(guard(dueOf(40), MOMENT, leaks, POLICY)).toEqual(verdict);
    expect(guard(dueOf(30), MOMENT, leaks, POLICY)).toEqual({ kind: 'carry' });
  });

  test('a single object that was never shown holds all', () => {
    const due = [...dueOf(1, { wasNeverShown: true }), ...dueOf(3)];

    expect(guard(due, MOMENT, CLEAN, POLICY)).toEqual({ kind: 'hold', reason: 'never shown' });
  });

  test('what is left of a held set is held, although it would be let through now, and the reason stays', () => {
    const held = { id: '', count: 60, limit: 50, reason: 'too many', since: at(3), sample: [] } as const;
    const verdict = { kind: 'hold', reason: 'too many', limit: 50 };

    expect(guard(dueOf(1, { wasHeld: true }), MOMENT, { ...CLEAN, held }, POLICY)).toEqual(verdict);
    expect(guard(dueOf(1, { wasHeld: true }), MOMENT, CLEAN, POLICY)).toMatchObject({
      reason: 'asked before',
    });
  });

  test('everything is held while the absences are full', () => {
    expect(guard(dueOf(1), MOMENT, { ...CLEAN, overflow: 1 }, POLICY)).toMatchObject({ reason: 'overflow' });
  });

  test('what is missed by a listing that can only be read upwards is held, and what the archive names is not', () => {
    const oneWay = { ...CLEAN, isOneWay: true };

    expect(guard(dueOf(1), MOMENT, oneWay, POLICY)).toMatchObject({ reason: 'one direction' });
    expect(guard(dueOf(1, { because: 'archived' }), MOMENT, oneWay, POLICY)).toEqual({ kind: 'carry' });
  });

  test.each<readonly [string, Partial<WalkFacts>]>([
    ['hole', { holes: 1 }],
    ['empty', { shown: 0 }],
    ['restless', { repeated: 31 }],
    ['restless', { shown: 100, repeated: 10 }],
  ])('evidence with the doubt "%s" has it wait, and after 14 days held', (reason, more) => {
    const evidence = withThird(more);
    const since = (waitingSince: string) => ({ ...evidence, waitingSince });

    expect(guard(dueOf(1), MOMENT, evidence, POLICY)).toEqual({ kind: 'wait', reason });
    expect(guard(dueOf(1), MOMENT, since(at(-9.9)), POLICY)).toEqual({ kind: 'wait', reason });
    expect(guard(dueOf(1), MOMENT, since(at(-10, 1)), POLICY)).toEqual({ kind: 'hold', reason });
  });

  test('what no look has proved for 14 days is held', () => {
    const since = (waitingSince: string): Evidence => ({ ...CLEAN, waitingSince, failedLook: 'cached' });

    expect(guard(dueOf(1), MOMENT, since(at(-9.9)), POLICY)).toEqual({ kind: 'carry' });
    expect(guard(dueOf(1), MOMENT, since(at(-10, 1)), POLICY)).toEqual({ kind: 'hold', reason: 'look' });
  });

  test.each<readonly [string, Partial<WalkFacts>]>([
    ['9 of 20 objects', { shown: 20, repeated: 9 }],
    ['3 %', { shown: 1000, repeated: 30 }],
  ])('a walk that showed only %s twice is not restless', (_what, more) => {
    expect(guard(dueOf(1), MOMENT, withThird(more), POLICY)).toEqual({ kind: 'carry' });
  });

  test('an unclean walk before those that are the evidence is no matter, and beside the archive only the last one is', () => {
    const first = judge(
      judge(judge(knownAfter([]), walkOf(2, { holes: 1 }), []), walkOf(3), []),
      walkOf(4),
      [],
    );
    const { evidence } = judge(first, walkOf(5), []);

    expect(guard(dueOf(1), MOMENT, evidence, POLICY)).toEqual({ kind: 'carry' });
    expect(guard(dueOf(1, { because: 'archived' }), MOMENT, withThird({ holes: 1 }), POLICY)).toEqual({
      kind: 'carry',
    });
  });

  test('holes are normal where the stream says so, empty lists are not', () => {
    const policy = { ...POLICY, holes: 'count' } as const;

    expect(guard(dueOf(1), MOMENT, withThird({ holes: 1 }), policy)).toEqual({ kind: 'carry' });
    expect(guard(dueOf(1), MOMENT, withThird({ shown: 0 }), policy)).toMatchObject({ kind: 'wait' });
  });
});

describe('the ledger of a week', () => {
  test('it counts the last 7 days, without the walk itself', () => {
    const one = enterCarried(CLEAN, 'walk-1', at(1), 5);
    const two = enterCarried(one, 'walk-2', at(2), 7);

    expect(carriedInWeek(two, at(7), 'walk-7')).toBe(12);
    expect(carriedInWeek(two, at(8), 'walk-8')).toBe(7);
    expect(carriedInWeek(two, at(2), 'walk-2')).toBe(5);
  });

  test('a repeated step does not enter its deletes twice, and old entries go', () => {
    const twice = enterCarried(enterCarried(CLEAN, 'walk-1', at(1), 5), 'walk-1', at(1, 1), 4);

    expect(twice.carried).toEqual([{ walkId: 'walk-1', at: at(1, 1), count: 5 }]);
    expect(enterCarried(twice, 'walk-9', at(9), 0).carried).toEqual([]);
  });
});
