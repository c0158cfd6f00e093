import { describe, expect, test } from '@jest/globals';
import {
  type Known,
  NOTHING_KNOWN,
  wasNeverShown,
  withoutAbsences,
} from '../../../../lambda/core/deletes/evidence.ts';
import { judge, noteUncounted, takeBack } from '../../../../lambda/core/deletes/judge.ts';
import { at, idsOf, knownAfter, OTHER_SIGHT, SIGHT, walkOf } from '../../../support/deletes/facts.ts';

function missed({ absences }: Known): Record<string, number> {
  return Object.fromEntries([...absences].map(([id, absence]) => [id, absence.missed]));
}

function neverShown({ evidence, absences }: Known): string[] {
  return [...absences].filter(([, absence]) => wasNeverShown(absence, evidence)).map(([id]) => id);
}

describe('judge', () => {
  test('each counted walk in a row that does not show an object adds one to its count', () => {
    const known = knownAfter([], ['1'], ['1', '2'], ['1', '2', '3']);

    expect(missed(known)).toEqual({ 1: 3, 2: 2, 3: 1 });
    expect(known.absences.get('1')?.since).toBe(at(2));
  });

  test('an object that a walk shows leaves the list, and its count begins anew', () => {
    expect(missed(knownAfter([], ['1'], [], ['1']))).toEqual({ 1: 1 });
  });

  test('a walk that is judged again changes nothing', () => {
    const known = knownAfter([], ['1']);

    expect(judge(known, walkOf(2), ['1', '2'])).toBe(known);
  });

  test('the evidence names the last 14 counted walks', () => {
    const { evidence } = knownAfter(...Array.from({ length: 16 }, () => []));

    expect(evidence.walks.map(({ walkId }) => walkId)).toEqual(
      Array.from({ length: 14 }, (_, index) => `walk-${index + 3}`),
    );
    expect(evidence.walks.at(-1)).toMatchObject({ began: at(16), after: at(15), shown: 1000, live: 1000 });
  });

  test('counts start over if a walk ended in between that the evidence does not know', () => {
    const known = judge(knownAfter([], ['1'], ['1']), walkOf(5), ['1']);

    expect(missed(known)).toEqual({ 1: 1 });
    expect(known.absences.get('1')?.since).toBe(at(5));
    expect(known.evidence.walks.at(-1)?.after).toBeUndefined();
  });

  test('counts start over after a walk that was given up', () => {
    const givenUp = noteUncounted(knownAfter([], ['1'], ['1']), walkOf(4, { isComplete: false }), undefined);

    expect(missed(judge(givenUp, walkOf(5), ['1']))).toEqual({ 1: 1 });
  });

  test('at another sight all counts are forgotten, and what it does not show was never shown under it', () => {
    const sight = { firstSight: OTHER_SIGHT, sight: OTHER_SIGHT };
    const first = judge(knownAfter([], ['1'], ['1']), walkOf(4, sight), ['1', '2']);
    const second = judge(first, walkOf(5, sight), ['1', '2', '3']);

    expect(missed(first)).toEqual({ 1: 1, 2: 1 });
    expect(missed(second)).toEqual({ 1: 2, 2: 2, 3: 1 });
    expect(neverShown(second)).toEqual(['1', '2']);
  });

  test('with a scope more counts go on, and with that scope less again they start over', () => {
    const more = { ...SIGHT, scopes: ['members', 'names'] };
    const wider = judge(knownAfter([], ['1']), walkOf(3, { firstSight: more, sight: more }), ['1']);
    const narrower = judge(wider, walkOf(4), ['1']);

    expect(missed(wider)).toEqual({ 1: 2 });
    expect(missed(narrower)).toEqual({ 1: 1 });
    expect(neverShown(narrower)).toEqual(['1']);
  });

  test('a walk that got a scope back while it was read is one without it', () => {
    const less = { ...SIGHT, scopes: [] };
    const known = judge(knownAfter([], ['1']), walkOf(3, { firstSight: less }), ['1']);

    expect(missed(known)).toEqual({ 1: 1 });
    expect(missed(judge(known, walkOf(4), ['1']))).toEqual({ 1: 2 });
  });

  test('what the very first counted walk did not show was never shown, also when counts start over later', () => {
    const known = knownAfter(['1'], ['1', '2']);
    const restarted = judge(known, walkOf(4), ['1', '2']);

    expect(neverShown(known)).toEqual(['1']);
    expect(neverShown(restarted)).toEqual(['1']);
    expect(missed(restarted)).toEqual({ 1: 1, 2: 1 });
  });

  test('an object that any walk showed is no longer one that was never shown', () => {
    const shown = noteUncounted(knownAfter(['1']), walkOf(2, { isCached: true }), () => true);

    expect(neverShown(judge(shown, walkOf(3), ['1']))).toEqual([]);
  });

  test('a counted walk of the future makes counts start over once, and is forgotten', () => {
    const future = judge(NOTHING_KNOWN, walkOf(300, { walkId: 'walk-0' }), ['1']);
    const back = judge(future, walkOf(1, { previous: 'walk-0' }), ['1']);
    const next = judge(back, walkOf(2), ['1']);

    expect(missed(back)).toEqual({ 1: 1 });
    expect(missed(next)).toEqual({ 1: 2 });
    expect(next.evidence.walks.map(({ walkId }) => walkId)).toEqual(['walk-1', 'walk-2']);
  });
});

