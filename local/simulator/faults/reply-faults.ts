import { type ApiReply, emptyReply, errorReply, jsonReply, textReply } from '../api-reply.ts';
import type { FaultHooks } from './fault-hooks.ts';

interface Applied {
  /** Whether the request is handled all the same, so that a write takes effect. @default false */
  readonly applied?: boolean;
}

interface StatusOptions extends Applied {
  readonly status: number;
  /** What the body's `errors` say. */
  readonly errors?: readonly string[];
  /** Seconds as a number; a text goes out as it is, such as an HTTP date. */
  readonly retryAfter?: number | string;
  /** Sends `Retry-After` as the HTTP date this many seconds ahead. */
  readonly retryAfterDateInSeconds?: number;
}

interface BodyOptions extends Applied {
  /** The body, to the letter. */
  readonly text: string;
  /** @default the module's own */
  readonly contentType?: string;
  /** @default 200 */
  readonly status?: number;
}

const LOGIN_PAGE =
  '<!DOCTYPE html>\n<html lang="nl"><head><title>Inloggen</title></head><body><form method="post"></form></body></html>\n';

/** Faults in which something else than the module's answer comes back. */
export const replyFaults = {
  status({
    status,
    errors = ['Simulated failure'],
    retryAfter,
    retryAfterDateInSeconds,
    applied,
  }: StatusOptions) {
    return answering(applied, () => {
      const date =
        retryAfterDateInSeconds === undefined
          ? undefined
          : new Date(Date.now() + retryAfterDateInSeconds * 1000).toUTCString();
      const wait = retryAfter ?? date;
      const reply = errorReply(status, ...errors);
      return wait === undefined
        ? reply
        : { ...reply, headers: { ...reply.headers, 'retry-after': String(wait) } };
    });
  },

  body({ text, contentType, status = 200, applied }: BodyOptions) {
    return answering(applied, (own) => textReply(text, contentType ?? own, status));
  },

  /** A page for people, with status 200: the session of a proxy has ended, say. */
  loginPage({ applied }: Applied) {
    return answering(applied, () => textReply(LOGIN_PAGE, 'text/html; charset=utf-8'));
  },

  noContent({ applied }: Applied) {
    return answering(applied, () => emptyReply(204));
  },

  redirect({ location = '/login', status = 302, applied }: { location?: string; status?: number } & Applied) {
    return answering(applied, () => emptyReply(status, { location }));
  },

  /** An error that only the body tells of. */
  errorsWith200({ errors = ['Simulated failure'], applied }: { errors?: readonly string[] } & Applied) {
    return answering(applied, (own) => ({ ...jsonReply({ errors }), headers: { 'content-type': own } }));
  },

  contentType({ contentType = 'text/plain' }: { contentType?: string }) {
    return {
      reply: (reply: ApiReply) => ({ ...reply, headers: { ...reply.headers, 'content-type': contentType } }),
    };
  },

  /** The answer without its array of objects. */
  missingList() {
    return { reply: (reply: ApiReply) => ({ ...reply, json: withoutLists(reply.json) }) };
  },
} satisfies Record<string, (options: never) => FaultHooks>;

/** Puts another answer in the place of the module's: without asking the module, or after that. */
function answering(applied: boolean | undefined, make: (contentType: string) => ApiReply): FaultHooks {
  return applied
    ? { reply: ({ headers }) => make(headers['content-type'] ?? 'application/json') }
    : { instead: make };
}

function withoutLists(json: unknown): unknown {
  if (Array.isArray(json)) {
    return {};
  }
  const kept = Object.entries((json ?? {}) as Record<string, unknown>)
    .filter(([, value]) => !Array.isArray(value))
    .map(([name, value]) => [name, name === '_embedded' ? withoutLists(value) : value]);
  return Object.fromEntries(kept);
}
