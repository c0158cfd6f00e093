import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { EMBEDDED_CREDENTIALS } from './guard.ts';

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
 * messages visible again that were received and not deleted. Redriving messages from dead-letter queues is missing.
 *
 * The first connection starts the thread that answers, because most commands do not use a queue.
 *
 * @param path - Folder of the database, which no other process may have open; in memory if undefined.
 */
export async function startEmbeddedSqs(path?: string): Promise<EmbeddedSqs> {
  const clients = new Set<Socket>();
  let worker: Promise<SqsWorker> | undefined;
  const server = createServer({ noDelay: true }, async (client) => {
    clients.add(client);
    client.once('close', () => clients.delete(client)).on('error', () => {});
    try {
      worker ??= startWorker(url, path);
      relay(client, (await worker).port);
    } catch {
      client.destroy();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  async function close(): Promise<void> {
    server.close();
    for (const client of clients) client.destroy();
    const started = await worker?.catch(() => undefined);
    await started?.close();
  }
  let closed: Promise<void> | undefined;
  return { url, close: () => (closed ??= close()) };
}

interface SqsWorker {
  /** The port on loopback where the thread listens. */
  readonly port: number;
  close(): Promise<void>;
}

/** @param origin - Address with which the queues' URLs begin. */
async function startWorker(origin: string, path: string | undefined): Promise<SqsWorker> {
  const worker = new Worker(new URL('./sqs-worker.ts', import.meta.url), {
    workerData: { origin, path, accessKeyId: EMBEDDED_CREDENTIALS.accessKeyId },
    // The worker inherits neither the flags of a test runner nor variables that fauxqs would read.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: {},
  });
  const [port] = (await once(worker, 'message')) as [number];
  return {
    port,
    async close() {
      const exited = new Promise((resolve) => worker.once('exit', resolve));
      worker.postMessage('close');
      await exited;
    },
  };
}

/** Connects a client to a port on loopback until one of the two sides closes. */
function relay(client: Socket, port: number): void {
  const answering = connect({ port, host: '127.0.0.1', noDelay: true });
  answering.on('error', () => {}).once('close', () => client.destroy());
  client.once('close', () => answering.destroy());
  if (client.destroyed) answering.destroy();
  client.pipe(answering).pipe(client);
}
