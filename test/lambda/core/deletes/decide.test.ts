import { describe, expect, test } from '@jest/globals';
import {
  type Approval,
  approve,
  chooseHeld,
  reject,
  release,
  splitByApproval,
} from '../../../../lambda/core/deletes/approval.ts';
import { type Decision, decide } from '../../../../lambda/core/deletes/decide.ts';
import { findDue } from '../../../../lambda/core/deletes/due.ts';
import type { Known } from '../../../../lambda/core/deletes/evidence.ts';
import { heldIdOf, heldIds } from '../../../../lambda/core/deletes/held.ts';
import { judge, noteUncounted, takeBack } from '../../../../lambda/core/deletes/judge.ts';
import type { DeletePolicy } from '../../../../lambda/core/deletes/policy.ts';
import { at, idsOf, knownAfter, OTHER_SIGHT, POLICY, walkOf } from '../../../support/deletes/facts.ts';

const BY = { by: 'ada', at: at(4, 8) };

/** Decides in the n-th night, with 1,000 live items. */
function decideIn(
  night: number,
  known: Known,
  approvals: readonly Approval[] = [],
  more: Partial<DeletePolicy> = {},
): Decision {
  const policy = { ...POLICY, ...more };
  const moment = { walkId: `walk-${night}`, now: at(night, 1), live: 1000 };
  return decide(known, findDue(known, policy, new Map()), moment, policy, approvals);
}

/** So many are held since the fourth night, because they are too many. */
function holding(count: number): Known {
  const ids = idsOf(count);
  return decideIn(4, knownAfter([], ids, ids, ids)).known;
}

function approvalOf(known: Known, ids: readonly string[] = heldIds(known)): Approval {
  const approval = approve(known, ids, BY);
  if (approval === undefined) throw new Error('nothing is held');
  return approval;
}

describe('decide', () => {
  test('few are free, and nothing is held', () => {
    const { free, approved, verdict, known } = decideIn(4, knownAfter([], ['1'], ['1'], ['1']));

    expect(free.map(({ id }) => id)).toEqual(['1']);
    expect(approved).toEqual([]);
    expect(verdict).toEqual({ kind: 'carry' });
    expect(known.evidence.held).toBeUndefined();
  });

  test('too many are held under an id of their own, and none is free', () => {
    const ids = idsOf(60);
    const { free, verdict, known } = decideIn(4, knownAfter([], ids, ids, ids));

    expect(free).toEqual([]);
    expect(verdict).toEqual({ kind: 'hold', reason: 'too many', limit: 50 });
    expect(known.evidence.held).toEqual({
      id: heldIdOf(ids),
      count: 60,
      limit: 50,
      reason: 'too many',
      since: at(4, 1),
      sample: ids.toSorted().slice(0, 20),
    });
    expect(heldIds(known)).toEqual(ids.toSorted());
  });

  test('a decision that is made again is the same', () => {
    const known = holding(60);

    expect(decideIn(4, known).known).toEqual(known);
  });

  test('the held id stays while the set does, and the beginning stays while something is held', () => {
    const next = decideIn(5, judge(holding(60), walkOf(5), idsOf(60))).known;
    const fewer = decideIn(6, judge(next, walkOf(6), idsOf(59))).known;

    expect(next.evidence.held).toMatchObject({ id: heldIdOf(idsOf(60)), since: at(4, 1) });
    expect(fewer.evidence.held).toMatchObject({ id: heldIdOf(idsOf(59)), since: at(4, 1), count: 59 });
  });

  test('what is held stays held when the rest was shown again, until all was', () => {
    const fewer = decideIn(5, judge(holding(60), walkOf(5), idsOf(5)));
    const none = decideIn(6, judge(fewer.known, walkOf(6), []));

    expect(fewer.verdict).toMatchObject({ kind: 'hold', reason: 'too many' });
    expect(fewer.known.evidence.held?.count).toBe(5);
    expect(none.known.evidence.held).toBeUndefined();
  });

  test('nothing else of the stream is carried while something is held', () => {
    const both = [...idsOf(60), '99'];
    const later = judge(judge(judge(holding(60), walkOf(5), both), walkOf(6), both), walkOf(7), both);
    const { free, known } = decideIn(7, later);

    expect(free).toEqual([]);
    expect(heldIds(known)).toContain('99');
  });

  test('a walk that does not count takes what it showed out of the held set', () => {
    const shown = noteUncounted(holding(60), walkOf(5, { isCached: true }), (id) => Number(id) > 50);

    expect(shown.evidence.held).toMatchObject({ id: heldIdOf(idsOf(50)), count: 50, reason: 'too many' });
  });

  test('counts that start over let nothing held go: an operator is asked again', () => {
    const restarted = judge(holding(60), walkOf(6), idsOf(5));
    const third = judge(judge(restarted, walkOf(7), idsOf(5)), walkOf(8), idsOf(5));

    expect(decideIn(6, restarted).known.evidence.held).toBeUndefined();
    expect(decideIn(8, third).verdict).toEqual({ kind: 'hold', reason: 'asked before' });
  });

  test('what waits has a beginning, which ends with the waiting', () => {
    const hole = judge(knownAfter([], ['1'], ['1']), walkOf(4, { holes: 1 }), ['1']);
    const waiting = decideIn(4, hole);
    const still = decideIn(5, judge(waiting.known, walkOf(5), ['1']));
    const clean = decideIn(7, judge(judge(still.known, walkOf(6), ['1']), walkOf(7), ['1']));

    expect(waiting.verdict).toEqual({ kind: 'wait', reason: 'hole' });
    expect(still.known.evidence.waitingSince).toBe(at(4, 1));
    expect(clean.verdict).toEqual({ kind: 'carry' });
    expect(clean.known.evidence.waitingSince).toBeUndefined();
  });

  test('a stream that only reports carries nothing and asks no operator', () => {
    const ids = idsOf(60);
    const { verdict, free, approved, known } = decideIn(4, knownAfter([], ids, ids, ids), [], {
      mode: 'report',
    });

    expect(verdict).toEqual({ kind: 'report' });
    expect([...free, ...approved]).toEqual([]);
    expect(known.evidence.held).toBeUndefined();
    expect(known.absences.size).toBe(60);
  });
});

