/**
 * Worker thread with an SQS endpoint on loopback. Sends its port to the parent; any message from the parent ends it.
 *
 * A separate thread, so that loading fauxqs does not block the process.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { guard } from './guard.ts';
import type { openFauxqs } from './open-fauxqs.ts';

const { origin, path, accessKeyId } = workerData as {
  readonly origin: string;
  readonly path?: string;
  readonly accessKeyId: string;
};

let opened: ReturnType<typeof openFauxqs> | undefined;
const server = createServer((request, response) => void answer(request, response));
guard(server, accessKeyId);

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  // fauxqs also speaks the protocols of other services, so only SQS's JSON protocol is let through.
  if (request.headers['content-type'] !== 'application/x-amz-json-1.0') {
    response.writeHead(404).end();
    return;
  }
  try {
    opened ??= import('./open-fauxqs.ts').then((module) => module.openFauxqs(origin, path));
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
  // In a worker, this ends the thread only. It also ends open long polls.
  process.exit();
});
