import { describe, expect, test } from '@jest/globals';
import { NOTHING_KNOWN } from '../../../../lambda/core/deletes/evidence.ts';
import { type WalkFacts, whyNotCounted } from '../../../../lambda/core/deletes/walk-facts.ts';
import { at, knownAfter, OTHER_SIGHT, SIGHT, walkOf } from '../../../support/deletes/facts.ts';

const { evidence } = knownAfter([]);

describe('whyNotCounted', () => {
  test('a complete walk of the next night counts, and so does the very first one', () => {
    expect(whyNotCounted(walkOf(2), evidence)).toBeUndefined();
    expect(whyNotCounted(walkOf(1), NOTHING_KNOWN.evidence)).toBeUndefined();
  });

  test.each<readonly [string, Partial<WalkFacts>]>([
    ['incomplete', { isComplete: false }],
    ['partial', { isFull: false }],
    ['cached', { isCached: true }],
    ['unknown', { sight: OTHER_SIGHT }],
    ['unknown', { firstSight: { ...SIGHT, scopes: ['members', 'names'] } }],
    ['too long', { ended: at(3, 0.01) }],
    ['too soon', { began: at(1, 9.99), ended: at(1, 11) }],
  ])('a walk does not count because it is %s', (reason, more) => {
    expect(whyNotCounted(walkOf(2, more), evidence)).toBe(reason);
  });

  test('a walk that an older version began is unknown', () => {
    const { firstSight: _firstSight, ...walk } = walkOf(2);

    expect(whyNotCounted(walk, evidence)).toBe('unknown');
  });

  test('a walk counts that began 10 h after the last counted one, or took 24 h, or got another scope meanwhile', () => {
    const sight = { ...SIGHT, scopes: ['members', 'names'] };

    expect(whyNotCounted(walkOf(2, { began: at(1, 10) }), evidence)).toBeUndefined();
    expect(whyNotCounted(walkOf(2, { ended: at(3) }), evidence)).toBeUndefined();
    expect(whyNotCounted(walkOf(2, { sight }), evidence)).toBeUndefined();
  });

  test('a walk by key may take several nights, and a walk by links may not', () => {
    const ended = at(5);

    expect(whyNotCounted(walkOf(2, { paging: 'after', ended }), evidence)).toBeUndefined();
    expect(whyNotCounted(walkOf(2, { paging: 'linkedPages', ended }), evidence)).toBe('too long');
  });

  test('a walk that was counted already counts when it is asked about again', () => {
    const known = knownAfter([], []).evidence;

    expect(whyNotCounted(walkOf(2), known)).toBeUndefined();
    expect(whyNotCounted(walkOf(2, { began: at(1, 9) }), known)).toBe('too soon');
  });

  test('a counted walk of the future keeps no walk from counting', () => {
    expect(whyNotCounted(walkOf(1, { began: at(-300), ended: at(-300, 1) }), evidence)).toBeUndefined();
  });
});