describe('judge, where the absences are full', () => {
  const ROOM = 20;

  test('those already counted stay, and the rest is counted as overflow', () => {
    const first = judge(NOTHING_KNOWN, walkOf(1), ['10', '11'], ROOM);
    const second = judge(first, walkOf(2), [...idsOf(20, 20), '10', '11'], ROOM);

    expect(second.absences.size).toBe(10);
    expect(missed(second)).toMatchObject({ 10: 2, 11: 2, 20: 1 });
    expect(second.evidence.overflow).toBe(12);
  });

  test('what finds room later starts at one, and counts as never shown because nothing tells otherwise', () => {
    const full = judge(judge(NOTHING_KNOWN, walkOf(1), [], ROOM), walkOf(2), idsOf(12, 20), ROOM);
    const later = judge(full, walkOf(3), ['30', '31'], ROOM);

    expect(full.evidence.overflow).toBe(2);
    expect(later.evidence.overflow).toBe(0);
    expect(missed(later)).toEqual({ 30: 1, 31: 1 });
    expect(neverShown(later)).toEqual(['30', '31']);
  });
});

describe('noteUncounted', () => {
  test('the evidence says why the last walk did not count, until one does', () => {
    const cached = noteUncounted(knownAfter(['1']), walkOf(2, { isCached: true }), () => false);
    const counted = judge(cached, walkOf(3), ['1']);

    expect(cached.evidence.ended).toMatchObject({ walkId: 'walk-2', notCounted: 'cached' });
    expect(counted.evidence.ended).toEqual({ walkId: 'walk-3', began: at(3), isCutDown: false });
  });

  test('a walk that does not count adds to no count, and takes out what it showed', () => {
    const known = noteUncounted(
      knownAfter([], ['1', '2']),
      walkOf(3, { isCached: true }),
      (id) => id === '2',
    );

    expect(missed(known)).toEqual({ 1: 1 });
    expect(missed(judge(known, walkOf(4), ['1', '2']))).toEqual({ 1: 2, 2: 1 });
  });

  test('a walk that the evidence does not know before it makes counts start over, and not only until the next one', () => {
    const noted = noteUncounted(knownAfter([], ['1'], ['1']), walkOf(5, { isCached: true }), () => false);

    expect(missed(judge(noted, walkOf(6), ['1']))).toEqual({ 1: 1 });
  });

  test('a walk that is noted again changes nothing', () => {
    const known = noteUncounted(knownAfter([], ['1']), walkOf(3, { isCached: true }), () => false);

    expect(noteUncounted(known, walkOf(3, { isCached: true }), () => true)).toBe(known);
  });
});

test('takeBack takes out what is shown or gone', () => {
  expect(missed(takeBack(knownAfter([], ['1', '2']), (id) => id === '1'))).toEqual({ 2: 1 });
});

test('absences that were lost make the next counted walk the first one', () => {
  const lost = withoutAbsences(knownAfter([], ['1'], ['1']).evidence);
  const known = judge(lost, walkOf(4), ['1']);

  expect(missed(known)).toEqual({ 1: 1 });
  expect(neverShown(known)).toEqual(['1']);
  expect(known.evidence.walks).toHaveLength(4);
});
