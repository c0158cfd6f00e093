import { describe, expect, test } from '@jest/globals';
import {
  type Archive,
  type ArchiveEntry,
  endsToAsk,
  isExplained,
  survivorOf,
  wordsAbout,
} from '../../../../lambda/core/deletes/archive.ts';
import type { Known } from '../../../../lambda/core/deletes/evidence.ts';
import { judge, noteUncounted } from '../../../../lambda/core/deletes/judge.ts';
import { at, idsOf, knownAfter, walkOf } from '../../../support/deletes/facts.ts';

function archivedAt(time: string): ArchiveEntry {
  return { archivedAtMs: Date.parse(time) };
}

/** Whether an entry of that time explains the absence of object 1. */
function explains(time: string, { absences, evidence }: Known): boolean {
  const absence = absences.get('1');
  return absence !== undefined && isExplained(absence, archivedAt(time), evidence);
}

describe('isExplained', () => {
  test('an entry explains an absence if it is at most 1 h older than the last walk that showed the object', () => {
    const known = knownAfter([], [], ['1']);

    expect(explains(at(2, -1), known)).toBe(true);
    expect(explains(at(2, -1.01), known)).toBe(false);
    expect(explains(at(3, 2), known)).toBe(true);
  });

  test('an entry of the future explains nothing before its time, because it would explain every later absence', () => {
    const known = knownAfter([], [], ['1']);

    expect(explains(at(3, 2.01), known)).toBe(false);
    expect(explains(at(3, 2.01), judge(known, walkOf(4), ['1']))).toBe(true);
  });

  test('an entry that comes some nights late explains it too', () => {
    expect(explains(at(2, 3), knownAfter([], [], ['1'], ['1'], ['1']))).toBe(true);
  });

  test('an entry is too old if a walk that did not count showed the object after it', () => {
    const shown = noteUncounted(knownAfter([], []), walkOf(3, { isCached: true }), () => true);
    const known = judge(shown, walkOf(4), ['1']);

    expect(explains(at(2, 12), known)).toBe(false);
    expect(explains(at(3), known)).toBe(true);
  });

  test('after walks that the evidence does not know, only an entry of the last hour before the walk or later is new enough', () => {
    const known = judge(knownAfter([], []), walkOf(5), ['1']);

    expect(explains(at(4, 12), known)).toBe(false);
    expect(explains(at(5, -1), known)).toBe(true);
  });

  test('nothing is explained without an entry, without a time that can be read, and as long as no walk missed the object', () => {
    const { absences, evidence } = knownAfter([], ['1']);
    const absence = absences.get('1') ?? { missed: 0, since: at(2) };

    expect(isExplained(absence, undefined, evidence)).toBe(false);
    expect(isExplained(absence, { archivedAtMs: Number.NaN }, evidence)).toBe(false);
    expect(isExplained({ ...absence, missed: 0 }, archivedAt(at(2)), evidence)).toBe(false);
  });
});

/** An archive in which each object was merged into the next one of the list, and the last one was archived, unless it stands in the list before. */
function mergedInto(...chain: readonly string[]): Archive {
  const archive = new Map<string, ArchiveEntry>();
  for (const [index, id] of chain.entries()) {
    const next = chain[index + 1];
    if (next !== undefined) archive.set(id, { archivedAtMs: 0, mergedInto: next });
    else if (!archive.has(id)) archive.set(id, { archivedAtMs: 0 });
  }
  return archive;
}

describe('survivorOf', () => {
  test('the survivor is at the end of the chain, also if the end itself was archived', () => {
    expect(survivorOf('1', mergedInto('1', '2', '3'))).toBe('3');
    expect(survivorOf('2', mergedInto('1', '2', '3'))).toBe('3');
    expect(survivorOf('3', mergedInto('1', '2', '3'))).toBeUndefined();
    expect(survivorOf('4', mergedInto('1', '2', '3'))).toBeUndefined();
  });

  test('a circle ends the chain before it comes round', () => {
    expect(survivorOf('1', mergedInto('1', '2', '3', '1'))).toBe('3');
    expect(survivorOf('1', mergedInto('1', '1'))).toBeUndefined();
  });

  test('a chain is followed for 20 steps', () => {
    expect(survivorOf('1', mergedInto(...idsOf(21)))).toBe('21');
    expect(survivorOf('1', mergedInto(...idsOf(40)))).toBe('21');
  });
});

describe('wordsAbout', () => {
  test('an object is named by its key in the archive, with the end of the chain of merges', () => {
    const archive = mergedInto('a', 'b', 'c');
    const items = [
      { id: '1', archiveKey: 'a' },
      { id: '2', archiveKey: 'c' },
      { id: '3', archiveKey: 'a' },
      { id: 'b', archiveKey: 'x' },
      { id: 'c' },
    ];

    expect([...wordsAbout(items, archive)]).toEqual([
      ['1', { archivedAtMs: 0, mergedInto: 'c' }],
      ['2', { archivedAtMs: 0 }],
      ['3', { archivedAtMs: 0, mergedInto: 'c' }],
    ]);
  });
});

describe('endsToAsk', () => {
  test('the ends of chains are asked for until nothing is left to ask', () => {
    const whole = mergedInto('1', '2', '3');
    const known = new Map<string, ArchiveEntry>();
    const asked = new Set<string>();
    const rounds: (readonly string[])[] = [];
    for (
      let ask = endsToAsk(['1', '9'], known, asked);
      ask.length > 0;
      ask = endsToAsk(['1', '9'], known, asked)
    ) {
      rounds.push(ask);
      for (const id of ask) {
        asked.add(id);
        const entry = whole.get(id);
        if (entry !== undefined) known.set(id, entry);
      }
    }

    expect(rounds).toEqual([['1', '9'], ['2'], ['3']]);
  });

  test('a circle and a chain of 20 steps lead nowhere else', () => {
    expect(endsToAsk(['1'], mergedInto('1', '2', '1'), new Set(['1', '2']))).toEqual([]);
    expect(endsToAsk(['1'], mergedInto(...idsOf(40)), new Set(idsOf(20)))).toEqual([]);
  });
});
