import { expect, test } from '@jest/globals';
import { allSettled } from '../../local/all-settled.ts';

test('allSettled() returns the values in their order', async () => {
  const second = Promise.resolve(2);

  expect(await allSettled([second.then(() => 1), second])).toEqual([1, 2]);
});

test('allSettled() fails only after the other promises have settled', async () => {
  const slow = Promise.withResolvers<void>();
  let hasFailed = false;
  const all = allSettled([Promise.reject(new Error('refused')), slow.promise]).catch((error: Error) => {
    hasFailed = true;
    return error.message;
  });
  // All callbacks of promises that are settled by now have run.
  await new Promise(setImmediate);
  const hadFailed = hasFailed;

  slow.resolve();

  expect([await all, hadFailed]).toEqual(['refused', false]);
});
