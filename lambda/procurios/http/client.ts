import { SyncError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { Reply } from '../../core/push/reply.ts';
import type { TokenSource } from '../token/client-token.ts';
import { createOutlet, type OutletOptions } from './authorized-fetch.ts';
import { type Call, nameOf } from './call.ts';
import { type Answer, type Content, NO_REUSE } from './fetch-once.ts';
import { type ClientLimits, DEFAULT_LIMITS } from './limits.ts';
import { afterPause, busyFailure, type JsonAnswer, readJson, readStatusAndJson } from './read-answer.ts';
import { withRetries } from './retry.ts';
import { type JsonContent, sendOnce } from './send-once.ts';

/** Reads from one Procurios environment, and writes to it. */
export interface Client {
  /** The configured host, e.g. `https://acme.procurios.site`: the only origin that requests are sent to. */
  readonly origin: string;
  /** Requests sent to the host so far, repeated ones included; those for tokens are not counted. */
  readonly requests: number;
  /**
   * Reads an address, repeating what fails in a way that may pass, and parses the answer without losing digits.
   *
   * @throws {SyncError} `HOST_UNREACHABLE`, `NOT_PROCURIOS`, `RESPONSE_INVALID`, `ACCESS_DENIED`, `THROTTLED` (at once,
   * when a longer pause is asked for than is waited for), `UNAVAILABLE`, and those of {@link TokenSource}.
   * @throws The signal's reason, when it aborts first.
   */
  getJson(request: JsonRequest): Promise<Json>;
  /**
   * Sends what changes nothing on the other side, repeating it like {@link getJson}, and takes any 2xx and 4xx.
   *
   * @throws {SyncError} As {@link getJson}.
   * @throws The signal's reason, when it aborts first.
   */
  ask(request: ApiRequest & { readonly method: 'GET' | 'POST' }): Promise<JsonAnswer>;
  /**
   * Sends a request once, and once more only with a new token after a 401. It does not throw for what the token
   * server, the network or the other side do.
   *
   * @param request - `endMs`: when nothing of it is in flight any more, in milliseconds since the epoch; what could not
   * have its whole time until then is not begun. `stop`: once it aborts nothing is begun, and what is goes on to its end.
   */
  send(request: SendRequest): Promise<Reply<JsonContent>>;
}

export interface JsonRequest {
  /** Path and query on the host, or an absolute URL as a link gives it. */
  readonly path: string;
  /** The `Accept` header. */
  readonly mediaType: string;
  /** What is read, for messages: `stream members, page 3`. */
  readonly about: string;
  readonly signal?: AbortSignal;
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
  /** JSON; absent: none. */
  readonly body?: string;
  /** What it is for, for messages: `change b7c1`. */
  readonly about: string;
  readonly signal?: AbortSignal;
}

export interface ClientOptions extends OutletOptions {
  readonly host: string;
  readonly limits?: Partial<ClientLimits>;
}

/** Attempts that may stand in line for a turn at the same time: the pages in flight, and as many again repeated. */
const LONGEST_LINE = 16;

export function createClient(options: ClientOptions): Client {
  const { origin } = new URL(options.host);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const outlet = createOutlet(options, limits);
  const standingInLineMs = (1 + limits.retries) * LONGEST_LINE * (1000 / options.requestsPerSecond);
  const bounds = { ...limits, totalMs: limits.totalMs + standingInLineMs };

  const attempt = async <T>(
    call: Call,
    content: Content,
    signal: AbortSignal,
    read: Reader<T>,
    isRepeated = false,
  ): Promise<T> => {
    const bearer = await outlet.takeTurn(call, signal);
    const result = await outlet.transmit(call, content, bearer, signal, async (answer) => {
      const busy = busyFailure(call, answer);
      if (busy !== undefined) throw afterPause(busy, limits);
      if (answer.status === 401 && !isRepeated) return undefined;
      return { value: await readPermitted(call, answer, options.token.scopes, read) };
    });
    if (result !== undefined) return result.value;
    outlet.dropToken(bearer);
    return attempt(call, content, signal, read, true);
  };

  return {
    origin,
    get requests() {
      return outlet.requests;
    },
    async getJson({ path, mediaType, about, signal }) {
      const call: Call = { method: 'GET', url: urlOnHost(path, origin, about), about };
      const content = { headers: { accept: mediaType } };
      return withRetries(call, bounds, signal, (each) => attempt(call, content, each, readJson));
    },
    async ask(request) {
      const call = callOf(request, origin);
      const content = contentOf(request);
      return withRetries(call, bounds, request.signal, (each) =>
        attempt(call, content, each, readStatusAndJson),
      );
    },
    async send({ endMs, stop, ...request }) {
      const bounds = { latestStartMs: endMs - limits.attemptMs, stop };
      return sendOnce(callOf(request, origin), contentOf(request), outlet, bounds);
    },
  };
}

type Reader<T> = (call: Call, answer: Answer) => Promise<T>;

function callOf({ method, path, shownPath, about }: Omit<ApiRequest, 'signal'>, origin: string): Call {
  return { method, url: urlOnHost(path, origin, about), shownPath, about };
}

function contentOf({ mediaType, body }: ApiRequest): Content {
  const headers = {
    accept: mediaType,
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...NO_REUSE,
  };
  return { headers, body };
}

function urlOnHost(path: string, origin: string, about: string): URL {
  const url = URL.parse(path, origin);
  if (url === null) throw new SyncError('RESPONSE_INVALID', `${about}: the link is not an address`);
  if (url.origin !== origin) {
    const target = url.host || 'another kind of address';
    throw new SyncError(
      'NOT_PROCURIOS',
      `${about}: the link leads to ${target}; expected the configured host`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new SyncError('RESPONSE_INVALID', `${about}: the link holds a user name; expected a plain address`);
  }
  return url;
}

async function readPermitted<T>(
  call: Call,
  answer: Answer,
  scopes: readonly string[],
  read: Reader<T>,
): Promise<T> {
  const { status } = answer;
  if (status !== 401 && status !== 403) return read(call, answer);
  const what = status === 401 ? 'answered 401, also with a new token' : 'answered 403';
  const expected = `access with the scopes ${scopes.join(' ')}`;
  throw new SyncError('ACCESS_DENIED', `${nameOf(call)}: ${what}; expected ${expected}`);
}
