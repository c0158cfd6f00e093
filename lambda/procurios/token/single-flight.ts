/**
 * Single-flight: concurrent callers wait for the same piece of work. A call after it has ended begins it anew.
 *
 * A caller whose signal aborts leaves, with the signal's reason. If the last caller leaves, the work is aborted.
 */
export function createSingleFlight<T>(
  work: (signal: AbortSignal) => Promise<T>,
): (signal: AbortSignal | undefined) => Promise<T> {
  interface Flight {
    readonly result: Promise<T>;
    readonly controller: AbortController;
    callers: number;
  }
  let current: Flight | undefined;

  const begin = () => {
    const controller = new AbortController();
    const result = work(controller.signal).finally(() => end(flight));
    const flight: Flight = { result, controller, callers: 0 };
    return flight;
  };
  const end = (ended: Flight) => {
    if (current === ended) current = undefined;
  };

  return async (signal) => {
    signal?.throwIfAborted();
    current ??= begin();
    const mine = current;
    mine.callers += 1;
    try {
      return await unlessAborted(mine.result, signal);
    } finally {
      mine.callers -= 1;
      if (mine.callers === 0) {
        end(mine);
        mine.controller.abort();
      }
    }
  };
}

function unlessAborted<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return result;
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
