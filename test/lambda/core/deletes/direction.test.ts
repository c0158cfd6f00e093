import { describe, expect, test } from '@jest/globals';
import { nextDirection, readsOneWay } from '../../../../lambda/core/deletes/direction.ts';
import { type Known, NOTHING_KNOWN } from '../../../../lambda/core/deletes/evidence.ts';
import { judge, noteUncounted } from '../../../../lambda/core/deletes/judge.ts';
import type { WalkFacts } from '../../../../lambda/core/deletes/walk-facts.ts';
import { at, knownAfter, OTHER_SIGHT, walkOf } from '../../../support/deletes/facts.ts';

const UP = knownAfter([]);

/** What is known after a walk that failed. */
function failed(known: Known, walk: WalkFacts): Known {
  return noteUncounted(known, { ...walk, isComplete: false, isCutShort: true }, () => false);
}

describe('nextDirection', () => {
  test('walks of numbered pages read up and down in turn, the first one up', () => {
    expect(nextDirection(NOTHING_KNOWN.evidence, 'hal', at(5))).toBe('up');
    expect(nextDirection(UP.evidence, 'hal', at(5))).toBe('down');
    expect(nextDirection(UP.evidence, 'numberedPages', at(5))).toBe('down');
    expect(nextDirection(knownAfter([], []).evidence, 'hal', at(5))).toBe('up');
  });

  test('listings that cannot be asked for by number are read up', () => {
    for (const paging of ['linkedPages', 'after', 'onePage'] as const) {
      expect(nextDirection(UP.evidence, paging, at(5))).toBe('up');
    }
  });

  test('a walk without links reads up as long as no walk knows the last page', () => {
    const { lastPage: _lastPage, ...walk } = walkOf(1);
    const { evidence } = judge(NOTHING_KNOWN, walk, []);

    expect(nextDirection(evidence, 'numberedPages', at(5))).toBe('up');
    expect(nextDirection(evidence, 'hal', at(5))).toBe('down');
  });

  test('a walk that does not count changes no direction', () => {
    const { evidence } = noteUncounted(UP, walkOf(2, { isCached: true }), () => false);

    expect(nextDirection(evidence, 'hal', at(5))).toBe('down');
  });

  test('after a down walk that failed the next one reads up, and the one after it down again', () => {
    const once = failed(UP, walkOf(2));
    const upAgain = judge(once, walkOf(3), []);

    expect(nextDirection(once.evidence, 'hal', at(5))).toBe('up');
    expect(nextDirection(upAgain.evidence, 'hal', at(5))).toBe('down');
  });

  test('after two down walks in a row that failed the stream is only read up, until it is read in another way', () => {
    const twice = failed(judge(failed(UP, walkOf(2)), walkOf(3), []), walkOf(4));
    const upAgain = judge(twice, walkOf(5), []);
    const otherSight = judge(
      upAgain,
      walkOf(6, { direction: 'up', firstSight: OTHER_SIGHT, sight: OTHER_SIGHT }),
      [],
    );

    expect(nextDirection(twice.evidence, 'hal', at(5))).toBe('up');
    expect(nextDirection(upAgain.evidence, 'hal', at(5))).toBe('up');
    expect(readsOneWay(upAgain.evidence, 'hal')).toBe(true);
    expect(nextDirection(otherSight.evidence, 'hal', at(5))).toBe('down');
  });

  test('a down walk that reached its end makes the earlier failure forgotten', () => {
    const down = judge(judge(failed(UP, walkOf(2)), walkOf(3), []), walkOf(4), []);
    const again = failed(judge(down, walkOf(5), []), walkOf(6));

    expect(readsOneWay(again.evidence, 'hal')).toBe(false);
  });

  test('a down walk that got page 1 alone failed by its direction, because the page that it took for the last may be what fails', () => {
    const { evidence } = failed(UP, walkOf(2, { pages: 1 }));

    expect(nextDirection(evidence, 'hal', at(3))).toBe('up');
    expect(nextDirection(failed(UP, walkOf(2, { pages: 0 })).evidence, 'hal', at(3))).toBe('down');
  });

  test('a down walk that reached its end failed for another reason than its direction, also if it is incomplete', () => {
    const { evidence } = noteUncounted(UP, walkOf(2, { isComplete: false }), () => false);

    expect(evidence).toMatchObject({ failedDowns: 0 });
    expect(nextDirection(evidence, 'hal', at(3))).toBe('down');
  });

  test('a stream that is only read up is read down again after 7 days, and then after every 7', () => {
    const twice = failed(judge(failed(UP, walkOf(2)), walkOf(3), []), walkOf(4));
    const nights = [5, 6, 7, 8, 9, 10].map((night) => walkOf(night, { direction: 'up' }));
    const { evidence, ...others } = nights.reduce((known, walk) => judge(known, walk, []), twice);
    const again = failed({ evidence, ...others }, walkOf(11, { direction: 'down' }));
    const upAgain = judge(again, walkOf(12, { direction: 'up' }), []);

    expect(nextDirection(evidence, 'hal', at(10))).toBe('up');
    expect(nextDirection(evidence, 'hal', at(11))).toBe('down');
    expect(nextDirection(again.evidence, 'hal', at(12))).toBe('up');
    expect(nextDirection(upAgain.evidence, 'hal', at(13))).toBe('up');
    expect(nextDirection(upAgain.evidence, 'hal', at(18))).toBe('down');
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
