import type { ApiCall } from '../api-call.ts';
import type { ApiReply } from '../api-reply.ts';
import type { FaultHooks } from './fault-hooks.ts';

interface OldPageOptions {
  /** How often a stored answer is served before the next one is stored. @default - Always. */
  readonly uses?: number;
  /** `Age` of the answers that were stored. @default 600 */
  readonly ageSeconds?: number;
  /** Whether a request with `Cache-Control: no-cache` gets a new answer. @default false */
  readonly obeysNoCache?: boolean;
}

interface Stored {
  readonly reply: ApiReply;
  uses: number;
}

/** Faults of a cache between client and server. */
export const cacheFaults = {
  /** Stores the first answer to each GET request that succeeds, and serves it again later. */
  oldPage({ uses = Number.POSITIVE_INFINITY, ageSeconds = 600, obeysNoCache = false }: OldPageOptions) {
    const stored = new Map<string, Stored>();
    return {
      reply(fresh: ApiReply, { method, path, query, headers }: ApiCall) {
        if (method !== 'GET' || fresh.status !== 200) return fresh;
        const place = `${path}?${query}`;
        const known = stored.get(place);
        const isRefused = obeysNoCache && /\bno-cache\b/i.test(String(headers['cache-control'] ?? ''));
        if (known === undefined || known.uses >= uses || isRefused) {
          stored.set(place, { reply: fresh, uses: 0 });
          return fresh;
        }
        known.uses += 1;
        return aged(known.reply, ageSeconds);
      },
    };
  },

  /** Gives answers an `Age`, as a cache does. */
  age({ seconds = 600 }: { seconds?: number }) {
    return { reply: (reply: ApiReply) => aged(reply, seconds) };
  },
} satisfies Record<string, (options: never) => FaultHooks>;

function aged(reply: ApiReply, seconds: number): ApiReply {
  return { ...reply, headers: { ...reply.headers, age: String(seconds) } };
}
