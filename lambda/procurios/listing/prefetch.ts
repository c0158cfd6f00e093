import type { Json } from '../../core/json.ts';
import { sameness } from './page-addresses.ts';

/** Requests for the pages that are expected next, sent before they are taken. */
export interface Prefetch {
  /**
   * The answer at an address: from the request in flight, or from a new one.
   *
   * @throws The error of the request, or the signal's reason if it aborted.
   */
  take(address: string, page: number): Promise<Json>;
  /**
   * Sets the addresses in flight: begins the missing requests and aborts all others.
   *
   * @param firstPage - The number of the first address's page.
   */
  expect(addresses: readonly string[], firstPage: number): void;
  /** Aborts all requests in flight. */
  close(): void;
}

interface InFlight {
  readonly answer: Promise<Json>;
  readonly controller: AbortController;
}

export function createPrefetch(
  request: (address: string, page: number, signal: AbortSignal) => Promise<Json>,
  signal: AbortSignal | undefined,
): Prefetch {
  const inFlight = new Map<string, InFlight>();

  const begin = (address: string, page: number): InFlight => {
    const controller = new AbortController();
    const answer = request(address, page, controller.signal);
    answer.catch(() => {}); // `take` throws the error; a request that is never taken may fail unseen
    const begun = { answer, controller };
    inFlight.set(sameness(address), begun);
    return begun;
  };
  const abortAll = () => {
    for (const { controller } of inFlight.values()) controller.abort(signal?.reason);
    inFlight.clear();
  };
  signal?.addEventListener('abort', abortAll, { once: true });

  return {
    async take(address, page) {
      signal?.throwIfAborted();
      const key = sameness(address);
      const { answer } = inFlight.get(key) ?? begin(address, page);
      try {
        return await answer;
      } finally {
        inFlight.delete(key);
      }
    },
    expect(addresses, firstPage) {
      const expected = new Set(addresses.map(sameness));
      for (const [key, { controller }] of inFlight) {
        if (expected.has(key)) continue;
        controller.abort();
        inFlight.delete(key);
      }
      addresses.forEach((address, index) => {
        if (!inFlight.has(sameness(address))) begin(address, firstPage + index);
      });
    },
    close() {
      signal?.removeEventListener('abort', abortAll);
      abortAll();
    },
  };
}
