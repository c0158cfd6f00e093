import type { ServerResponse } from 'node:http';
import type { Switches } from './switches.ts';

/** An answer before encoding. Has `json`, `bytes`, or no body. */
export interface ApiReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly bytes?: Buffer;
}

/** An answer with its encoded body. */
export interface EncodedReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export function jsonReply(json: unknown, status = 200): ApiReply {
  return { status, headers: { 'content-type': 'application/json' }, json };
}

/** Returns an answer with the only error body that the vendor documents. */
export function errorReply(status: number, ...errors: string[]): ApiReply {
  return jsonReply({ errors }, status);
}

export function textReply(text: string, contentType: string, status = 200): ApiReply {
  return { status, headers: { 'content-type': contentType }, bytes: Buffer.from(text) };
}

export function emptyReply(status: number, headers: Readonly<Record<string, string>> = {}): ApiReply {
  return { status, headers };
}

/** Encodes the body. JSON is as PHP writes it, with escaped slashes and by default escaped non-ASCII characters. */
export function encodeReply(reply: ApiReply, switches: Switches): EncodedReply {
  const body = reply.bytes ?? Buffer.from(reply.json === undefined ? '' : phpJson(reply.json, switches));
  const headers =
    reply.status === 204 ? reply.headers : { ...reply.headers, 'content-length': String(body.length) };
  return { status: reply.status, headers, body };
}

export function sendReply(response: ServerResponse, { status, headers, body }: EncodedReply): void {
  response.writeHead(status, headers).end(body);
}

function phpJson(json: unknown, { unicode }: Switches): string {
  const text = JSON.stringify(json).replaceAll('/', '\\/');
  return unicode === 'plain'
    ? text
    : text.replace(/[^\0-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
