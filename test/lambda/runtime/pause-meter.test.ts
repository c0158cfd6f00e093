import { expect, test } from '@jest/globals';
import { createPauseMeter } from '../../../lambda/runtime/pause-meter.ts';
import { ManualClock } from '../../support/memory-ports.ts';

test('pauses are added up in seconds, and the time in which several overlap counts once', () => {
  const clock = new ManualClock();
  const paused: number[] = [];
  const pause = createPauseMeter(clock, (seconds) => paused.push(seconds));

  pause(10_000);
  pause(10_000); // side by side
  clock.time += 4_000;
  pause(8_000); // 2 seconds longer than the pause that goes on
  pause(1_000); // within it
  clock.time += 60_000;
  pause(500);

  expect(paused).toEqual([10, 2, 0.5]);
});
