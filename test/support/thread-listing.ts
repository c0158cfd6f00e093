import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Pages in the listing. */
export const LAST_PAGE = 20;

/** A listing that is served by another thread, so that requests arrive while this thread is blocked. */
export interface ThreadListing extends AsyncDisposable {
  readonly origin: string;
  /**
   * Blocks this thread until the request for a page has arrived.
   *
   * @returns False if it has not arrived for a long time.
   */
  hasArrived(page: number): boolean;
}

/** Longer than any request takes. */
const LONG_MS = 5_000;

/** Starts a listing of {@link LAST_PAGE} pages of one object each, whose `id` is the page's number. */
export async function startThreadListing(linkStyle: 'hal' | 'plain'): Promise<ThreadListing> {
  const arrivals = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('./thread-listing-worker.ts', import.meta.url), {
    workerData: { arrivals, last: LAST_PAGE, linkStyle },
  });
  const [origin] = (await once(worker, 'message')) as [string];
  return {
    origin,
    hasArrived(page) {
      for (;;) {
        const arrived = Atomics.load(arrivals, 0);
        if ((arrived & (1 << page)) !== 0) return true;
        if (Atomics.wait(arrivals, 0, arrived, LONG_MS) === 'timed-out') return false;
      }
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
