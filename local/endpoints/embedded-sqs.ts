import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface EmbeddedSqs {
  /** Address on loopback, without a path. */
  readonly url: string;
  /** Stops the endpoint at once and cuts off long polls. A second call is a no-op. */
  close(): Promise<void>;
}

/**
 * Starts an SQS endpoint in this process, on a free port of 127.0.0.1.
 *
 * FIFO queues deliver as in AWS. The endpoint does not store deduplication ids. A later start on the same folder makes
 * messages visible again that were received and not deleted. Access control and redriving messages from dead-letter queues
 * are missing.
 *
 * @param path - Folder of the database, which no other process may have open; in memory if undefined.
 */
export async function startEmbeddedSqs(path?: string): Promise<EmbeddedSqs> {
  const worker = new Worker(new URL('./sqs-worker.ts', import.meta.url), {
    workerData: { path },
    // The worker inherits neither the flags of a test runner nor variables that fauxqs would read.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: {},
  });
  const [port] = (await once(worker, 'message')) as [number];
  async function close(): Promise<void> {
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage('close');
    await exited;
  }
  let closed: Promise<void> | undefined;
  return { url: `http://127.0.0.1:${port}`, close: () => (closed ??= close()) };
}
