import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { CommandError } from '../../operator/command-error.ts';
import { say } from '../terminal/output-lines.ts';
import { type CallbackOutcome, callbackHeaders, callbackPage } from './callback-page.ts';

/** The one request that is waited for, its answer still owed. */
export interface CallbackRequest {
  readonly url: URL;
  answer(outcome: CallbackOutcome): void;
}

export interface CallbackServer {
  /** Resolves once; everything else that arrives is turned away. */
  readonly request: Promise<CallbackRequest>;
  /** Answers that the login failed, where an answer is still owed, and ends. May be called again. */
  close(): Promise<void>;
}

/**
 * Waits for the user at a redirect url on this machine.
 *
 * @throws {CommandError} `USAGE`: its port cannot be listened to.
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
      `port ${port} ${reason}, where the browser is to come back to; free it, or choose another registered address with --redirect-url`,
      { cause: error },
    );
  });
}

/**
 * Turns away what is not a browser being sent here: a page of another origin that tries its luck, or another path.
 *
 * @returns The address of a callback, right or wrong; otherwise a status.
 */
function readRequest({ method, url = '/', headers }: IncomingMessage, redirectUrl: URL): URL | number {
  const isNavigation =
    (headers['sec-fetch-mode'] ?? 'navigate') === 'navigate' &&
    (headers['sec-fetch-dest'] ?? 'document') === 'document' &&
    headers.origin === undefined;
  if (headers.host !== redirectUrl.host || !isNavigation) {
    say('a request from another origin was turned away');
    return 403;
  }
  // Not relative to the redirect url: `//[` is a path here, and no address.
  const address = URL.parse(redirectUrl.origin + url);
  if (address?.origin !== redirectUrl.origin || address.pathname !== redirectUrl.pathname) return 404;
  return method === 'GET' ? address : 405;
}

/** Resolves when the browser has the page, or is gone. */
async function send(response: ServerResponse, outcome: CallbackOutcome): Promise<void> {
  await new Promise<void>((resolve) => {
    response.once('close', resolve);
    response.writeHead(outcome === 'done' ? 200 : 400, callbackHeaders()).end(callbackPage(outcome));
  });
}
