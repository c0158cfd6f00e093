/**
 * DynamoDB on loopback, in a worker thread: reports its port to the parent and ends when it is told anything.
 *
 * A thread of its own, because dynalite builds items by plain assignment, which loses an attribute named
 * `__proto__`. Without the accessor that does it, `__proto__` is a name like any other; only this thread's
 * objects are without it.
 */
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

Reflect.deleteProperty(Object.prototype, '__proto__');
// Loaded after that line, so that no module of dynalite's can have kept the accessor.
const { default: dynalite } = await import('dynalite');

const { path } = workerData as { readonly path?: string };
const server = dynalite({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });

// To a request with an origin dynalite answers that any web page may read the tables.
server.prependListener('request', (request) => {
  delete request.headers.origin;
});
// dynalite throws when a client goes away in the middle of a request, which would end the thread.
server.on('request', (request) => {
  request.removeAllListeners('error').on('error', () => {});
});

server.listen(0, '127.0.0.1', () => {
  parentPort?.postMessage((server.address() as AddressInfo).port);
});

parentPort?.once('message', () => {
  // Waits for requests under way and for their writes, but not for clients that only keep a connection.
  server.close(() => parentPort?.close());
});
