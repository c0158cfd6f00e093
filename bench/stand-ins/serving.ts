import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A stand-in's answer, and its latency. */
export interface Answer {
  readonly contentType: string;
  readonly body: string | Buffer;
  readonly latencyMs: number;
}

/**
 * Serves HTTP on a free port of 127.0.0.1, sends the address to the parent process, and exits with the parent.
 *
 * @param answerTo - Called after the whole request has arrived. The latency starts then.
 */
export function serve(answerTo: (request: IncomingMessage, body: Buffer) => Answer): void {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { contentType, body, latencyMs } = answerTo(request, Buffer.concat(chunks));
      const headers = { 'content-type': contentType, 'content-length': Buffer.byteLength(body) };
      const send = () => response.writeHead(200, headers).end(body);
      if (latencyMs === 0) send();
      else setTimeout(send, latencyMs);
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => {
    process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  process.on('disconnect', () => process.exit());
}
