import { expect, test } from '@jest/globals';
import { sweepDeletes } from '../../../support/deletes/play.ts';

test('in 200 histories of 20 nights no object is deleted that was listed throughout, and none that is gone is forgotten', () => {
  const { failures, goneShare } = sweepDeletes(1, 200);

  expect(failures).toEqual([]);
  expect(goneShare).toBeGreaterThan(0.75);
});
