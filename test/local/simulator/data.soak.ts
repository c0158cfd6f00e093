import { test } from '@jest/globals';
import { expectAnyPage } from './any-page.ts';

test('any page of a million relations is served, and the relations do not stay in memory', async () => {
  await expectAnyPage({ relations: 1_000_000, pagesRead: 200 });
});
