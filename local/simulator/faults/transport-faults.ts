import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { type EncodedReply, emptyReply } from '../api-reply.ts';
import type { Tokens } from '../tokens.ts';
import type { FaultHooks } from './fault-hooks.ts';

/** Faults of the connection and of the token that comes over it. */
export const transportFaults = {
  latency({ ms }: { ms: number }) {
    return { before: () => setTimeout(ms, undefined, { ref: false }) };
  },

  /** Promises the whole body, sends a part and closes the connection. */
  cutBody({ keep = 0.5 }: { keep?: number }) {
    return {
      send: (response: ServerResponse, reply: EncodedReply) =>
        sendPart(response, reply, keep, () => response.socket?.destroy()),
    };
  },

  /** Promises the whole body, sends a part and falls silent. */
  stalledBody({ keep = 0.5 }: { keep?: number }) {
    return {
      send: (response: ServerResponse, reply: EncodedReply) =>
        sendPart(response, reply, keep, () => undefined),
    };
  },

  /**
   * The connection closes without an answer.
   *
   * @param options - `applied`: whether the request is handled before that.
   */
  lostReply({ applied = true }: { applied?: boolean }) {
    return { ...unless(applied), send: (response: ServerResponse) => response.socket?.destroy() };
  },

  /**
   * No answer ever comes, and the connection stays open.
   *
   * @param options - `applied`: whether the request is handled before that.
   */
  silence({ applied = true }: { applied?: boolean }) {
    return { ...unless(applied), send: () => undefined };
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

/** Keeps a module from being asked; what it would have answered is not sent in any case. */
function unless(applied: boolean): FaultHooks {
  return applied ? {} : { instead: () => emptyReply(204) };
}

function sendPart(
  response: ServerResponse,
  { status, headers, body }: EncodedReply,
  keep: number,
  then: () => void,
): void {
  response.writeHead(status, headers);
  response.write(body.subarray(0, Math.floor(body.length * keep)), then);
}
