import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { WrittenReply } from '../reply.ts';
import type { Tokens } from '../tokens.ts';
import type { FaultHooks } from './hooks.ts';

/** Faults of the connection and of the token that comes over it. */
export const transportFaults = {
  latency({ ms }: { ms: number }) {
    return { before: () => setTimeout(ms, undefined, { ref: false }) };
  },

  /** Promises the whole body, sends a part and closes the connection. */
  cutBody({ keep = 0.5 }: { keep?: number }) {
    return {
      send: (response: ServerResponse, reply: WrittenReply) =>
        sendPart(response, reply, keep, () => response.socket?.destroy()),
    };
  },

  /** Promises the whole body, sends a part and falls silent. */
  stalledBody({ keep = 0.5 }: { keep?: number }) {
    return {
      send: (response: ServerResponse, reply: WrittenReply) =>
        sendPart(response, reply, keep, () => undefined),
    };
  },

  /** The request is handled, but the connection closes without an answer. */
  lostReply() {
    return { send: (response: ServerResponse) => response.socket?.destroy() };
  },

  /** All tokens given so far are unknown from now on. */
  revokedToken() {
    return { before: (tokens: Tokens) => tokens.revokeAll() };
  },

  /** All tokens given so far have run out. */
  expiredToken() {
    return { before: (tokens: Tokens) => tokens.expireAll() };
  },
} satisfies Record<string, (options: never) => FaultHooks>;

function sendPart(
  response: ServerResponse,
  { status, headers, body }: WrittenReply,
  keep: number,
  then: () => void,
): void {
  response.writeHead(status, headers);
  response.write(body.subarray(0, Math.floor(body.length * keep)), then);
}
