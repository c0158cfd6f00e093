import { expect, test } from '@jest/globals';
import { SeenKeys } from '../../../../lambda/core/pull/seen-keys.ts';

test('SeenKeys distinguishes 50,000 seen keys from new ones', () => {
  const seen = new SeenKeys();

  const added = Array.from({ length: 50_000 }, (_, index) => seen.add(`key-${index}`));
  const again = Array.from({ length: 50_000 }, (_, index) => seen.add(`key-${index}`));

  expect(new Set(added)).toEqual(new Set(['new']));
  expect(new Set(again)).toEqual(new Set(['repeated']));
  expect(seen.count).toBe(50_000);
});

test('takeNew returns each new key once, in 8 bytes, and restore adds it elsewhere', () => {
  const seen = new SeenKeys();
  seen.add('a');
  seen.add('b');
  const first = seen.takeNew();
  seen.add('b');
  seen.add('c');
  const second = seen.takeNew();
  const other = new SeenKeys();

  other.restore(first);
  other.restore(second);

  expect([first.length, second.length]).toEqual([16, 8]);
  expect(['a', 'b', 'c', 'd'].map((key) => other.add(key))).toEqual([
    'repeated',
    'repeated',
    'repeated',
    'new',
  ]);
  expect(other.takeNew()).toHaveLength(8);
});

test('SeenKeys tells a key that was seen with other types, also after it was restored', () => {
  const [number, text] = [0b0, 0b1];
  const seen = new SeenKeys();
  seen.add('5', number);
  seen.add('6', text);
  const other = new SeenKeys();
  other.restore(seen.takeNew());

  const sights = [seen, other].map((each) => [
    each.add('5', text),
    each.add('5', number),
    each.add('6', text),
  ]);

  expect(sights).toEqual([
    ['ambiguous', 'repeated', 'repeated'],
    ['ambiguous', 'repeated', 'repeated'],
  ]);
  expect([seen.count, other.count]).toEqual([2, 2]);
});
