import { describe, expect, test } from '@jest/globals';
import { nextDirection, readsOneWay } from '../../../../lambda/core/deletes/direction.ts';
import { type Known, NOTHING_KNOWN } from '../../../../lambda/core/deletes/evidence.ts';
import { judge, noteUncounted } from '../../../../lambda/core/deletes/judge.ts';
import type { WalkFacts } from '../../../../lambda/core/deletes/walk-facts.ts';
import { knownAfter, OTHER_SIGHT, walkOf } from '../../../support/deletes/facts.ts';

const UP = knownAfter([]);

/** What is known after a walk that failed. */
function failed(known: Known, walk: WalkFacts): Known {
  return noteUncounted(known, { ...walk, isComplete: false }, () => false);
}

describe('nextDirection', () => {
  test('walks of numbered pages read up and down in turn, the first one up', () => {
    expect(nextDirection(NOTHING_KNOWN.evidence, 'hal')).toBe('up');
    expect(nextDirection(UP.evidence, 'hal')).toBe('down');
    expect(nextDirection(UP.evidence, 'numberedPages')).toBe('down');
    expect(nextDirection(knownAfter([], []).evidence, 'hal')).toBe('up');
  });

  test('listings that cannot be asked for by number are read up', () => {
    for (const paging of ['linkedPages', 'after', 'onePage'] as const) {
      expect(nextDirection(UP.evidence, paging)).toBe('up');
    }
  });

  test('a walk without links reads up as long as no walk knows the last page', () => {
    const { lastPage: _lastPage, ...walk } = walkOf(1);
    const { evidence } = judge(NOTHING_KNOWN, walk, []);

    expect(nextDirection(evidence, 'numberedPages')).toBe('up');
    expect(nextDirection(evidence, 'hal')).toBe('down');
  });

  test('a walk that does not count changes no direction', () => {
    const { evidence } = noteUncounted(UP, walkOf(2, { isCached: true }), () => false);

    expect(nextDirection(evidence, 'hal')).toBe('down');
  });

  test('after a down walk that failed the next one reads up, and the one after it down again', () => {
    const once = failed(UP, walkOf(2));
    const upAgain = judge(once, walkOf(3), []);

    expect(nextDirection(once.evidence, 'hal')).toBe('up');
    expect(nextDirection(upAgain.evidence, 'hal')).toBe('down');
  });

  test('after two down walks in a row that failed the stream is only read up, until it is read in another way', () => {
    const twice = failed(judge(failed(UP, walkOf(2)), walkOf(3), []), walkOf(4));
    const upAgain = judge(twice, walkOf(5), []);
    const otherSight = judge(
      upAgain,
      walkOf(6, { direction: 'up', firstSight: OTHER_SIGHT, sight: OTHER_SIGHT }),
      [],
    );

    expect(nextDirection(twice.evidence, 'hal')).toBe('up');
    expect(nextDirection(upAgain.evidence, 'hal')).toBe('up');
    expect(readsOneWay(upAgain.evidence, 'hal')).toBe(true);
    expect(nextDirection(otherSight.evidence, 'hal')).toBe('down');
  });

  test('a down walk that reached its end makes the earlier failure forgotten', () => {
    const down = judge(judge(failed(UP, walkOf(2)), walkOf(3), []), walkOf(4), []);
    const again = failed(judge(down, walkOf(5), []), walkOf(6));

    expect(readsOneWay(again.evidence, 'hal')).toBe(false);
  });

  test('a down walk that got no second page failed for another reason', () => {
    const { evidence } = failed(UP, walkOf(2, { pages: 1 }));

    expect(nextDirection(evidence, 'hal')).toBe('down');
  });
});

describe('readsOneWay', () => {
  test('listings with links that name no page numbers can only be read up, and those by key need no other direction', () => {
    const irregular = judge(NOTHING_KNOWN, walkOf(1, { isOneWay: true }), []);

    expect(readsOneWay(irregular.evidence, 'hal')).toBe(true);
    expect(readsOneWay(UP.evidence, 'hal')).toBe(false);
    expect(readsOneWay(UP.evidence, 'linkedPages')).toBe(true);
    expect(readsOneWay(UP.evidence, 'after')).toBe(false);
  });
});
