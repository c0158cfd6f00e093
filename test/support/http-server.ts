import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it reached the server. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** When it was complete, in milliseconds since the epoch. */
  readonly atMs: number;
}

/** Answers a request; what it throws becomes a 500. */
export type Handler = (request: ReceivedRequest, response: ServerResponse) => void | Promise<void>;

/** An HTTP server on loopback, until it is disposed of. */
export interface HttpServer extends AsyncDisposable {
  /** Its origin, e.g. `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** All requests so far, in order. */
  readonly requests: readonly ReceivedRequest[];
  /** Path and query of all requests so far, in order. */
  readonly paths: readonly string[];
  /** Requests whose connection the client closed before they were answered. */
  readonly abandoned: number;
  /** Connections so far. */
  readonly connections: number;
}

export async function startHttpServer(handler: Handler): Promise<HttpServer> {
  const requests: ReceivedRequest[] = [];
  let abandoned = 0;
  let connections = 0;
  const server = createServer(async (message, response) => {
    response.on('close', () => {
      if (!response.writableFinished) abandoned += 1;
    });
    const request = await receive(message);
    requests.push(request);
    try {
      await handler(request, response);
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    get paths() {
      return requests.map(({ path }) => path);
    },
    get abandoned() {
      return abandoned;
    },
    get connections() {
      return connections;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function receive(message: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  const { method = '', url = '', headers } = message;
  return { method, path: url, headers, body: Buffer.concat(chunks).toString(), atMs: Date.now() };
}

/** Answers with JSON, by default with status 200. */
export function answerJson(response: ServerResponse, value: unknown, status = 200, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

/** A port of 127.0.0.1 that nobody listened to a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
