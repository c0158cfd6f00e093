/**
 * The simulator's clock, and a count of its moments. Each request and each change of an object is a moment of its own, so that
 * two of them can always be put in order.
 */
export class Timeline {
  /** Returns the time, in milliseconds since the epoch. */
  readonly now: () => number;
  #moment = 0;

  constructor(now: () => number) {
    this.now = now;
  }

  /** The latest moment; 0 before the first. */
  get moment(): number {
    return this.#moment;
  }

  /** Begins the next moment. @returns Its number. */
  next(): number {
    this.#moment += 1;
    return this.#moment;
  }
}
