/** Calls under way at first, and at most. */
const CALLS_AT_FIRST = 16;
const MOST_CALLS = 32;

/** How many calls run beside each other: one more for a round of successes, half as many after a throttle. */
export interface CallWindow {
  /** Runs the call once there is room for it. */
  run<Result>(call: () => Promise<Result>): Promise<Result>;
  /** The last call went well. */
  widen(): void;
  /** The last call was throttled. */
  narrow(): void;
}

/** @see https://en.wikipedia.org/wiki/Additive_increase/multiplicative_decrease */
export function createCallWindow(): CallWindow {
  let size = CALLS_AT_FIRST;
  let running = 0;
  const waiting: (() => void)[] = [];

  const admit = (): void => {
    while (running < Math.floor(size) && waiting.length > 0) {
      running += 1;
      waiting.shift()?.();
    }
  };
  return {
    async run(call) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        admit();
      });
      try {
        return await call();
      } finally {
        running -= 1;
        admit();
      }
    },
    widen() {
      size = Math.min(MOST_CALLS, size + 1 / size);
    },
    narrow() {
      size = Math.max(1, size / 2);
    },
  };
}
