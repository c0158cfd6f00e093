import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';

/** Spaces all requests to a host evenly. */
export interface RateLimiter {
  /**
   * Waits for a turn, first come, first served.
   *
   * @returns 0 if the request may be sent now. Otherwise the limiter is paused for longer than requests wait, and this is
   * the rest of the pause, in milliseconds.
   * @throws The signal's reason, if it aborts first. The next request in the queue then gets the turn.
   */
  enter(signal: AbortSignal): Promise<number>;
  /** Stops all requests for that many milliseconds, those in the queue too. */
  pause(ms: number): void;
}

/** A clock that a change of the machine's time does not affect. */
const MONOTONIC: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }),
};

/** Turns that a busy process missed are made up for, up to this: 50 milliseconds. */
const LARGEST_ARREARS_MS = 50;

/**
 * @param requestsPerSecond - Above 0; a fraction is a request every few seconds.
 * @param longestPauseMs - Requests do not wait for a longer pause.
 */
export function createRateLimiter(
  requestsPerSecond: number,
  longestPauseMs: number,
  clock: Clock = MONOTONIC,
): RateLimiter {
  const intervalMs = 1000 / requestsPerSecond;
  const queue: ((pausedMs: number) => void)[] = [];
  let nextTurnMs = 0;
  let pausedUntilMs = 0;
  let isServing = false;
  let alarm = new AbortController();

  const serveQueue = async () => {
    isServing = true;
    nextTurnMs = Math.max(nextTurnMs, clock.now());
    while (queue.length > 0) {
      const now = clock.now();
      const pauseMs = pausedUntilMs - now;
      const waitMs = Math.max(pauseMs, nextTurnMs - now);
      if (pauseMs > longestPauseMs) {
        for (const letIn of queue.splice(0)) letIn(pauseMs);
      } else if (waitMs > 0) {
        alarm = new AbortController();
        await clock.sleep(waitMs, alarm.signal).catch(() => {});
      } else {
        nextTurnMs = Math.max(nextTurnMs, now - LARGEST_ARREARS_MS) + intervalMs;
        queue.shift()?.(0);
      }
    }
    isServing = false;
  };

  return {
    enter: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const leave = () => {
          queue.splice(queue.indexOf(letIn), 1);
          if (queue.length === 0) alarm.abort();
          reject(signal.reason);
        };
        const letIn = (pausedMs: number) => {
          signal.removeEventListener('abort', leave);
          resolve(pausedMs);
        };
        signal.addEventListener('abort', leave, { once: true });
        queue.push(letIn);
        if (!isServing) void serveQueue();
      }),
    pause(ms) {
      pausedUntilMs = Math.max(pausedUntilMs, clock.now() + ms);
      alarm.abort();
    },
  };
}
