import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { CommandError } from '../../operator/command-error.ts';
import { say } from '../terminal/output-lines.ts';
import { type CallbackOutcome, callbackHeaders, callbackPage } from './callback-page.ts';

/** The request with the callback. It stays open until it is answered. */
export interface CallbackRequest {
  readonly url: URL;
  answer(outcome: CallbackOutcome): void;
}

export interface CallbackServer {
  /** The first callback. Every other request is refused. */
  readonly request: Promise<CallbackRequest>;
  /** Answers an open request with the failure page, and stops listening. May be called again. */
  close(): Promise<void>;
}

/**
 * Listens for the browser at a redirect url on this machine.
 *
 * @throws {CommandError} `USAGE` if the port cannot be listened to.
 */
export async function listenForCallback(redirectUrl: URL): Promise<CallbackServer> {
  const { promise, resolve } = Promise.withResolvers<CallbackRequest>();
  let owed: ((outcome: CallbackOutcome) => Promise<void>) | undefined;
  let isTaken = false;
  const server = createServer((request, response) => {
    const callback = isTaken ? 404 : readRequest(request, redirectUrl);
    if (typeof callback === 'number') {
      response.writeHead(callback).end();
      return;
    }
    isTaken = true;
    owed = (outcome) => {
      owed = undefined;
      return send(response, outcome);
    };
    resolve({
      url: callback,
      answer: (outcome) => void owed?.(outcome),
    });
  });
  await listen(server, redirectUrl);
  return {
    request: promise,
    async close() {
      if (!server.listening) return;
      await owed?.('failed');
      await new Promise((closed) => {
        server.close(closed);
        server.closeAllConnections();
      });
    },
  };
}

async function listen(server: ReturnType<typeof createServer>, { hostname, port }: URL): Promise<void> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(Number(port), host, resolve);
  }).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${error.code})`;
    throw new CommandError(
      'USAGE',
      `port ${port} ${reason}, and the browser has to return to it; free it, or choose another registered address with --redirect-url`,
      { cause: error },
    );
  });
}

/**
 * Accepts only a browser that was redirected here. Refuses requests that a page of another origin makes, and other paths.
 *
 * @returns The address of the callback, valid or not, or the HTTP status of the refusal.
 */
function readRequest({ method, url = '/', headers }: IncomingMessage, redirectUrl: URL): URL | number {
  const isNavigation =
    (headers['sec-fetch-mode'] ?? 'navigate') === 'navigate' &&
    (headers['sec-fetch-dest'] ?? 'document') === 'document' &&
    headers.origin === undefined;
  if (headers.host !== redirectUrl.host || !isNavigation) {
    say('a request from another origin was refused');
    return 403;
  }
  // Not resolved against the redirect url, because `//[` would then be read as a host.
  const address = URL.parse(redirectUrl.origin + url);
  if (address?.origin !== redirectUrl.origin || address.pathname !== redirectUrl.pathname) return 404;
  return method === 'GET' ? address : 405;
}

/** Sends the page. Resolves when the browser has it, or has closed the connection. */
async function send(response: ServerResponse, outcome: CallbackOutcome): Promise<void> {
  await new Promise<void>((resolve) => {
    response.once('close', resolve);
    response.writeHead(outcome === 'done' ? 200 : 400, callbackHeaders()).end(callbackPage(outcome));
  });
}