describe('an approval', () => {
  test('it lets go what was shown, without the guard', () => {
    const known = holding(60);
    const { approved, free, verdict } = decideIn(5, judge(known, walkOf(5), idsOf(60)), [approvalOf(known)]);

    expect(approved).toHaveLength(60);
    expect(approved[0]).toMatchObject({ heldId: known.evidence.held?.id });
    expect(free).toEqual([]);
    expect(verdict).toEqual({ kind: 'none' });
  });

  test('it is a ceiling: of 700 that are due at most the 300 that were shown go, and the rest is held', () => {
    const all = idsOf(700);
    const known = holding(300);
    const more = judge(judge(judge(known, walkOf(5), all), walkOf(6), all), walkOf(7), all);
    const decision = decideIn(7, more, [approvalOf(known)]);

    expect(decision.approved.map(({ id }) => id).sort()).toEqual(idsOf(300).sort());
    expect(decision.known.evidence.held).toMatchObject({ count: 400, id: heldIdOf(idsOf(400, 301)) });
  });

  test('what was shown again since stays: of 300, 250', () => {
    const known = holding(300);
    const { approved } = decideIn(5, judge(known, walkOf(5), idsOf(250)), [approvalOf(known)]);

    expect(approved).toHaveLength(250);
  });

  test('it is of the absence that was shown: what was listed since and is missing again needs no less evidence than others', () => {
    const known = holding(60);
    const approval = approvalOf(known);
    const listed = judge(known, walkOf(5), []);
    const again = [6, 7, 8].reduce((all, night) => judge(all, walkOf(night), idsOf(60)), listed);
    const { approved, verdict } = decideIn(8, again, [approval]);

    expect(approved).toEqual([]);
    expect(verdict).toMatchObject({ kind: 'hold', reason: 'too many' });
  });

  test('what an operator left out is held under a new id', () => {
    const known = holding(60);
    const approval = approvalOf(known, idsOf(55));
    const decision = decideIn(5, judge(known, walkOf(5), idsOf(60)), [approval]);

    expect(decision.approved).toHaveLength(55);
    expect(decision.known.evidence.held).toMatchObject({ count: 5, id: heldIdOf(idsOf(5, 56)) });
  });

  test('it expires after 7 days', () => {
    const known = holding(60);
    const due = findDue(known, POLICY, new Map());
    const split = (now: string) => splitByApproval(due, [approvalOf(known)], known, now).approved.length;

    expect(split(at(11, 7.9))).toBe(60);
    expect(split(at(11, 8))).toBe(0);
    // A wrong clock dated it.
    expect(split(at(4, 7))).toBe(60);
    expect(split(at(4, 6.9))).toBe(0);
  });

  test('it ends with its sight, also if the listing is read as before again', () => {
    const known = holding(60);
    const approval = approvalOf(known);
    const other = judge(known, walkOf(5, { firstSight: OTHER_SIGHT, sight: OTHER_SIGHT }), idsOf(60));
    const back = [6, 7, 8].reduce((all, night) => judge(all, walkOf(night), idsOf(60)), other);
    const { approved, verdict } = decideIn(8, back, [approval]);

    expect(approved).toEqual([]);
    expect(verdict).toMatchObject({ kind: 'hold' });
  });

  test('nothing can be approved while nothing is held', () => {
    expect(approve(knownAfter([]), [], BY)).toBeUndefined();
  });
});

