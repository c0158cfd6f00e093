/**
 * SQS on loopback, in a worker thread: reports its port to the parent and ends when it is told anything.
 *
 * A thread of its own, so that loading fauxqs holds up nobody; it is loaded by the first request, for most commands
 * have no use for a queue.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import type { openFauxqs } from './open-fauxqs.ts';

const { path } = workerData as { readonly path?: string };

let opened: ReturnType<typeof openFauxqs> | undefined;
const server = createServer((request, response) => void answer(request, response));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  // fauxqs speaks other protocols too, some of which any web page could use.
  if (request.headers['content-type'] !== 'application/x-amz-json-1.0') {
    response.writeHead(404).end();
    return;
  }
  const { port } = server.address() as AddressInfo;
  try {
    opened ??= import('./open-fauxqs.ts').then((module) =>
      module.openFauxqs(`http://127.0.0.1:${port}`, path),
    );
    (await opened).answer(request, response);
  } catch {
    response.writeHead(500).end();
  }
}

server.listen(0, '127.0.0.1', () => {
  parentPort?.postMessage((server.address() as AddressInfo).port);
});

parentPort?.once('message', async () => {
  server.close();
  server.closeAllConnections();
  const queues = await opened?.catch(() => undefined);
  queues?.close();
  // Ends this thread only, also with long polls under way.
  process.exit();
});
