import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface EmbeddedSqs {
  /** Address on loopback, without a path. */
  readonly url: string;
  /** Ends it at once, long polls included. May be called again. */
  close(): Promise<void>;
}

/**
 * Starts an SQS endpoint in this process, on a free port of 127.0.0.1.
 *
 * FIFO queues deliver as AWS' do. Deduplication ids are forgotten when it ends, and a next start on the same folder
 * makes visible again what was received and not deleted. It lacks access control and the move of messages out of
 * dead-letter queues.
 *
 * @param path - Folder of the database, which nobody else may have open; absent: in memory.
 */
export async function startEmbeddedSqs(path?: string): Promise<EmbeddedSqs> {
  const worker = new Worker(new URL('./sqs-worker.ts', import.meta.url), {
    workerData: { path },
    // Nothing of the parent's: no flags of a test runner, no variables that fauxqs would read.
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
