/**
 * Worker thread with a DynamoDB endpoint on loopback. Sends its port to the parent; any message from the parent ends it.
 *
 * dynalite builds items by plain assignment, which loses an attribute named `__proto__`. Therefore this thread removes the
 * `__proto__` accessor of `Object.prototype`. A separate thread keeps that change away from the rest of the process.
 */
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { guard } from './guard.ts';

Reflect.deleteProperty(Object.prototype, '__proto__');
// Imported only now, so that no module of dynalite can have kept the accessor.
const { default: dynalite } = await import('dynalite');

const { path, accessKeyId } = workerData as { readonly path?: string; readonly accessKeyId: string };
const server = dynalite({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
guard(server, accessKeyId);

// dynalite's CORS headers let every web page read the tables. It sends them only for requests with an Origin header.
server.prependListener('request', (request) => {
  delete request.headers.origin;
});
// dynalite throws when a client disconnects in the middle of a request, which would end the thread.
server.on('request', (request) => {
  request.removeAllListeners('error').on('error', () => {});
});

server.listen(0, '127.0.0.1', () => {
  parentPort?.postMessage((server.address() as AddressInfo).port);
});

parentPort?.once('message', () => {
  // Waits for requests in flight and their writes, but not for idle connections.
  server.close(() => parentPort?.close());
});
