import { expect, test } from '@jest/globals';
import { FollowedLinks } from '../../../../lambda/core/pull/followed-links.ts';

test('a link is new once', () => {
  const links = new FollowedLinks();

  const added = ['/?page=2', '/?page=3', '/?page=2'].map((link) => links.add(link));

  expect(added).toEqual([true, true, false]);
});

test('takeNew returns each new link once, in 8 bytes, and restore adds it elsewhere', () => {
  const links = new FollowedLinks();
  links.add('/?page=2');
  links.add('/?page=3');
  const first = links.takeNew();
  links.add('/?page=3');
  links.add('/?page=4');
  const second = links.takeNew();
  const other = new FollowedLinks();

  // As a row has it: a part of a larger buffer.
  other.restore(Buffer.concat([Buffer.alloc(3), first]).subarray(3));
  other.restore(second);

  expect([first.length, second.length]).toEqual([16, 8]);
  expect([2, 3, 4, 5].map((page) => other.add(`/?page=${page}`))).toEqual([false, false, false, true]);
  expect(other.takeNew()).toHaveLength(8);
});
