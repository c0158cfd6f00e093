import type { Clock } from '../clock.ts';

/**
 * Runs the steps and waits of a run, in one process or durably over many invocations of a function.
 *
 * In each invocation, a durable engine runs the code between the steps again and replays the results of earlier steps. That code
 * must be deterministic, so the time, random values and all I/O belong in steps.
 */
export interface Engine {
  /** The most steps and waits that one run may take, counted together. */
  readonly mostOperations: number;
  /**
   * Does the work and keeps its result.
   *
   * @param name - Shown to operators; the same in every invocation.
   * @param work - Repeated if it was cut off. It returns JSON of a few KB without objects or tokens, because AWS keeps the result.
   */
  step<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
  /** @param ms - Above 0. */
  wait(name: string, ms: number): Promise<void>;
}

/** An engine within one process. It keeps no results. */
export function plainEngine(clock: Clock, signal: AbortSignal): Engine {
  return {
    mostOperations: Number.POSITIVE_INFINITY,
    step: (_name, work) => work(),
    wait: (_name, ms) => clock.sleep(ms, signal),
  };
}
