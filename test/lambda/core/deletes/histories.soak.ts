import { describe, expect, test } from '@jest/globals';
import { drawHistory, type History, isMiddle, type Job } from '../../../support/deletes/history.ts';
import type { Order } from '../../../support/deletes/listing.ts';
import { play, sweepDeletes } from '../../../support/deletes/play.ts';

test('in 1,000 histories of 20 nights no object is deleted that was listed throughout, and none that is gone is forgotten', () => {
  const { failures, goneShare } = sweepDeletes(1001, 1000);

  expect(failures).toEqual([]);
  expect(goneShare).toBeGreaterThan(0.75);
});

const CALM = { fault: 0, kill: 0, secondPull: 0, change: 0, blind: 0 };
const STILL = { removals: 0, additions: 0, edits: 0 };
const KINDS = ['hal', 'numberedPages'] as const;
const ORDERS: readonly Order[] = ['id up', 'id down', 'name', 'modified up', 'modified down'];

/** A history of 60 nights, in which nothing but the job happens. */
function calm(seed: number, kind: 'hal' | 'numberedPages', order: Order, job: Job): History {
  const drawn = drawHistory(1);
  return {
    ...drawn,
    ...{ seed, kind, order, job, nights: 60, objects: 1000, pageSize: 25, most: STILL, chances: CALM },
    ...{ hasOperator: false, hasArchive: false },
    policy: { ...drawn.policy, mode: 'fromWalk', paging: kind },
  };
}

describe.each(KINDS)('a listing of %s', (kind) => {
  test.each(ORDERS)(
    'by %s: the same 8 objects are never deleted that are out of it for a tenth of every reading',
    (order) => {
      for (let moment = 0; moment < 0.9; moment += 0.05) {
        const outcome = play(
          calm(1, kind, order, { kind: 'blink', objects: 8, moment, runsInLooks: !isMiddle(moment) }),
        );

        expect(outcome).toMatchObject({ violations: [], tombstones: 0 });
      }
    },
  );

  test('newest first: while a job removes 3 and adds 3 during every reading, only those removed are deleted, all in time', () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const job: Job = { kind: 'rotate', objects: 3, moment: seed / 14, runsInLooks: !isMiddle(seed / 14) };
      const { violations, gone, all } = play(calm(seed, kind, 'id down', job));

      expect(violations).toEqual([]);
      expect(all).toBeGreaterThan(150);
      expect(gone).toBe(all);
    }
  });

  test.each(['modified up', 'modified down'] as const)(
    'by %s: nothing is deleted while 25 objects are edited in every reading',
    (order) => {
      for (let seed = 1; seed <= 12; seed += 1) {
        const job: Job = { kind: 'touch', objects: 25, moment: seed / 14, runsInLooks: !isMiddle(seed / 14) };

        expect(play(calm(seed, kind, order, job))).toMatchObject({ violations: [], tombstones: 0 });
      }
    },
  );
});
