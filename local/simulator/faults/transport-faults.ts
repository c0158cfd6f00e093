import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { type EncodedReply, emptyReply, errorReply } from '../api-reply.ts';
import type { Tokens } from '../tokens.ts';
import type { FaultHooks } from './fault-hooks.ts';

/** Faults of the connection and of tokens. */
export const transportFaults = {
  latency({ ms }: { ms: number }) {
    return { before: () => setTimeout(ms, undefined, { ref: false }) };
  },

  /** Announces the whole body, sends a part and closes the connection. */
  cutBody({ keep = 0.5 }: { keep?: number }) {
    return {
      send: (response: ServerResponse, reply: EncodedReply) =>
        sendPart(response, reply, keep, () => response.socket?.destroy()),
    };
  },

  /** Announces the whole body, sends a part and leaves the connection open. */
  stalledBody({ keep = 0.5 }: { keep?: number }) {
    return {
      send: (response: ServerResponse, reply: EncodedReply) =>
        sendPart(response, reply, keep, () => undefined),
    };
  },

  /**
   * Closes the connection without an answer.
   *
   * @param options - `applied`: whether the module handles the request.
   */
  lostReply({ applied = true }: { applied?: boolean }) {
    return { ...unless(applied), send: (response: ServerResponse) => response.socket?.destroy() };
  },

  /**
   * Never answers, and leaves the connection open.
   *
   * @param options - `applied`: whether the module handles the request.
   */
  silence({ applied = true }: { applied?: boolean }) {
    return { ...unless(applied), send: () => undefined };
  },

  /** Makes all issued tokens unknown. */
  revokedToken() {
    return { before: (tokens: Tokens) => tokens.revokeAll() };
  },

  /** Refuses the token as RFC 6750 prescribes, by default with a status that is not 401. */
  refusedToken({ status = 403 }: { status?: number }) {
    return {
      instead: () => {
        const reply = errorReply(status, 'Invalid token');
        return {
          ...reply,
          headers: { ...reply.headers, 'www-authenticate': 'Bearer error="invalid_token"' },
        };
      },
    };
  },

  /** Makes all issued tokens expired. */
  expiredToken() {
    return { before: (tokens: Tokens) => tokens.expireAll() };
  },
} satisfies Record<string, (options: never) => FaultHooks>;

/** Skips the module if the request must not be handled. Its answer is never sent. */
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
