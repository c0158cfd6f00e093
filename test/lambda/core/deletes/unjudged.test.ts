import { expect, test } from '@jest/globals';
import { NOTHING_KNOWN } from '../../../../lambda/core/deletes/evidence.ts';
import { judge, noteUncounted } from '../../../../lambda/core/deletes/judge.ts';
import { unjudgedIn } from '../../../../lambda/core/deletes/unjudged.ts';
import { at, knownAfter, walkOf } from '../../../support/deletes/facts.ts';

const nowIn = (night: number) => Date.parse(at(night, 2));
const cached = (night: number) => walkOf(night, { isCached: true });
const seeAll = () => true;

test('unjudgedIn knows nothing before the first walk ended', () => {
  expect(unjudgedIn(NOTHING_KNOWN.evidence, nowIn(1))).toBeUndefined();
});

test('unjudgedIn counts the days from the last counted walk, and says why the last walk did not count', () => {
  const known = noteUncounted(knownAfter([], []), cached(3), seeAll);

  expect(unjudgedIn(known.evidence, nowIn(17))).toEqual({ since: at(2), days: 15, reason: 'cached' });
});

test('unjudgedIn counts from the first walk that ended if no walk ever counted', () => {
  const first = noteUncounted(NOTHING_KNOWN, cached(1), seeAll);
  const second = noteUncounted(first, cached(2), seeAll);

  expect(unjudgedIn(first.evidence, nowIn(1))).toEqual({ since: at(1), days: 0, reason: 'cached' });
  expect(unjudgedIn(second.evidence, nowIn(15))).toMatchObject({ since: at(1), days: 14 });
});

test('unjudgedIn counts no days after a walk of the future, and none after a walk that counted', () => {
  expect(unjudgedIn(knownAfter([], []).evidence, nowIn(1))).toEqual({ since: at(2), days: 0 });
  const known = judge(noteUncounted(knownAfter([]), cached(2), seeAll), walkOf(3), []);
  expect(unjudgedIn(known.evidence, nowIn(3))).toEqual({ since: at(3), days: 0 });
});
