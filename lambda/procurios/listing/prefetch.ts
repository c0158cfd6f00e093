import type { Json } from '../../core/json.ts';
import type { Position } from '../../core/pull/page.ts';
import { sameness } from './page-addresses.ts';

/** Requests for the pages that are expected next, sent before they are taken. */
export interface Prefetch {
  /**
   * The answer at a position: from the request in flight, or from a new one.
   *
   * @throws The error of the request, or the signal's reason if it aborted.
   */
  take(position: Position): Promise<Json>;
  /** The same answer as {@link take}, which stays for a later call. */
  peek(position: Position): Promise<Json>;
  /** Sets the positions in flight: begins the missing requests and aborts all others. */
  expect(positions: readonly Position[]): void;
  /** Aborts the requests that were begun before the last {@link expect}. */
  dropEarlier(): void;
  /** Aborts all requests in flight. */
  close(): void;
}

interface InFlight {
  readonly answer: Promise<Json>;
  readonly controller: AbortController;
  /** How often `expect` had been called when the request was begun. */
  readonly since: number;
}

export interface PrefetchOptions {
  /** The address of a position, by which requests are known. */
  readonly addressOf: (position: Position) => string;
  readonly request: (position: Position, signal: AbortSignal) => Promise<Json>;
  readonly signal: AbortSignal | undefined;
}

export function createPrefetch({ addressOf, request, signal }: PrefetchOptions): Prefetch {
  const inFlight = new Map<string, InFlight>();
  let expectations = 0;

  const keyOf = (position: Position): string => sameness(addressOf(position));
  const begin = (position: Position): InFlight => {
    const controller = new AbortController();
    const answer = request(position, controller.signal);
    answer.catch(() => {}); // `take` throws the error; a request that is never taken may fail unseen
    const begun = { answer, controller, since: expectations };
    inFlight.set(keyOf(position), begun);
    return begun;
  };
  const abortWhere = (isUnwanted: (key: string, each: InFlight) => boolean): void => {
    for (const [key, each] of inFlight) {
      if (!isUnwanted(key, each)) continue;
      each.controller.abort(signal?.reason);
      inFlight.delete(key);
    }
  };
  const abortAll = () => abortWhere(() => true);
  signal?.addEventListener('abort', abortAll, { once: true });
  const peek = (position: Position): Promise<Json> => {
    signal?.throwIfAborted();
    return (inFlight.get(keyOf(position)) ?? begin(position)).answer;
  };

  return {
    async peek(position) {
      return await peek(position);
    },
    async take(position) {
      try {
        return await peek(position);
      } finally {
        inFlight.delete(keyOf(position));
      }
    },
    expect(positions) {
      const expected = new Set(positions.map(keyOf));
      abortWhere((key) => !expected.has(key));
      expectations += 1;
      for (const position of positions) if (!inFlight.has(keyOf(position))) begin(position);
    },
    dropEarlier() {
      abortWhere((_key, { since }) => since < expectations);
    },
    close() {
      signal?.removeEventListener('abort', abortAll);
      abortAll();
    },
  };
}
