import { jest } from '@jest/globals';

const HOUR_MS = 3_600_000;

/** This process's clock, of which hours can pass at once. */
export function shiftedClock() {
  const realNow = Date.now;
  let shiftedMs = 0;
  const spy = jest.spyOn(Date, 'now').mockImplementation(() => realNow() + shiftedMs);
  return {
    pass(hours: number): void {
      shiftedMs += hours * HOUR_MS;
    },
    restore(): void {
      spy.mockRestore();
    },
  };
}
