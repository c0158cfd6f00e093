import { expect, test } from '@jest/globals';
import { hasShrunk } from '../../../../lambda/core/pull/stream-state.ts';

test.each([
  { listed: 0, inTable: 1, shrunk: true },
  { listed: 499, inTable: 1000, shrunk: true },
  { listed: 500, inTable: 1000, shrunk: false },
  { listed: 0, inTable: 0, shrunk: false },
  { inTable: 1000, shrunk: false },
  { shrunk: false },
])('a list of $listed objects and a table of $inTable: shrunk is $shrunk', ({ shrunk, ...state }) => {
  expect(hasShrunk(state)).toBe(shrunk);
});
