import { describe, expect, test } from '@jest/globals';
import { createRateLimiter } from '../../../../lambda/procurios/http/rate-limiter.ts';

const STAYS = new AbortController().signal;

describe('createRateLimiter', () => {
  test('the rate limiter keeps the rate on average, however late its timers are', async () => {
    const limiter = createRateLimiter(200, 1_000);
    const startMs = performance.now();

    for (let turn = 0; turn < 41; turn += 1) await limiter.enter(STAYS);

    const tookMs = performance.now() - startMs;
    expect(tookMs).toBeGreaterThan(200 - 60);
    expect(tookMs).toBeLessThan(400);
  });

  test('the rate limiter saves up no turns while it is idle', async () => {
    const limiter = createRateLimiter(50, 1_000);
    await limiter.enter(STAYS);
    await new Promise((resolve) => setTimeout(resolve, 60));

    const startMs = performance.now();
    await limiter.enter(STAYS);
    await limiter.enter(STAYS);

    expect(performance.now() - startMs).toBeGreaterThan(15);
  });

  test('the rate limiter gives the turn of an aborted request to the next one', async () => {
    const limiter = createRateLimiter(20, 1_000);
    const controller = new AbortController();
    const order: string[] = [];
    await limiter.enter(STAYS);

    const leaving = limiter.enter(controller.signal).catch((error) => order.push(String(error.message)));
    const staying = limiter.enter(STAYS).then(() => order.push('entered'));
    const startMs = performance.now();
    controller.abort(new Error('left'));
    await Promise.all([leaving, staying]);

    expect(order).toEqual(['left', 'entered']);
    expect(performance.now() - startMs).toBeLessThan(95);
  });

  test('the rate limiter rejects an aborted request at once', async () => {
    const limiter = createRateLimiter(1, 1_000);

    await expect(limiter.enter(AbortSignal.abort(new Error('left')))).rejects.toThrow('left');
  });

  test('the rate limiter waits for a short pause, and reports a long one, to waiting requests too', async () => {
    const limiter = createRateLimiter(1_000, 100);

    limiter.pause(40);
    const startMs = performance.now();
    const short = await limiter.enter(STAYS);
    const tookMs = performance.now() - startMs;
    limiter.pause(80);
    const waiting = limiter.enter(STAYS);
    limiter.pause(5_000);
    const long = await waiting;

    expect(short).toBe(0);
    expect(tookMs).toBeGreaterThan(35);
    expect(long).toBeGreaterThan(4_900);
  });
});
