import type { Clock } from '../core/clock.ts';

/**
 * Measures for how long requests are paused. Pauses that overlap count once, because requests in flight side by side are refused
 * side by side, so the sum is a share of the time that passes.
 *
 * @param onPaused - Called with the seconds that a pause adds, when it begins.
 * @returns A function that notes a pause from now on, in milliseconds.
 */
export function createPauseMeter(
  clock: Pick<Clock, 'now'>,
  onPaused: (seconds: number) => void,
): (ms: number) => void {
  let pausedUntilMs = Number.NEGATIVE_INFINITY;
  return (ms) => {
    const now = clock.now();
    const addedMs = now + ms - Math.max(now, pausedUntilMs);
    if (addedMs <= 0) return;
    pausedUntilMs = now + ms;
    onPaused(addedMs / 1000);
  };
}
