import { describe, expect, test } from '@jest/globals';
import { becauseOf, type Due, findDue } from '../../../../lambda/core/deletes/due.ts';
import { type Known, NOTHING_KNOWN } from '../../../../lambda/core/deletes/evidence.ts';
import { judge, noteUncounted } from '../../../../lambda/core/deletes/judge.ts';
import type { DeletePolicy } from '../../../../lambda/core/deletes/policy.ts';
import type { WalkFacts } from '../../../../lambda/core/deletes/walk-facts.ts';
import { at, knownAfter, POLICY, walkOf } from '../../../support/deletes/facts.ts';

const NO_ARCHIVE = new Map();

function dueIds(known: Known, more: Partial<DeletePolicy> = {}): string[] {
  return findDue(known, { ...POLICY, ...more }, NO_ARCHIVE).map(({ id }) => id);
}

/** What is known after a first night without absences, and nights that missed object 1, each with such facts. */
function missedBy(...nights: readonly Partial<WalkFacts>[]): Known {
  return nights.reduce<Known>(
    (known, more, index) => judge(known, walkOf(index + 2, more), ['1']),
    knownAfter([]),
  );
}

describe('findDue', () => {
  test('an object is due when three counted walks in a row have missed it', () => {
    expect(dueIds(knownAfter([], ['1'], ['1', '2']))).toEqual([]);
    expect(dueIds(knownAfter([], ['1'], ['1', '2'], ['1', '2']))).toEqual(['1']);
  });

  test('goneAfter decides how many walks it takes', () => {
    const known = knownAfter([], ['1'], ['1', '2'], ['1', '2'], ['1', '2']);

    expect(dueIds(known, { goneAfter: 4 })).toEqual(['1']);
    expect(dueIds(known, { goneAfter: 5 })).toEqual([]);
    expect(dueIds(knownAfter([], ['1'], ['1']), { goneAfter: 2, paging: 'after' })).toEqual(['1']);
  });

  test('walks of numbered pages must have missed it in both directions', () => {
    const up = { direction: 'up' } as const;

    expect(dueIds(missedBy(up, up, up))).toEqual([]);
    expect(dueIds(missedBy(up, up, up, { direction: 'down' }))).toEqual(['1']);
    expect(dueIds(missedBy({ direction: 'down' }, up, up, up))).toEqual(['1']);
    expect(dueIds(missedBy(up, up, up), { paging: 'after' })).toEqual(['1']);
  });

  test('an empty list reads the same in both directions', () => {
    const empty = { direction: 'up', shown: 0 } as const;

    expect(dueIds(missedBy(empty, empty, empty))).toEqual(['1']);
  });

  test('where only one direction is possible, what is due does not wait for the other one', () => {
    const oneWay = { direction: 'up', isOneWay: true } as const;

    expect(dueIds(missedBy(oneWay, oneWay, oneWay))).toEqual(['1']);
  });

  test('a walk that did not count proves nothing', () => {
    const known = noteUncounted(knownAfter([], ['1'], ['1']), walkOf(4, { isCached: true }), () => false);

    expect(dueIds(known)).toEqual([]);
    expect(dueIds(judge(known, walkOf(5), ['1']))).toEqual(['1']);
  });

  test('what the archive names is due after one counted walk, and names the survivor of a merge', () => {
    const archive = new Map([
      ['1', { archivedAtMs: Date.parse(at(1, 2)) }],
      ['2', { archivedAtMs: Date.parse(at(1, 2)), mergedInto: '8' }],
      ['3', { archivedAtMs: Date.parse(at(-90)) }],
      ['5', { archivedAtMs: Date.parse(at(1, 2)) }],
    ]);

    expect(findDue(knownAfter([], ['1', '2', '3', '4']), POLICY, archive)).toEqual([
      { id: '1', because: 'archived', wasNeverShown: false, wasHeld: false },
      { id: '2', because: 'merged', mergedInto: '8', wasNeverShown: false, wasHeld: false },
    ]);
  });

  test('what an operator keeps is not due, whatever says so', () => {
    const { evidence, absences } = knownAfter([], ['1'], ['1'], ['1']);
    const kept = new Map([...absences].map(([id, absence]) => [id, { ...absence, mark: 'kept' as const }]));
    const archive = new Map([['1', { archivedAtMs: Date.parse(at(1, 2)) }]]);

    expect(findDue({ evidence, absences: kept }, POLICY, archive)).toEqual([]);
  });

  test('what was never shown says so', () => {
    expect(findDue(knownAfter(['1'], ['1'], ['1']), POLICY, NO_ARCHIVE)).toMatchObject([
      { id: '1', wasNeverShown: true },
    ]);
  });

  test('nothing is due before the first walk', () => {
    expect(dueIds(NOTHING_KNOWN)).toEqual([]);
  });
});

describe('becauseOf', () => {
  const due: Due = { id: '1', because: 'absent', wasNeverShown: false, wasHeld: false };

  test('an absence names the walks that prove it', () => {
    const { evidence } = knownAfter([], ['1'], ['1'], ['1'], ['1']);

    expect(becauseOf(due, evidence, POLICY)).toBe('absent walk-3 walk-4 walk-5');
  });

  test('the archive and an approval are reasons of their own', () => {
    const { evidence } = knownAfter([]);

    expect(becauseOf({ ...due, because: 'merged' }, evidence, POLICY)).toBe('merged');
    expect(becauseOf({ ...due, heldId: '0123456789ab' }, evidence, POLICY)).toBe('approved 0123456789ab');
  });
});
