import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { EMBEDDED_CREDENTIALS } from './guard.ts';

/** How long requests in flight may take to finish when the endpoint closes, in milliseconds. */
const LONGEST_CLOSE_MS = 2_000;

interface EmbeddedDynamoDb {
  /** Address on loopback, without a path. */
  readonly url: string;
  /** Stops the endpoint after the requests in flight, at most two seconds later. Does not wait for idle connections. A second call is a no-op. */
  close(): Promise<void>;
}

/**
 * Starts a DynamoDB endpoint in this process, on a free port of 127.0.0.1.
 *
 * It lacks transactions, streams, the TTL API and PartiQL, and never throttles.
 *
 * @param path - Folder of the database, which no other process may have open; in memory if undefined.
 * @param onFailure - Called with the error that ended the endpoint, for example because the disk is full. @default - Throws it, which ends the process.
 */
export async function startEmbeddedDynamoDb(
  path?: string,
  onFailure: (error: unknown) => void = (error) => {
    throw error;
  },
): Promise<EmbeddedDynamoDb> {
  const worker = new Worker(new URL('./dynamodb-worker.ts', import.meta.url), {
    workerData: { path, accessKeyId: EMBEDDED_CREDENTIALS.accessKeyId },
    // The worker inherits neither the flags of a test runner nor variables that dynalite would read.
    execArgv: [],
    env: {},
  });
  const exited = new Promise((resolve) => worker.once('exit', resolve));
  const [port] = (await once(worker, 'message')) as [number];
  worker.on('error', onFailure);
  async function close(): Promise<void> {
    // A write of a disconnected client may find the database closed, and dynalite ends the thread with that error.
    worker.off('error', onFailure).on('error', () => {});
    worker.postMessage('close');
    const deadline = setTimeout(() => worker.terminate(), LONGEST_CLOSE_MS);
    await exited;
    clearTimeout(deadline);
  }
  let closed: Promise<void> | undefined;
  return { url: `http://127.0.0.1:${port}`, close: () => (closed ??= close()) };
}
