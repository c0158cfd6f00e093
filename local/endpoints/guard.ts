import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { isLoopbackHost } from '../loopback-host.ts';

/**
 * The credentials with which this process reaches its embedded endpoints. The access key is random, because every user of
 * the machine can connect to a port on loopback. Endpoints do not check signatures, because the key itself is the secret: it
 * never leaves the machine.
 */
export const EMBEDDED_CREDENTIALS = {
  accessKeyId: `EMBEDDED${randomBytes(20).toString('hex').toUpperCase()}`,
  secretAccessKey: 'embedded',
};

/** The error of AWS that a refused client receives. */
interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

/**
 * Answers requests that name another host, or that are not signed with the access key, in place of the server's listeners.
 * Call it after the server's own listeners are added.
 */
export function guard(server: Server, accessKeyId = EMBEDDED_CREDENTIALS.accessKeyId): void {
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const refusal = refusalOf(request.headers, accessKeyId);
    if (refusal !== undefined) return refuse(response, refusal);
    for (const listener of listeners) listener.call(server, request, response);
  });
}

function refusalOf({ host, authorization }: IncomingHttpHeaders, accessKeyId: string): Refusal | undefined {
  if (!isLoopbackHost(host)) {
    return { status: 421, type: 'AccessDeniedException', message: 'The Host header names another machine.' };
  }
  if (authorization === undefined) {
    return {
      status: 400,
      type: 'MissingAuthenticationTokenException',
      message: 'Request is missing Authentication Token',
    };
  }
  const [, named = ''] = /\bCredential=([^/,\s]*)\//.exec(authorization) ?? [];
  if (isSame(named, accessKeyId)) return undefined;
  return {
    status: 403,
    type: 'UnrecognizedClientException',
    message: 'The security token included in the request is invalid.',
  };
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refuse(response: ServerResponse, { status, type, message }: Refusal): void {
  response
    .writeHead(status, {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-errortype': type,
      connection: 'close',
    })
    .end(JSON.stringify({ __type: type, message }));
}