describe('chooseHeld', () => {
  const known = holding(60);
  const heldId = heldIdOf(idsOf(60));

  test('an operator chooses all or some', () => {
    expect(chooseHeld(known, heldId, [])).toEqual({ kind: 'chosen', ids: idsOf(60).toSorted() });
    expect(chooseHeld(known, heldId, ['7', '7', '8'])).toEqual({ kind: 'chosen', ids: ['7', '8'] });
  });

  test('what is not held cannot be chosen', () => {
    expect(chooseHeld(known, heldId, ['7', '61', 'nobody'])).toEqual({
      kind: 'not held',
      ids: ['61', 'nobody'],
    });
    expect(chooseHeld(known, '000000000000', [])).toEqual({ kind: 'another set', heldId });
    expect(chooseHeld(knownAfter([], ['1']), heldId, ['1'])).toEqual({ kind: 'nothing held' });
  });
});

describe('a rejection', () => {
  test('what is kept is neither due nor held, and stays kept while it is unlisted', () => {
    const kept = reject(holding(60), idsOf(58), 'are on leave');
    const next = decideIn(5, judge(kept, walkOf(5), idsOf(60)));

    expect(kept.evidence.held).toMatchObject({ count: 2, id: heldIdOf(['59', '60']) });
    expect(kept.absences.get('1')).toMatchObject({ mark: 'kept', note: 'are on leave' });
    expect(heldIds(next.known)).toEqual(['59', '60']);
    expect(next.known.absences.get('1')).toMatchObject({ mark: 'kept' });
  });

  test('a rejection of all ends the holding, and other deletes are carried again', () => {
    const kept = reject(holding(60), idsOf(60), 'are on leave');
    const all = [...idsOf(60), '99'];
    const later = judge(judge(judge(kept, walkOf(5), all), walkOf(6), all), walkOf(7), all);

    expect(kept.evidence.held).toBeUndefined();
    expect(decideIn(7, later).free.map(({ id }) => id)).toEqual(['99']);
  });

  test('it outlasts a change of sight and a start over, and ends when the object is shown', () => {
    const kept = reject(holding(60), ['1'], 'is on leave');
    const other = judge(kept, walkOf(9, { firstSight: OTHER_SIGHT, sight: OTHER_SIGHT }), ['1']);

    expect(other.absences.get('1')).toMatchObject({ mark: 'kept', missed: 1 });
    expect(judge(kept, walkOf(5), []).absences.has('1')).toBe(false);
  });

  test('its note is cut', () => {
    expect(reject(holding(60), ['1'], 'n'.repeat(1000)).absences.get('1')?.note).toHaveLength(200);
  });

  test('only what is held can be rejected', () => {
    const known = knownAfter([], ['1']);

    expect(reject(known, ['1', '2'], 'no').absences).toEqual(known.absences);
  });

  test('a release makes the count begin at zero', () => {
    const kept = reject(holding(60), idsOf(60), 'are on leave');
    const released = release(kept, ['1', '99']);

    expect(released.absences.has('1')).toBe(false);
    expect(released.absences.size).toBe(59);
    expect(judge(released, walkOf(5), ['1']).absences.get('1')).toEqual({ missed: 1, since: at(5) });
  });

  test('what was never shown is held again after its release, because an operator decides about it', () => {
    const known = knownAfter(['1'], ['1'], ['1']);
    const { known: held } = decideIn(3, known);
    const released = release(reject(held, ['1'], 'is on leave'), ['1']);
    const again = [4, 5, 6].reduce((all, night) => judge(all, walkOf(night), ['1']), released);

    expect(held.evidence.held).toMatchObject({ reason: 'never shown' });
    expect(released.absences.get('1')).toEqual({ missed: 0, since: at(1) });
    expect(decideIn(6, again).verdict).toMatchObject({ kind: 'hold', reason: 'never shown' });
  });

  test('a release takes back rejections only', () => {
    const known = holding(60);

    expect(release(known, ['1']).absences).toEqual(known.absences);
  });
});

test('a held id is the beginning of a digest over the sorted ids', () => {
  expect(heldIdOf(['b', 'a'])).toBe(heldIdOf(['a', 'b']));
  expect(heldIdOf(['a', 'b'])).not.toBe(heldIdOf(['ab']));
  expect(heldIdOf(['a'])).toMatch(/^[0-9a-f]{12}$/);
});

test('what is gone leaves the held set', () => {
  const left = takeBack(holding(60), (id) => Number(id) <= 55);

  expect(left.evidence.held).toMatchObject({ count: 5 });
});
