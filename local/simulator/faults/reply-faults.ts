import { type ApiReply, emptyReply, errorReply, jsonReply, textReply } from '../api-reply.ts';
import type { FaultHooks } from './fault-hooks.ts';

interface Applied {
  /** Whether the module still handles the request, so that a write takes effect. @default false */
  readonly applied?: boolean;
}

interface StatusOptions extends Applied {
  readonly status: number;
  /** The body's `errors`. */
  readonly errors?: readonly string[];
  /** `Retry-After`: seconds as a number, or any text, for example an HTTP date. */
  readonly retryAfter?: number | string;
  /** Sends `Retry-After` as an HTTP date this many seconds from now. */
  readonly retryAfterDateInSeconds?: number;
}

interface BodyOptions extends Applied {
  /** The exact body. */
  readonly text: string;
  /** @default - The module's content type. */
  readonly contentType?: string;
  /** @default 200 */
  readonly status?: number;
}

const LOGIN_PAGE =
  '<!DOCTYPE html>\n<html lang="nl"><head><title>Inloggen</title></head><body><form method="post"></form></body></html>\n';

/** Faults that replace or change the module's answer. */
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

  /** Answers with an HTML login page and status 200, as a proxy does when its session has ended. */
  loginPage({ applied }: Applied) {
    return answering(applied, () => textReply(LOGIN_PAGE, 'text/html; charset=utf-8'));
  },

  noContent({ applied }: Applied) {
    return answering(applied, () => emptyReply(204));
  },

  redirect({ location = '/login', status = 302, applied }: { location?: string; status?: number } & Applied) {
    return answering(applied, () => emptyReply(status, { location }));
  },

  /** Answers with status 200 and `errors` in the body. */
  errorsWith200({ errors = ['Simulated failure'], applied }: { errors?: readonly string[] } & Applied) {
    return answering(applied, (own) => ({ ...jsonReply({ errors }), headers: { 'content-type': own } }));
  },

  contentType({ contentType = 'text/plain' }: { contentType?: string }) {
    return {
      reply: (reply: ApiReply) => ({ ...reply, headers: { ...reply.headers, 'content-type': contentType } }),
    };
  },

  /** Removes the array of objects from the answer. */
  missingList() {
    return { reply: (reply: ApiReply) => ({ ...reply, json: withoutLists(reply.json) }) };
  },
} satisfies Record<string, (options: never) => FaultHooks>;

/** Replaces the module's answer, with or without calling the module first. */
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
