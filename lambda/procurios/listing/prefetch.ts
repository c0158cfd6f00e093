import type { Json } from '../../core/json.ts';
import { type ByteBudget, weightOfPage } from '../../core/pull/byte-budget.ts';
import type { Position } from '../../core/pull/page.ts';
import type { JsonRequest } from '../http/client.ts';
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
  /**
   * Sets the positions in flight: begins the missing requests, as far as memory allows, and aborts all others.
   *
   * Resolves once those that it began have left, because they would not leave while the caller keeps the event loop busy. A
   * request that waits for a token, the rate limiter or a retry is not waited for.
   */
  expect(positions: readonly Position[]): Promise<void>;
  /** Aborts the requests that were begun before the last {@link expect}. */
  dropEarlier(): void;
  /** Aborts all requests in flight. */
  close(): void;
}

interface InFlight {
  readonly answer: Promise<Json>;
  /** Resolves once the request has left, waits for something else than its connection, or has ended. */
  readonly left: Promise<void>;
  readonly controller: AbortController;
  /** How often `expect` had been called when the request was begun. */
  readonly since: number;
  /** The size of the answer; before it came, that of the largest one so far. */
  bytes: number;
}

type RequestOptions = Required<Pick<JsonRequest, 'signal' | 'onMeasured' | 'onLeft'>>;

export interface PrefetchOptions {
  /** The address of a position, by which requests are known. */
  readonly addressOf: (position: Position) => string;
  readonly request: (position: Position, options: RequestOptions) => Promise<Json>;
  readonly signal: AbortSignal | undefined;
  readonly budget: ByteBudget;
}

export function createPrefetch({ addressOf, request, signal, budget }: PrefetchOptions): Prefetch {
  const inFlight = createInFlight(budget);
  let expectations = 0;
  /** The size of the page that was taken last. It counts until the next one is taken. */
  let takenBytes = 0;

  /** The keys of the addresses that were expected last, because parsing an address takes long. */
  let keys: ReadonlyMap<string, string> = new Map();
  const keyOf = (position: Position): string => {
    const address = addressOf(position);
    return keys.get(address) ?? sameness(address);
  };
  const begin = (key: string, position: Position): InFlight =>
    inFlight.begin(key, expectations, (options) => request(position, options));
  const abortWhere = (isUnwanted: (key: string, each: InFlight) => boolean): void =>
    inFlight.abortWhere(isUnwanted, signal?.reason);
  const abortAll = () => abortWhere(() => true);
  signal?.addEventListener('abort', abortAll, { once: true });
  const answerAt = async (key: string, position: Position): Promise<Json> => {
    signal?.throwIfAborted();
    return (inFlight.get(key) ?? begin(key, position)).answer;
  };

  return {
    peek: (position) => answerAt(keyOf(position), position),
    async take(position) {
      const key = keyOf(position);
      try {
        return await answerAt(key, position);
      } finally {
        budget.free(takenBytes);
        takenBytes = inFlight.remove(key);
        budget.take(takenBytes);
      }
    },
    isEarlier(position) {
      return (inFlight.get(keyOf(position))?.since ?? expectations) < expectations;
    },
    async expect(positions) {
      keys = new Map(positions.map((position) => [addressOf(position), keyOf(position)]));
      const expected = new Map(positions.map((position) => [keyOf(position), position]));
      abortWhere((key) => !expected.has(key));
      expectations += 1;
      const leaving: Promise<void>[] = [];
      for (const [key, position] of expected) {
        if (inFlight.get(key) !== undefined) continue;
        // In order, so that only pages behind the next one are left for later.
        if (!budget.fits(budget.pageBytes)) break;
        leaving.push(begin(key, position).left);
      }
      await Promise.all(leaving);
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

/** The requests in flight by key, as far as they count in the budget. */
function createInFlight(budget: ByteBudget) {
  const requests = new Map<string, InFlight>();
  /** @returns The bytes that no longer count. */
  const remove = (key: string): number => {
    const bytes = requests.get(key)?.bytes ?? 0;
    requests.delete(key);
    budget.free(bytes);
    return bytes;
  };
  /** Counts an answer with its own size. One that was aborted or taken no longer counts here. */
  const resize = (key: string, request: InFlight, bytes: number): void => {
    budget.notePage(bytes);
    if (requests.get(key) !== request) return;
    budget.take(bytes - request.bytes);
    request.bytes = bytes;
  };
  return {
    get: (key: string): InFlight | undefined => requests.get(key),
    begin(key: string, since: number, send: (options: RequestOptions) => Promise<Json>): InFlight {
      const controller = new AbortController();
      const { promise: left, resolve: onLeft } = Promise.withResolvers<void>();
      const answer = send({
        signal: controller.signal,
        onMeasured: (length, values) => resize(key, begun, weightOfPage(length, values)),
        onLeft,
      });
      // `take` throws the error; a request that is never taken may fail unseen.
      answer.catch(() => {}).finally(onLeft);
      const begun: InFlight = { answer, left, controller, since, bytes: budget.pageBytes };
      requests.set(key, begun);
      budget.take(begun.bytes);
      return begun;
    },
    abortWhere(isUnwanted: (key: string, each: InFlight) => boolean, reason: unknown): void {
      for (const [key, each] of requests) {
        if (!isUnwanted(key, each)) continue;
        each.controller.abort(reason);
        remove(key);
      }
    },
    remove,
  };
}
