import type { Json } from '../../core/json.ts';
import { type ByteBudget, weightOfPage } from '../../core/pull/byte-budget.ts';
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
  /** Whether the request at a position was begun before the last {@link expect}, so before the page before it came. */
  isEarlier(position: Position): boolean;
  /** Sets the positions in flight: begins the missing requests, as far as memory allows, and aborts all others. */
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
  /** The size of the answer; before it came, that of the largest one so far. */
  bytes: number;
}

export interface PrefetchOptions {
  /** The address of a position, by which requests are known. */
  readonly addressOf: (position: Position) => string;
  readonly request: (
    position: Position,
    signal: AbortSignal,
    onMeasured: (length: number, values: number) => void,
  ) => Promise<Json>;
  readonly signal: AbortSignal | undefined;
  readonly budget: ByteBudget;
}

export function createPrefetch({ addressOf, request, signal, budget }: PrefetchOptions): Prefetch {
  const inFlight = createInFlight(budget);
  let expectations = 0;
  /** The size of the page that was taken last. It counts until the next one is taken. */
  let takenBytes = 0;

  const keyOf = (position: Position): string => sameness(addressOf(position));
  const begin = (position: Position): InFlight => {
    const controller = new AbortController();
    const key = keyOf(position);
    const answer = request(position, controller.signal, (length, values) =>
      inFlight.resize(key, begun, weightOfPage(length, values)),
    );
    answer.catch(() => {}); // `take` throws the error; a request that is never taken may fail unseen
    const begun: InFlight = { answer, controller, since: expectations, bytes: budget.pageBytes };
    inFlight.add(key, begun);
    return begun;
  };
  const abortWhere = (isUnwanted: (key: string, each: InFlight) => boolean): void => {
    for (const [key, each] of inFlight.requests) {
      if (!isUnwanted(key, each)) continue;
      each.controller.abort(signal?.reason);
      inFlight.remove(key);
    }
  };
  const abortAll = () => abortWhere(() => true);
  signal?.addEventListener('abort', abortAll, { once: true });
  const peek = (position: Position): Promise<Json> => {
    signal?.throwIfAborted();
    return (inFlight.requests.get(keyOf(position)) ?? begin(position)).answer;
  };

  return {
    async peek(position) {
      return await peek(position);
    },
    async take(position) {
      try {
        return await peek(position);
      } finally {
        budget.free(takenBytes);
        takenBytes = inFlight.remove(keyOf(position));
        budget.take(takenBytes);
      }
    },
    isEarlier(position) {
      return (inFlight.requests.get(keyOf(position))?.since ?? expectations) < expectations;
    },
    expect(positions) {
      const expected = new Set(positions.map(keyOf));
      abortWhere((key) => !expected.has(key));
      expectations += 1;
      for (const position of positions) {
        if (inFlight.requests.has(keyOf(position))) continue;
        // In order, so that only pages behind the next one are left for later.
        if (!budget.fits(budget.pageBytes)) return;
        begin(position);
      }
    },
    dropEarlier() {
      abortWhere((_key, { since }) => since < expectations);
    },
    close() {
      signal?.removeEventListener('abort', abortAll);
      abortAll();
      budget.free(takenBytes);
      takenBytes = 0;
    },
  };
}

/** The requests in flight, as far as they count in the budget. */
function createInFlight(budget: ByteBudget) {
  const requests = new Map<string, InFlight>();
  return {
    requests: requests as ReadonlyMap<string, InFlight>,
    add(key: string, request: InFlight): void {
      requests.set(key, request);
      budget.take(request.bytes);
    },
    /** Counts an answer with its own size. One that was aborted or taken no longer counts here. */
    resize(key: string, request: InFlight, bytes: number): void {
      budget.notePage(bytes);
      if (requests.get(key) !== request) return;
      budget.take(bytes - request.bytes);
      request.bytes = bytes;
    },
    /** @returns The bytes that no longer count. */
    remove(key: string): number {
      const bytes = requests.get(key)?.bytes ?? 0;
      requests.delete(key);
      budget.free(bytes);
      return bytes;
    },
  };
}
