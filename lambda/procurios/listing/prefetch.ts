import type { Json } from '../../core/json.ts';
import { sameness } from './page-addresses.ts';

/** Requests that are under way before anybody asks for their answers. */
export interface LookAhead {
  /**
   * The answer at an address, from the request that is under way or else a new one.
   *
   * @throws What the request failed with, or the signal's reason when it aborted.
   */
  take(address: string, page: number): Promise<Json>;
  /** Sees to it that exactly these are under way, beginning with that page: others are aborted, with their answers. */
  expect(addresses: readonly string[], firstPage: number): void;
  /** Aborts what is under way. */
  close(): void;
}

interface UnderWay {
  readonly answer: Promise<Json>;
  readonly controller: AbortController;
}

export function createLookAhead(
  request: (address: string, page: number, signal: AbortSignal) => Promise<Json>,
  signal: AbortSignal | undefined,
): LookAhead {
  const underWay = new Map<string, UnderWay>();

  const begin = (address: string, page: number): UnderWay => {
    const controller = new AbortController();
    const answer = request(address, page, controller.signal);
    answer.catch(() => {}); // whoever takes it learns of the failure; perhaps nobody does
    const begun = { answer, controller };
    underWay.set(sameness(address), begun);
    return begun;
  };
  const abortAll = () => {
    for (const { controller } of underWay.values()) controller.abort(signal?.reason);
    underWay.clear();
  };
  signal?.addEventListener('abort', abortAll, { once: true });

  return {
    async take(address, page) {
      signal?.throwIfAborted();
      const key = sameness(address);
      const { answer } = underWay.get(key) ?? begin(address, page);
      try {
        return await answer;
      } finally {
        underWay.delete(key);
      }
    },
    expect(addresses, firstPage) {
      const expected = new Set(addresses.map(sameness));
      for (const [key, { controller }] of underWay) {
        if (expected.has(key)) continue;
        controller.abort();
        underWay.delete(key);
      }
      addresses.forEach((address, index) => {
        if (!underWay.has(sameness(address))) begin(address, firstPage + index);
      });
    },
    close() {
      signal?.removeEventListener('abort', abortAll);
      abortAll();
    },
  };
}
