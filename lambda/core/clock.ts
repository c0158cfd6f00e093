/** The time as a port, so that waits and timeouts can be tested without waiting. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after that many milliseconds, or as soon as the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** RFC 3339 in UTC, e.g. `2026-11-24T03:00:00.000Z`. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
