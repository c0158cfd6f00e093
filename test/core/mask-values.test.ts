import { expect, test } from '@jest/globals';
import { parseJson } from '../../lambda/core/json.ts';
import { maskValues } from '../../lambda/core/mask-values.ts';

const body = parseJson(
  '{"name":"Ada Byron","first":"Ada","mail":"ada@example.com","age":36,"id":9007199254740993,"note":"","tags":[{"a":"x.y"}]}',
);

test.each([
  ['Unknown campaign', 'Unknown campaign'],
  ['ada@example.com is not free', '… is not free'],
  ['The name "ADA BYRON" exists', 'The name "…" exists'],
  ['36 is too old, 136 is not', '… is too old, 136 is not'],
  ['no relation 9007199254740993', 'no relation …'],
  ['Adam is not x.y, nor xzy', 'Adam is not …, nor xzy'],
])('%s is shown as %s', (text, shown) => {
  expect(maskValues(text, body)).toBe(shown);
});

test('a text is left as it is where there is nothing to hide', () => {
  expect(maskValues('Unknown theme', {})).toBe('Unknown theme');
});
