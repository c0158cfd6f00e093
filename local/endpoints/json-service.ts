import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { guard } from './guard.ts';

/** An action's parameters: the object in the request's body. */
export type Parameters = Readonly<Record<string, unknown>>;

/** Performs an action of a service's API and returns the body of the answer. */
type AnswerAction = (action: string, parameters: Parameters) => object | Promise<object>;

/** An error that the client receives. Has the type of the AWS service's own error, and a message without values. */
export class ServiceError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

export interface Endpoint {
  /** Address on loopback, without a path. */
  readonly url: string;
  /** Stops the endpoint at once. */
  close(): Promise<void>;
}

/**
 * Starts a service with AWS's JSON protocol 1.1 on a free port of 127.0.0.1.
 *
 * @param service - The part of `x-amz-target` before the action's name.
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export async function startJsonService(service: string, answerAction: AnswerAction): Promise<Endpoint> {
  return await startEndpoint(async (request) => {
    // For example `secretsmanager.GetSecretValue`.
    const [named, action = ''] = String(request.headers['x-amz-target']).split('.');
    return await answerAction(named === service ? action : '', await readParameters(request));
  });
}

/**
 * Starts an HTTP server on a free port of 127.0.0.1 that answers requests of this process with JSON, as AWS's services do.
 *
 * @param answer - Returns the body of the answer.
 */
export async function startEndpoint(
  answer: (request: IncomingMessage) => Promise<object>,
): Promise<Endpoint> {
  const server = createServer((request, response) => void respond(answer, request, response));
  guard(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}

/** @throws {ServiceError} If the body is not a JSON object. */
export async function readParameters(request: IncomingMessage): Promise<Parameters> {
  const body: unknown = await json(request).catch(() => undefined);
  if (typeof body !== 'object' || body === null) {
    throw new ServiceError('SerializationException', 'The request body is not a JSON object.');
  }
  return body as Parameters;
}

async function respond(
  answer: (request: IncomingMessage) => Promise<object>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    send(response, 200, await answer(request));
  } catch (error) {
    const { type, message } =
      error instanceof ServiceError
        ? error
        : // Without the cause, because its text might quote a secret.
          { type: 'InternalServiceError', message: 'The request could not be handled.' };
    const status = error instanceof ServiceError ? 400 : 500;
    send(response, status, { __type: type, Message: message }, { 'x-amzn-errortype': type });
  }
}

function send(response: ServerResponse, status: number, body: object, headers: object = {}): void {
  response
    .writeHead(status, { 'content-type': 'application/x-amz-json-1.1', ...headers })
    .end(JSON.stringify(body));
}
