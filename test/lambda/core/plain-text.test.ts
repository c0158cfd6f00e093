import { describe, expect, test } from '@jest/globals';
import { failureAbout } from '../../../lambda/core/errors.ts';
import { printable } from '../../../lambda/core/plain-text.ts';
import { errorsIn } from '../../../lambda/procurios/changes/vendor-errors.ts';
import { oneLine } from '../../../operator/words.ts';

const RIGHT_TO_LEFT = '\u202e';
const C1_COLOUR = '\u009b31m';

describe('printable', () => {
  test.each([
    ['a colour', 'a\u001b[1;31mb', 'ab'],
    ['a colour in C1', `a${C1_COLOUR}b`, 'a�31mb'],
    ['a title', 'a\u001b]0;title\u0007b', 'ab'],
    ['a link', '\u001b]8;;https://example.com\u001b\\here\u001b]8;;\u001b\\', 'here'],
    ['a sequence without an end', 'a\u001b]0;title', 'a�]0;title'],
    ['a changed direction', `a${RIGHT_TO_LEFT}b`, 'a�b'],
    ['a break', 'a\nb', 'a\nb'],
  ])('printable takes %s out', (_name, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test.each([
    ['beginnings of titles', '\u001b]'],
    ['beginnings of links', '\u001b]a;'],
    ['beginnings of titles in C1', '\u009d'],
    ['beginnings of colours', '\u009b;'],
    ['spaces', ' '],
  ])('a million %s take linear time', (_name, text) => {
    expect(oneLine(text.repeat(1_000_000)).length).toBeGreaterThan(0);
  });
});

test('oneLine makes a space of a break with the spaces around it', () => {
  expect(oneLine('a  b \n\t c')).toBe('a  b c');
});

test('a message with names of the other side can be shown, and is bounded', () => {
  const { message, detail } = failureAbout(
    'LIST_AMBIGUOUS',
    'page 1',
    `lists a${RIGHT_TO_LEFT}b${C1_COLOUR}c`,
  );

  expect([message, detail.brief]).toEqual(['page 1: lists a�b�31mc', 'lists a�b�31mc']);
  expect(failureAbout('LIST_AMBIGUOUS', 'page 1', 'x'.repeat(500_000)).message.length).toBeLessThan(2_100);
});

test('the errors of an answer can be shown', () => {
  expect(errorsIn({ errors: [`no${RIGHT_TO_LEFT} name${C1_COLOUR}`] })).toEqual(['no� name�31m']);
});
