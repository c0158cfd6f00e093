/**
 * The thread of {@link startThreadListing}. Pages are requested by `page`, or by the `id` that they come `after`.
 *
 * @module
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

/** A bit for each page whose request has arrived. */
const arrivals: Int32Array = workerData.arrivals;
const { last, linkStyle } = workerData;

const server = createServer(({ url = '' }, response) => {
  const { searchParams } = new URL(url, 'http://host');
  const page = Number(searchParams.get('page') ?? Number(searchParams.get('after')) + 1);
  Atomics.or(arrivals, 0, 1 << page);
  Atomics.notify(arrivals, 0);
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answerFor(page)));
});

function answerFor(page: number) {
  const link = (number: number) => (linkStyle === 'hal' ? { href: `?page=${number}` } : `?page=${number}`);
  const next = page < last ? { next: link(page + 1) } : {};
  return {
    _links: { self: link(page), last: link(last), ...next },
    things: page <= last ? [{ id: page }] : [],
  };
}

server.listen(0, '127.0.0.1', () =>
  parentPort?.postMessage(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
);
