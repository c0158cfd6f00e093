import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalText } from '../../../lambda/core/canonical.ts';
import type { Json, JsonObject } from '../../../lambda/core/json.ts';

const name = fc.oneof(
  fc.constantFrom('id', 'name', 'a', 'ab', 'b', 'B', '10', '9', '\uffff', '🚲', 'a"b', 'constructor'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 }),
);
const { value } = fc.letrec<{ value: Json; map: JsonObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.constantFrom('"', '\\', '\u001f', '\u007f', '\u2028', '\ud7ff', '\ue000', '🚲'),
    fc.integer().map((each) => each / 1000),
    fc.constantFrom(1e-7, -1e21, 1e125, 1e-130),
    fc.constantFrom(null, true, false, 0, 1.5),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('map'),
  ),
  map: fc.dictionary(name, tie('value'), { maxKeys: 6 }),
}));

/** The canonical text of a value without long numbers, written independently of the code under test. */
function plainText(json: Json): string {
  if (Array.isArray(json)) return `[${json.map(plainText).join()}]`;
  if (typeof json !== 'object' || json === null) return JSON.stringify(json);
  const entries = Object.entries(json).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([each, part]) => `${JSON.stringify(each)}:${plainText(part)}`).join()}}`;
}

test('the canonical text is JSON with sorted names, whatever objects were written before', () => {
  const objects = fc.array(fc.dictionary(name, value), { minLength: 1, maxLength: 5 });

  fc.assert(
    fc.property(objects, (list) => {
      // The second time, the names of each object are known.
      for (const object of [...list, ...list]) expect(canonicalText(object, [])).toBe(plainText(object));
    }),
    { numRuns: 300, seed: 20261129 },
  );
});

test('the canonical text is right when names were kept, forgotten and kept again', () => {
  const known = { id: 1, name: 'Ada', tags: [{ from: 1, amount: 2 }] };
  const text = plainText(known);

  // The names that are kept are 20,000 at most.
  for (let index = 0; index < 50; index += 1) {
    const many = Object.fromEntries(Array.from({ length: 499 }, (_, at) => [`name-${index}-${at}`, at]));
    expect(canonicalText({ ...known, many }, [])).toBe(plainText({ ...known, many }));
    expect(canonicalText(known, [])).toBe(text);
  }
});

test('the same names in another sequence, or only the first of them, are written in their own order', () => {
  expect(canonicalText({ b: 1, a: 2, c: 3 }, [])).toBe('{"a":2,"b":1,"c":3}');
  expect(canonicalText({ b: 1, a: 2 }, [])).toBe('{"a":2,"b":1}');
  expect(canonicalText({ b: 1 }, [])).toBe('{"b":1}');
  expect(canonicalText({ a: 2, b: 1, c: 3 }, [])).toBe('{"a":2,"b":1,"c":3}');
});

test('an ignored field is left out, wherever it stands', () => {
  const object = { c: 3, a: { b: 1 }, b: [2] };

  expect(canonicalText(object, ['a'])).toBe('{"b":[2],"c":3}');
  expect(canonicalText(object, ['b'])).toBe('{"a":{"b":1},"c":3}');
  expect(canonicalText(object, ['c'])).toBe('{"a":{"b":1},"b":[2]}');
  expect(canonicalText(object, ['a', 'b', 'c'])).toBe('{}');
});
