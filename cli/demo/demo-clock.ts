const DAY_MS = 24 * 60 * 60 * 1000;

/** The time of the simulated Procurios and of the functions, by which nights are a day apart. */
export interface DemoClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Lets a day pass. */
  nextDay(): void;
}

/** Creates a clock by which the last of so many nights is this machine's today, so that the tables hold no time in the future. */
export function createDemoClock(nights: number): DemoClock {
  let daysAgo = nights - 1;
  return {
    now: () => Date.now() - daysAgo * DAY_MS,
    nextDay() {
      daysAgo -= 1;
    },
  };
}
