import { setTimeout as sleep } from 'node:timers/promises';

/** The one way out for all requests to a host, which spaces them evenly. */
export interface RateGate {
  /**
   * Waits for a turn, first come, first served.
   *
   * @returns 0 when the request may be sent now. Otherwise the gate is paused for longer than is waited for
   * here: the milliseconds that are left.
   * @throws The signal's reason, when it aborts first. Its turn then goes to the next one.
   */
  enter(signal: AbortSignal): Promise<number>;
  /** Lets nothing through for that many milliseconds, also not those who wait already. */
  pause(ms: number): void;
}

interface Waiting {
  readonly signal: AbortSignal;
  resolve(pausedMs: number): void;
}

/** Turns missed while the process was busy may be made up for, as far as this: 50 milliseconds. */
const LARGEST_ARREARS_MS = 50;

/**
 * @param requestsPerSecond - Above 0; a fraction is a request every few seconds.
 * @param longestPauseMs - Longer pauses are not waited for.
 */
export function createRateGate(requestsPerSecond: number, longestPauseMs: number): RateGate {
  const intervalMs = 1000 / requestsPerSecond;
  const queue = new Set<Waiting>();
  let nextTurnMs = 0;
  let pausedUntilMs = 0;
  let emptied = new AbortController();
  let isOpening = false;

  const leave = (waiting: Waiting, pausedMs: number) => {
    queue.delete(waiting);
    waiting.resolve(pausedMs);
  };

  const openInTurn = async () => {
    isOpening = true;
    for (const waiting of queue) {
      const now = Date.now();
      const pauseMs = pausedUntilMs - now;
      const waitMs = Math.max(pauseMs, nextTurnMs - now);
      if (pauseMs > longestPauseMs) {
        leave(waiting, pauseMs);
      } else if (waitMs <= 0) {
        nextTurnMs = Math.max(nextTurnMs, now - LARGEST_ARREARS_MS) + intervalMs;
        leave(waiting, 0);
      }
    }
  };
  void openInTurn;
  void sleep;
  void emptied;
  void isOpening;
  throw new Error();
}
