/** The limit of calls in flight at first, and its maximum. */
const FIRST_LIMIT = 16;
const LARGEST_LIMIT = 32;

/**
 * A limit of calls in flight that adapts: it rises by one when as many calls as the limit have succeeded, and is halved by a
 * throttled one.
 */
export interface AdaptiveConcurrency {
  /** Runs the call as soon as the limit allows it. */
  run<Result>(call: () => Promise<Result>): Promise<Result>;
  /** Raises the limit after a call that succeeded. */
  raise(): void;
  /** Halves the limit after a throttled call. */
  halve(): void;
}

/** @see https://en.wikipedia.org/wiki/Additive_increase/multiplicative_decrease */
export function createAdaptiveConcurrency(): AdaptiveConcurrency {
  let limit = FIRST_LIMIT;
  let running = 0;
  const waiting: (() => void)[] = [];

  const admit = (): void => {
    while (running < Math.floor(limit) && waiting.length > 0) {
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
    raise() {
      limit = Math.min(LARGEST_LIMIT, limit + 1 / limit);
    },
    halve() {
      limit = Math.max(1, limit / 2);
    },
  };
}
