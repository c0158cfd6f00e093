import type { Clock } from '../clock.ts';

/**
 * How a run takes its steps and waits: plainly in one process, or durably over many invocations of a function.
 *
 * A durable engine runs the code between the steps anew in each invocation and gives it what the steps returned before. So
 * that code may depend on nothing else: time, chance and the outside world belong in steps.
 */
export interface Engine {
  /** Steps and waits that a run may take, all together. */
  readonly mostOperations: number;
  /**
   * Does something, and remembers what came of it.
   *
   * @param name - For people; the same in every invocation.
   * @param work - Done again if it was cut off. What it returns is JSON of a few KB: numbers and words, never an object or a token.
   */
  step<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
  /** @param ms - Above 0. */
  wait(name: string, ms: number): Promise<void>;
}

/** Steps and waits within this process; what was done is gone with it. */
export function plainEngine(clock: Clock, signal: AbortSignal): Engine {
  return {
    mostOperations: Number.POSITIVE_INFINITY,
    step: (_name, work) => work(),
    wait: (_name, ms) => clock.sleep(ms, signal),
  };
}
