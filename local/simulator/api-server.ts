import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isLoopbackHost } from '../loopback-host.ts';
import { answerControl, CONTROL_ROOT } from './answer-control.ts';
import { answerRequest } from './answer-request.ts';
import { encodeReply, errorReply, sendReply } from './api-reply.ts';
import type { Control, Controlled } from './control.ts';

/** The state behind the server, and its control. */
export interface SimulatedEnvironment extends Controlled {
  readonly control: Control;
}

/** Creates the HTTP server with the API and the control interface. The caller starts it with `listen`. */
export function createApiServer(environment: SimulatedEnvironment): Server {
  return createServer((request, response) => {
    respond(environment, request, response).catch((error: unknown) => {
      // An unexpected error, or a request that was cut off.
      if (!response.headersSent) {
        sendReply(response, encodeReply(errorReply(500, String(error)), environment.world.model.switches));
      }
    });
  });
}

async function respond(
  environment: SimulatedEnvironment,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { switches } = environment.world.model;
  const refuse = (status: number, text: string): void => {
    sendReply(response, encodeReply(errorReply(status, text), switches));
  };
  if (!isLoopbackHost(request.headers.host)) return refuse(421, 'Host is not a loopback address');
  const { method = 'GET', url = '' } = request;
  if (!url.startsWith('/')) return refuse(400, 'The request target is not a path');
  const body = await readBody(request);
  if (body === undefined) return refuse(413, 'The body is larger than 16 MB');
  const [path = ''] = url.split('?');
  if (path.startsWith(CONTROL_ROOT)) {
    sendReply(response, encodeReply(answerControl(environment.control, request, path, body), switches));
    return;
  }
  const { headers } = request;
  const { reply, send = sendReply } = await answerRequest(environment, {
    method,
    target: url,
    headers,
    body,
  });
  if (!response.destroyed) send(response, reply);
}

/** Far above any write. Every user of the machine, and every web page, can send a body. */
const LARGEST_BODY_BYTES = 16 * 1024 * 1024;

/** @returns Undefined for a body of more than {@link LARGEST_BODY_BYTES}. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += (chunk as Buffer).length;
    if (bytes > LARGEST_BODY_BYTES) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
