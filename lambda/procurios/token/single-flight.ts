/**
 * Lets any number of callers wait for the same piece of work; when nobody does, the next one begins it anew.
 *
 * A caller whose signal aborts leaves, with the signal's reason; when the last one leaves, the work is aborted.
 */
export function createSharedWork<T>(
  work: (signal: AbortSignal) => Promise<T>,
): (signal: AbortSignal | undefined) => Promise<T> {
  interface Running {
    readonly result: Promise<T>;
    readonly controller: AbortController;
    callers: number;
  }
  let running: Running | undefined;

  const begin = () => {
    const controller = new AbortController();
    const result = work(controller.signal).finally(() => end(begun));
    const begun: Running = { result, controller, callers: 0 };
    return begun;
  };
  const end = (ended: Running) => {
    if (running === ended) running = undefined;
  };

  return async (signal) => {
    signal?.throwIfAborted();
    running ??= begin();
    const mine = running;
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
