import { describe, expect, test } from '@jest/globals';
import { type Absences, absencesFrom, linesOf } from '../../../../lambda/core/deletes/absences.ts';
import { at } from '../../../support/deletes/facts.ts';

const ABSENCES: Absences = new Map([
  ['17', { missed: 3, since: at(1) }],
  ['a%22b/c', { missed: 0, since: at(2), mark: 'asked' }],
  ['18', { missed: 4, since: at(1), mark: 'held' }],
  ['19', { missed: 5, since: at(1), mark: 'kept', note: 'says "no", twice\n' }],
]);

describe('the lines of absences', () => {
  test('absences are read back as they were written', () => {
    expect(absencesFrom(linesOf(ABSENCES))).toEqual(ABSENCES);
    expect([...linesOf(ABSENCES)][0]).toBe(`["17",3,"${at(1)}"]`);
  });

  test('absences of one story share one instance', () => {
    const read = absencesFrom([`["1",3,"${at(1)}"]`, `["2",3,"${at(1)}"]`]);

    expect(read?.get('1')).toBe(read?.get('2'));
  });

  test.each([
    '',
    '[]',
    '["1"]',
    '["1",3]',
    `["1","3","${at(1)}"]`,
    `["1",3.5,"${at(1)}"]`,
    '["1",3,"yesterday"]',
    `["1",3,"${at(1)}","gone"]`,
    `["1",3,"${at(1)}","kept",7]`,
    `["1",3,"${at(1)}"`,
    `[1,3,"${at(1)}"]`,
  ])('a line of another form makes all of them unreadable: %s', (line) => {
    expect(absencesFrom([`["1",3,"${at(1)}"]`, line])).toBeUndefined();
  });
});
