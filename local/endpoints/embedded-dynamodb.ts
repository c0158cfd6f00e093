import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** What requests under way get to finish when the endpoint closes, in milliseconds. */
const LONGEST_CLOSE_MS = 2_000;

interface EmbeddedDynamoDb {
  /** Address on loopback, without a path. */
  readonly url: string;
  /** Ends it, at most two seconds later; idle connections are not waited for. */
  close(): Promise<void>;
}

/**
 * Starts a DynamoDB endpoint in this process, on a free port of 127.0.0.1.
 *
 * It lacks transactions, streams, the TTL API and PartiQL, and never throttles.
 *
 * @param path - Folder of the database, which nobody else may have open; absent: in memory.
 */
export async function startEmbeddedDynamoDb(path?: string): Promise<EmbeddedDynamoDb> {
  const worker = new Worker(new URL('./dynamodb-worker.ts', import.meta.url), {
    workerData: { path },
    // Nothing of the parent's: no flags of a test runner, no variables that dynalite would read.
    execArgv: [],
    env: {},
  });
  const [port] = (await once(worker, 'message')) as [number];
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      const exited = new Promise((resolve) => worker.once('exit', resolve));
      // A write whose client has gone away may find the database closed; dynalite ends the thread with that error.
      worker.on('error', () => {});
      worker.postMessage('close');
      const deadline = setTimeout(() => worker.terminate(), LONGEST_CLOSE_MS);
      await exited;
      clearTimeout(deadline);
    },
  };
}
