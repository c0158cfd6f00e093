import { SyncError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { type Call, nameOf } from './call.ts';
import { type Answer, exchange } from './exchange.ts';
import { afterPause, busyFailure, readJson } from './judge-answer.ts';
import { type ClientLimits, DEFAULT_LIMITS } from './limits.ts';
import { createRateGate } from './rate-gate.ts';
import { withRetries } from './retrying.ts';
import type { TokenSource } from './token.ts';

/** Reads from one Procurios environment. */
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

export interface ClientOptions {
  readonly host: string;
  readonly acceptLanguage: string;
  readonly token: TokenSource;
  /** Of all requests together; a fraction is a request every few seconds. */
  readonly requestsPerSecond: number;
  readonly limits?: Partial<ClientLimits>;
  /** @default 'procurios-sync' */
  readonly userAgent?: string;
}

/** Attempts that may stand in line for a turn at the same time: the pages in flight, and as many again repeated. */
const LONGEST_LINE = 16;

export function createClient(options: ClientOptions): Client {
  const { acceptLanguage, token, requestsPerSecond, userAgent = 'procurios-sync' } = options;
  const { origin } = new URL(options.host);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const standingInLineMs = (1 + limits.retries) * LONGEST_LINE * (1000 / requestsPerSecond);
  const gate = createRateGate(requestsPerSecond, limits.longestWaitMs);
  let requests = 0;

  const send = async (
    call: Call,
    mediaType: string,
    signal: AbortSignal,
    isRepeated = false,
  ): Promise<Json> => {
    await token.get(signal); // first, so that nobody waits for a token in possession of a turn
    const pausedMs = await gate.enter(signal);
    if (pausedMs > 0) throw pausedFailure(call, pausedMs);
    const bearer = await token.get(signal);
    const headers = {
      accept: mediaType,
      'accept-language': acceptLanguage,
      authorization: `Bearer ${bearer}`,
      'user-agent': userAgent,
    };
    requests += 1;
    const json = await exchange(call, { headers }, limits, signal, async (answer) => {
      const busy = busyFailure(call, answer);
      if (busy?.retryAfterMs !== undefined) gate.pause(busy.retryAfterMs);
      if (busy !== undefined) throw afterPause(busy, limits);
      return answer.status === 401 && !isRepeated ? undefined : readPermitted(call, answer, token.scopes);
    });
    if (json !== undefined) return json;
    token.drop(bearer);
    return send(call, mediaType, signal, true);
  };

  return {
    origin,
    get requests() {
      return requests;
    },
    async getJson({ path, mediaType, about, signal }) {
      const call: Call = { method: 'GET', url: urlOnHost(path, origin, about), about };
      const bounds = { ...limits, totalMs: limits.totalMs + standingInLineMs };
      return withRetries(call, bounds, signal, (attemptSignal) => send(call, mediaType, attemptSignal));
    },
  };
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

async function readPermitted(call: Call, answer: Answer, scopes: readonly string[]): Promise<Json> {
  const { status } = answer;
  if (status !== 401 && status !== 403) return readJson(call, answer);
  const what = status === 401 ? 'answered 401, also with a new token' : 'answered 403';
  const expected = `access with the scopes ${scopes.join(' ')}`;
  throw new SyncError('ACCESS_DENIED', `${nameOf(call)}: ${what}; expected ${expected}`);
}

function pausedFailure(call: Call, pausedMs: number): SyncError {
  const message = `${nameOf(call)}: not sent, Procurios asked for a pause of ${Math.ceil(pausedMs / 1000)} s more`;
  return new SyncError('THROTTLED', message, { retryAfterMs: pausedMs });
}
