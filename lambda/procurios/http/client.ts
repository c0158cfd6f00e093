import { failureAbout } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { Reply } from '../../core/push/reply.ts';
import { type AuthorizedFetchOptions, createAuthorizedFetch } from './authorized-fetch.ts';
import { type Call, resolveLink } from './call.ts';
import { type Exchange, NO_REUSE } from './fetch-once.ts';
import { type ClientLimits, DEFAULT_LIMITS } from './limits.ts';
import { ageSecondsOf, type JsonAnswer, readJson, readStatusAndJson } from './read-answer.ts';
import { type RetryListener, withRetries } from './retry.ts';
import { type JsonContent, readReply, sendOnce } from './send-once.ts';
import { watchLeaving } from './sent-detector.ts';

/** Reads from one Procurios environment, and writes to it. */
export interface Client {
  /** The configured host, e.g. `https://acme.procurios.site`: the only origin that requests are sent to. */
  readonly origin: string;
  /** Requests sent to the host so far, retries included; those for tokens are not counted. */
  readonly requests: number;
  readonly limits: ClientLimits;
  /**
   * Reads an address, with retries, and parses the answer without losing digits.
   *
   * @throws {SyncError} `HOST_UNREACHABLE`, `NOT_PROCURIOS`, `RESPONSE_INVALID`, `ACCESS_DENIED`, `THROTTLED` (at once, if
   * Procurios asks for a longer pause than the client waits), `UNAVAILABLE`, and those of the token source.
   * @throws The signal's reason, if it aborts first.
   */
  getJson(request: JsonRequest): Promise<Json>;
  /**
   * Sends a request that changes nothing on the other side, with retries like {@link getJson}, and takes any 2xx and 4xx.
   *
   * @throws {SyncError} As {@link getJson}.
   * @throws The signal's reason, if it aborts first.
   */
  ask(request: ApiRequest & { readonly method: 'GET' | 'POST' }): Promise<JsonAnswer>;
  /**
   * Sends a request once, and once more with a new token if the first was refused. It does not throw for what the token server, the
   * network or the other side do.
   *
   * @param request - `endMs`: when the request must have ended, in milliseconds since the epoch; it is not begun unless a
   * whole attempt fits. `stop`: prevents a new attempt; an attempt in flight continues.
   */
  send(request: SendRequest): Promise<Reply<JsonContent>>;
}

export interface JsonRequest {
  /** Path and query on the host, or an absolute URL as a link gives it. */
  readonly path: string;
  /** The `Accept` header. */
  readonly mediaType: string;
  /** The purpose of the request, for messages: `stream members, page 3`. */
  readonly about: string;
  readonly signal?: AbortSignal;
  /** Receives the length of the answer's text and the number of its values before it is parsed, of each attempt that gets one. */
  readonly onMeasured?: (length: number, values: number) => void;
  /** Receives how many seconds a cache has kept the answer, 0 if none says so, of each attempt that gets one. */
  readonly onAge?: (seconds: number) => void;
  /** Called once the request has left, or waits for a token, the rate limiter or a retry. May be called again. */
  readonly onLeft?: () => void;
}

export type SendRequest = Omit<ApiRequest, 'signal'> & {
  readonly endMs: number;
  readonly stop: AbortSignal;
};

export interface ApiRequest {
  readonly method: Call['method'];
  /** Path on the host. */
  readonly path: string;
  /** The path as messages show it, with placeholders for values. */
  readonly shownPath: string;
  /** The `Accept` header. */
  readonly mediaType: string;
  /** JSON; absent if the request has no body. */
  readonly body?: string;
  /** The purpose of the request, for messages: `change b7c1`. */
  readonly about: string;
  readonly signal?: AbortSignal;
}

export interface ClientOptions extends AuthorizedFetchOptions {
  readonly host: string;
  readonly acceptLanguage: string;
  /** @default 'procurios-sync' */
  readonly userAgent?: string;
  readonly limits?: Partial<ClientLimits>;
  readonly onRetry?: RetryListener | undefined;
}

/** Attempts that may wait for a turn at the same time: 8 pages in flight, and 8 that are being retried. */
const LONGEST_LINE = 16;

export function createClient(options: ClientOptions): Client {
  const { origin } = new URL(options.host);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const authorized = createAuthorizedFetch(options, limits);
  // ky's total time counts the waits for a turn too.
  const waitingMs = (1 + limits.retries) * LONGEST_LINE * (1000 / options.requestsPerSecond);
  const retrying = { limits: { ...limits, totalMs: limits.totalMs + waitingMs }, onRetry: options.onRetry };
  const ownHeaders = {
    'cache-control': 'no-cache', // an answer that a cache kept may lack what Procurios has now
    'accept-language': options.acceptLanguage,
    'user-agent': options.userAgent ?? 'procurios-sync',
  };

  const contentOf = ({ mediaType, body }: ApiRequest) => ({
    headers: {
      accept: mediaType,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      'accept-encoding': 'identity', // a compressed answer that is cut near its beginning would be read as empty
      ...NO_REUSE,
      ...ownHeaders,
    },
    body,
  });

  return {
    origin,
    limits,
    get requests() {
      return authorized.requests;
    },
    async getJson({ path, mediaType, about, signal, onMeasured, onAge = () => {}, onLeft = () => {} }) {
      const call: Call = { method: 'GET', url: urlOnHost(path, origin, about), about };
      const exchange: Exchange<Json> = {
        call,
        headers: { accept: mediaType, ...ownHeaders },
        read: (each, answer) => {
          onAge(ageSecondsOf(answer));
          return readJson(each, answer, onMeasured);
        },
      };
      const watch = watchLeaving(onLeft);
      return withRetries(call, { ...retrying, signal }, (each) =>
        watch(() => authorized.fetch(each, exchange)),
      );
    },
    async ask(request) {
      const call = callOf(request, origin);
      const exchange = { call, ...contentOf(request), read: readStatusAndJson };
      const { signal } = request;
      return withRetries(call, { ...retrying, signal }, (each) => authorized.fetch(each, exchange));
    },
    async send({ endMs, stop, ...request }) {
      const exchange = { call: callOf(request, origin), ...contentOf(request), read: readReply };
      return sendOnce(exchange, authorized, { latestStartMs: endMs - limits.attemptMs, stop });
    },
  };
}

function callOf({ method, path, shownPath, about }: Omit<ApiRequest, 'signal'>, origin: string): Call {
  return { method, url: urlOnHost(path, origin, about), shownPath, about };
}

function urlOnHost(path: string, origin: string, about: string): URL {
  const url = resolveLink(path, origin, origin);
  if (url === null) throw failureAbout('RESPONSE_INVALID', about, 'the link is not an address');
  if (url.origin !== origin) {
    const target = url.host === '' ? 'another kind of address' : `${url.protocol}//${url.host}`;
    throw failureAbout('NOT_PROCURIOS', about, `the link leads to ${target}; expected ${origin}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw failureAbout('RESPONSE_INVALID', about, 'the link holds a user name; expected a plain address');
  }
  return url;
}
