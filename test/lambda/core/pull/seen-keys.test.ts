import { expect, test } from '@jest/globals';
import { SeenKeys } from '../../../../lambda/core/pull/seen-keys.ts';

test('SeenKeys distinguishes 50,000 seen keys from new ones', () => {
  const seen = new SeenKeys();

  const added = Array.from({ length: 50_000 }, (_, index) => seen.add(`key-${index}`));
  const again = Array.from({ length: 50_000 }, (_, index) => seen.add(`key-${index}`));

  expect(added.every(Boolean)).toBe(true);
  expect(again.some(Boolean)).toBe(false);
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
  expect(['a', 'b', 'c', 'd'].map((key) => other.add(key))).toEqual([false, false, false, true]);
  expect(other.takeNew()).toHaveLength(8);
});
