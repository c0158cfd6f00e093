import { expect, test } from '@jest/globals';
import { openMemoryShelf } from '../../../support/sweep/shelf.ts';
import { NO_MISBEHAVIOUR, sweep } from '../../../support/sweep/sweep.ts';

test('no pull of 200 histories is complete while an object that stood throughout is missing or outdated', async () => {
  const { failures, shares } = await sweep(1, 200, openMemoryShelf);

  expect(failures).toEqual([]);
  expect(shares.get(NO_MISBEHAVIOUR)).toMatchObject({ incomplete: 0, failed: 0 });
});
