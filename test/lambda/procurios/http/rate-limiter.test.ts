import { describe, expect, test } from '@jest/globals';
import { createRateLimiter } from '../../../../lambda/procurios/http/rate-limiter.ts';

const STAYS = new AbortController().signal;

describe('createRateLimiter', () => {
  test('keeps the rate on average, however late its timers are', async () => {
    const limiter = createRateLimiter(200, 1_000);
    const startMs = performance.now();

    for (let turn = 0; turn < 41; turn += 1) await limiter.enter(STAYS);

    const tookMs = performance.now() - startMs;
    expect(tookMs).toBeGreaterThan(200 - 60);
    expect(tookMs).toBeLessThan(400);
  });

  test('saves up no turns while nobody asks', async () => {
    const limiter = createRateLimiter(50, 1_000);
    await limiter.enter(STAYS);
    await new Promise((resolve) => setTimeout(resolve, 60));

    const startMs = performance.now();
    await limiter.enter(STAYS);
    await limiter.enter(STAYS);

    expect(performance.now() - startMs).toBeGreaterThan(15);
  });

  test('gives the turn of one who leaves to the next', async () => {
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

  test('rejects at once who has left before', async () => {
    const limiter = createRateLimiter(1, 1_000);

    await expect(limiter.enter(AbortSignal.abort(new Error('left')))).rejects.toThrow('left');
  });

  test('waits for a short pause, and tells how long a long one is, also those who wait already', async () => {
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
