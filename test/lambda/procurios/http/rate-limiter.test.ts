import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { Clock } from '../../../../lambda/core/clock.ts';
import { createRateLimiter } from '../../../../lambda/procurios/http/rate-limiter.ts';

const STAYS = new AbortController().signal;

/** A clock that stands still but for sleeps, each of which ends late by so many milliseconds. */
class SleepingClock implements Clock {
  nowMs = 1_000;
  readonly #lateMs: number;

  constructor(lateMs = 0) {
    this.#lateMs = lateMs;
  }

  now(): number {
    return this.nowMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const endMs = this.nowMs + ms + this.#lateMs;
    await setImmediate();
    if (!signal?.aborted) this.nowMs = endMs;
  }
}

describe('createRateLimiter', () => {
  test('the rate limiter keeps the rate on average, however late its timers are', async () => {
    const clock = new SleepingClock(7);
    const limiter = createRateLimiter(200, 1_000, clock);
    const startMs = clock.nowMs;

    await Promise.all(Array.from({ length: 41 }, () => limiter.enter(STAYS)));

    const tookMs = clock.nowMs - startMs;
    expect(tookMs).toBeGreaterThanOrEqual(200);
    expect(tookMs).toBeLessThan(200 + 7 + 5);
  });

  test('the rate limiter saves up no turns while it is idle', async () => {
    const clock = new SleepingClock();
    const limiter = createRateLimiter(50, 1_000, clock);
    await limiter.enter(STAYS);
    clock.nowMs += 60;

    const startMs = clock.nowMs;
    await limiter.enter(STAYS);
    await limiter.enter(STAYS);

    expect(clock.nowMs - startMs).toBe(20);
  });

  test('the rate limiter gives the turn of an aborted request to the next one', async () => {
    const clock = new SleepingClock();
    const limiter = createRateLimiter(20, 1_000, clock);
    const controller = new AbortController();
    const order: string[] = [];
    await limiter.enter(STAYS);
    const startMs = clock.nowMs;

    const leaving = limiter.enter(controller.signal).catch((error) => order.push(String(error.message)));
    const staying = limiter.enter(STAYS).then(() => order.push('entered'));
    controller.abort(new Error('left'));
    await Promise.all([leaving, staying]);

    expect(order).toEqual(['left', 'entered']);
    expect(clock.nowMs - startMs).toBe(50);
  });

  test('the rate limiter rejects an aborted request at once', async () => {
    const limiter = createRateLimiter(1, 1_000);

    await expect(limiter.enter(AbortSignal.abort(new Error('left')))).rejects.toThrow('left');
  });

  test('the rate limiter waits for a short pause, and reports a long one, to waiting requests too', async () => {
    const clock = new SleepingClock();
    const limiter = createRateLimiter(1_000, 100, clock);

    limiter.pause(40);
    const startMs = clock.nowMs;
    const short = await limiter.enter(STAYS);
    const tookMs = clock.nowMs - startMs;
    limiter.pause(80);
    const waiting = limiter.enter(STAYS);
    limiter.pause(5_000);
    const long = await waiting;

    expect(short).toBe(0);
    expect(tookMs).toBe(40);
    expect(long).toBe(5_000);
  });

  test('the rate limiter sleeps by a real clock unless it is given another one', async () => {
    const limiter = createRateLimiter(50, 1_000);
    const startMs = performance.now();

    await limiter.enter(STAYS);
    await limiter.enter(STAYS);

    expect(performance.now() - startMs).toBeGreaterThan(15);
  });
});
