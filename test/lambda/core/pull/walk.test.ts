import { expect, test } from '@jest/globals';
import type { Direction } from '../../../../lambda/core/pull/page.ts';
import { beginWalk, mayResume } from '../../../../lambda/core/pull/walk.ts';
import { ManualClock } from '../../../support/memory-ports.ts';
import { streamOf } from '../../../support/streams.ts';

const THINGS = streamOf();
const NOW = new ManualClock().now();

/** A walk that has read a page. */
function walkOf(direction: Direction) {
  const walk = beginWalk(THINGS, { walkId: 'w1', startedAt: new Date(NOW).toISOString(), direction }, {});
  walk.counts.pages = 1;
  return walk;
}

test.each<Direction>(['up', 'down'])('a walk %s is resumed while its stream is the same', (direction) => {
  const walk = walkOf(direction);

  expect(mayResume(walk, THINGS, NOW)).toBe(true);
  expect(mayResume(walk, streamOf({ path: '/l/other_api/thing' }), NOW)).toBe(false);
});

test('a walk down that could only read upwards is resumed', () => {
  const walk = walkOf('down');
  walk.direction = 'up';

  expect(mayResume(walk, THINGS, NOW)).toBe(true);
});

test('a walk down has another fingerprint, because older versions would read it upwards from its place', () => {
  expect(walkOf('down').fingerprint).not.toBe(walkOf('up').fingerprint);
});

test('a walk begins at page 1, and a walk down knows the last page of the walk before', () => {
  const start = { walkId: 'w1', startedAt: new Date(NOW).toISOString() };

  expect(beginWalk(THINGS, start, {})).toMatchObject({ direction: 'up', position: undefined });
  expect(beginWalk(THINGS, { ...start, direction: 'down', lastPage: 7 }, {})).toMatchObject({
    direction: 'down',
    position: { page: 1, down: { leg: 'first', from: 7 } },
  });
});
