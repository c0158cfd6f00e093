import { setTimeout as sleep } from 'node:timers/promises';

/** The one way out for all requests to a host, which spaces them evenly. */
export interface RateGate {
  /**
   * Waits for a turn, first come, first served.
   *
   * @returns 0 when the request may be sent now; otherwise the gate is paused for longer than is waited for here,
   * and this is what is left of the pause, in milliseconds.
   * @throws The signal's reason, when it aborts first. The turn then goes to the next one.
   */
  enter(signal: AbortSignal): Promise<number>;
  /** Lets nothing through for that many milliseconds, also not those who wait already. */
  pause(ms: number): void;
}

/** Turns that were missed because the process was busy are made up for, as far as this: 50 milliseconds. */
const LARGEST_ARREARS_MS = 50;

/**
 * @param requestsPerSecond - Above 0; a fraction is a request every few seconds.
 * @param longestPauseMs - Longer pauses are not waited for.
 */
export function createRateGate(requestsPerSecond: number, longestPauseMs: number): RateGate {
  const intervalMs = 1000 / requestsPerSecond;
  const queue: ((pausedMs: number) => void)[] = [];
  let nextTurnMs = 0;
  let pausedUntilMs = 0;
  let isOpening = false;
  let alarm = new AbortController();

  const openInTurn = async () => {
    isOpening = true;
    nextTurnMs = Math.max(nextTurnMs, performance.now());
    while (queue.length > 0) {
      const now = performance.now();
      const pauseMs = pausedUntilMs - now;
      const waitMs = Math.max(pauseMs, nextTurnMs - now);
      if (pauseMs > longestPauseMs) {
        for (const letIn of queue.splice(0)) letIn(pauseMs);
      } else if (waitMs > 0) {
        alarm = new AbortController();
        await sleep(waitMs, undefined, { signal: alarm.signal }).catch(() => {});
      } else {
        nextTurnMs = Math.max(nextTurnMs, now - LARGEST_ARREARS_MS) + intervalMs;
        queue.shift()?.(0);
      }
    }
    isOpening = false;
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
        if (!isOpening) void openInTurn();
      }),
    pause(ms) {
      pausedUntilMs = Math.max(pausedUntilMs, performance.now() + ms);
      alarm.abort();
    },
  };
}
