import { describe, expect, test } from '@jest/globals';
import {
  ExactNumber,
  integerText,
  parseJson,
  stringifyJson,
  TooManyValues,
} from '../../../lambda/core/json.ts';

describe('parseJson', () => {
  test.each([
    '9007199254740993',
    '-9007199254740993',
    '0.1000000000000000055',
    '1e400',
    '123456789012345678901234567890',
  ])('parseJson keeps the digits of %s', (text) => {
    expect(parseJson(`{"n":${text}}`)).toEqual({ n: new ExactNumber(text) });
  });

  test.each([
    ['0', 0],
    ['-0.5', -0.5],
    ['1e3', 1000],
    ['1.50', 1.5],
    ['9007199254740992', 9007199254740992],
    ['100000000000000000000000', 1e23],
    ['0.1', 0.1],
  ])('parseJson returns %s as a plain number, because a double holds it', (text, number) => {
    expect(parseJson(`[${text}]`)).toEqual([number]);
  });

  test('parseJson keeps the digits of a number behind others of many digits that a double holds', () => {
    expect(
      parseJson('[1.5000000000000000,3e2,-9007199254740993,9007199254740993e1,0.30000000000000004]'),
    ).toEqual([
      1.5,
      300,
      new ExactNumber('-9007199254740993'),
      new ExactNumber('9007199254740993e1'),
      0.30000000000000004,
    ]);
  });

  test('parseJson does not change digits in strings', () => {
    expect(parseJson('{"a":"9007199254740993","b":9007199254740993}')).toEqual({
      a: '9007199254740993',
      b: new ExactNumber('9007199254740993'),
    });
  });

  test.each(['{"__proto__":{"a":1},"n":1}', '{"__proto__":{"a":1},"n":9007199254740993}'])(
    'parseJson keeps a field named __proto__ as an own property: %s',
    (text) => {
      const value = parseJson(text) as object;

      expect(Object.keys(value)).toEqual(['__proto__', 'n']);
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    },
  );
});

test('parseJson keeps digits beside an object that is nested too deeply for the stack', () => {
  const deep = `${'{"a":['.repeat(8000)}"]}"${']}'.repeat(8000)}`;

  const [first, second] = parseJson(`[${deep},{"n":9007199254740993,"t":"\\"[{"}]`) as [object, object];

  expect(second).toEqual({ n: new ExactNumber('9007199254740993'), t: '"[{' });
  let levels = 0;
  for (let at: unknown = first; typeof at === 'object' && at !== null; at = Object.values(at)[0]) levels += 1;
  expect(levels).toBe(64);
});

test('parseJson cuts lists at 64 levels, also in a text without long numbers', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);

  const [first, second] = parseJson(`[${deep},"]\\\\\\"["]`) as [unknown, string];

  expect(JSON.stringify(first)).toBe('['.repeat(64) + ']'.repeat(64));
  expect(second).toBe(']\\"[');
});

describe('parseJson refuses more than a million values and names before it parses', () => {
  test.each([
    ['levels without an end', '['.repeat(30_000_000)],
    ['empty lists', `[${'[],'.repeat(600_000)}1]`],
    ['numbers', `[${'1,'.repeat(1_000_001)}1]`],
    ['numbers with many digits', `[${'12345678901234567890,'.repeat(334_000)}1]`],
    ['numbers with an exponent', `[${'1e5,'.repeat(334_000)}1]`],
    ['names', `{${'"a":1,'.repeat(500_000)}"b":1}`],
  ])('%s', (_name, text) => {
    expect(() => parseJson(text)).toThrow(TooManyValues);
  });

  test('commas, colons and brackets in texts do not count', () => {
    expect(parseJson(JSON.stringify(['[{,:'.repeat(1_000_000)]))).toHaveLength(1);
  });
});

test('parseJson keeps a number of 20 million digits', () => {
  const text = '1'.repeat(20_000_000);

  const [number] = parseJson(`[${text}]`) as [ExactNumber];

  expect(number.text.length).toBe(text.length);
});

test('stringifyJson writes the digits that parseJson kept', () => {
  const text = '{"n":9007199254740993,"list":[0.1000000000000000055,1],"__proto__":"x"}';

  expect(stringifyJson(parseJson(text))).toBe(text);
});

describe('integerText', () => {
  test.each([
    ['7', '7'],
    ['-0', '0'],
    ['1.0', '1'],
    ['9007199254740993', '9007199254740993'],
    ['-12345678901234567890', '-12345678901234567890'],
    ['1e23', '100000000000000000000000'],
    ['1.5', undefined],
    ['1e41', undefined],
    ['1e-2', undefined],
    ['"7"', undefined],
    ['true', undefined],
    ['null', undefined],
  ])('the JSON %s is the integer %s', (json, text) => {
    expect(integerText(parseJson(json))).toBe(text);
  });

  test('a missing value is no integer', () => {
    expect(integerText(undefined)).toBeUndefined();
  });
});
