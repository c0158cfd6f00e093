import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { type EmbeddedSecrets, SecretStore } from './secret-store.ts';
import { answerSecretsAction, SecretsError } from './secrets-actions.ts';

export type { EmbeddedSecrets };

export interface EmbeddedSecretsManager {
  /** Address on loopback, without a path. */
  readonly url: string;
  readonly secrets: EmbeddedSecrets;
  /** Ends it at once. */
  close(): Promise<void>;
}

/**
 * Starts a Secrets Manager endpoint on a free port of 127.0.0.1, speaking AWS' JSON protocol. Values are kept
 * in memory only.
 */
export async function startEmbeddedSecretsManager(): Promise<EmbeddedSecretsManager> {
  const secrets = new SecretStore();
  const server = createServer((request, response) => void answer(secrets, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets,
    async close() {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}

async function answer(secrets: SecretStore, request: IncomingMessage, response: ServerResponse) {
  try {
    send(response, 200, answerSecretsAction(secrets, actionOf(request), await parameters(request)));
  } catch (error) {
    if (error instanceof SecretsError) {
      send(response, 400, { __type: error.type, Message: error.message });
    } else {
      // Says nothing about the cause, whose text might quote a secret.
      send(response, 500, { __type: 'InternalServiceError', Message: 'The request could not be handled.' });
    }
  }
}

/** Reads the action from `x-amz-target: secretsmanager.GetSecretValue`. */
function actionOf(request: IncomingMessage): string {
  if (request.headers.authorization === undefined) {
    throw new SecretsError('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
  }
  return /^secretsmanager\.(\w+)$/.exec(String(request.headers['x-amz-target']))?.[1] ?? '';
}

async function parameters(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const body: unknown = await json(request).catch(() => undefined);
  if (typeof body !== 'object' || body === null) {
    throw new SecretsError('SerializationException', 'The request body is not a JSON object.');
  }
  return body as Readonly<Record<string, unknown>>;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}
