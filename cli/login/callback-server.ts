import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { CommandError } from '../../operator/command-error.ts';
import { say } from '../terminal/output-lines.ts';
import { type CallbackOutcome, callbackHeaders, callbackPage } from './callback-page.ts';

/** The request with the callback. It stays open until it is answered. */
export interface CallbackRequest {
  readonly url: URL;
  answer(outcome: CallbackOutcome): void;
}

export interface CallbackServer {
  /** The first callback that belongs to the login. Every other request is refused. */
  readonly request: Promise<CallbackRequest>;
  /** Answers an open request with the failure page, and stops listening. May be called again. */
  close(): Promise<void>;
}

/**
 * Listens for the browser at a redirect url on this machine.
 *
 * @param refusalOf - Says why a visit does not belong to the login; undefined if it does.
 * @throws {CommandError} `USAGE` if the port cannot be listened to.
 */
export async function listenForCallback(
  redirectUrl: URL,
  refusalOf: (url: URL) => string | undefined,
): Promise<CallbackServer> {
  const { promise, resolve } = Promise.withResolvers<CallbackRequest>();
  let owed: ((outcome: CallbackOutcome) => Promise<void>) | undefined;
  let isTaken = false;
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const callback = isTaken ? 404 : readRequest(request, redirectUrl);
    if (typeof callback === 'number') {
      response.writeHead(callback).end();
      return;
    }
    const refusal = refusalOf(callback);
    if (refusal !== undefined) {
      say(`a visit was refused, and login goes on waiting: ${refusal}`);
      void send(response, 'foreign');
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
  };
  const servers = await listen(answer, redirectUrl);
  return {
    request: promise,
    async close() {
      await owed?.('failed');
      await Promise.all(servers.splice(0).map(end));
    },
  };
}

/** The addresses at which a browser may look for a host. Another program at one of them would get the code. */
function addressesOf({ hostname }: URL): string[] {
  return hostname === 'localhost' ? ['127.0.0.1', '::1'] : [hostname.replace(/^\[(.*)\]$/, '$1')];
}

async function listen(answer: RequestListener, redirectUrl: URL): Promise<Server[]> {
  const { port } = redirectUrl;
  const servers: Server[] = [];
  for (const address of addressesOf(redirectUrl)) {
    const server = createServer(answer).listen(Number(port), address);
    try {
      await once(server, 'listening');
      servers.push(server);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      // A machine without IPv6 has no such address, so no other program can listen there.
      if (address === '::1' && servers.length > 0 && NO_SUCH_ADDRESS.has(code)) continue;
      await Promise.all(servers.map(end));
      const reason = code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${code})`;
      throw new CommandError(
        'USAGE',
        `port ${port} ${reason}, and the browser has to return to it; free it, or choose another registered address with --redirect-url`,
        { cause: error },
      );
    }
  }
  return servers;
}

const NO_SUCH_ADDRESS: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

async function end(server: Server): Promise<void> {
  await new Promise((closed) => {
    server.close(closed);
    server.closeAllConnections();
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
