import { AsyncLocalStorage } from 'node:async_hooks';

/** Detects whether one request may have reached the other side. */
export interface SentDetector {
  /** Runs the work that makes the request. */
  watch<T>(work: () => Promise<T>): Promise<T>;
  /** False if no byte of the request was written to a connection. Valid once the work has ended. */
  readonly mayBeSent: boolean;
}

interface Observation {
  isMade: boolean;
  isWritten: boolean;
  readonly onWritten?: () => void;
}

const watching = new AsyncLocalStorage<Observation>();

/**
 * Tells the detector that watches the current work that a request is made.
 *
 * @returns A function to call when the request is written to a connection.
 */
export function observe(): () => void {
  const observation = watching.getStore();
  if (observation === undefined) return () => {};
  observation.isMade = true;
  return () => {
    observation.isWritten = true;
    observation.onWritten?.();
  };
}

/**
 * Creates a detector for one request.
 *
 * The error of a failed request is not enough: a reset and a TLS failure have the same code before and after the request
 * was written.
 */
export function createSentDetector(): SentDetector {
  const observation: Observation = { isMade: false, isWritten: false };
  return {
    watch: (work) => watching.run(observation, work),
    get mayBeSent() {
      return observation.isWritten || !observation.isMade;
    },
  };
}

/**
 * Watches the attempts of a request for the moment when it leaves. Each attempt is run by the function that is returned.
 *
 * @param onLeft - Called when the request is written to a connection, and when an attempt ends. Called too if no request is made
 * within a turn of the event loop, because the attempt then waits for a token or for the rate limiter.
 */
export function watchLeaving(onLeft: () => void): <T>(attempt: () => Promise<T>) => Promise<T> {
  const observation: Observation = { isMade: false, isWritten: false, onWritten: onLeft };
  setImmediate(() => {
    if (!observation.isMade) onLeft();
  });
  return (attempt) => watching.run(observation, attempt).finally(onLeft);
}
