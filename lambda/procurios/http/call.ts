import { SyncError, type SyncErrorCode, type SyncErrorDetail } from '../../core/errors.ts';

/** A request's method, address and purpose, by which messages name it. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  /** The path with placeholders, for messages; undefined if the path of `url` holds no values. */
  readonly shownPath?: string;
  /** The purpose of the request, e.g. `stream members, page 3`. */
  readonly about: string;
}

/**
 * Resolves a link of the configured host. A link with http on a host with https is read as one with https, because a server
 * behind a proxy may not know that the proxy speaks TLS.
 *
 * @param base - The address that the link is relative to.
 * @returns Null if the link is not an address.
 */
export function resolveLink(link: string, base: string, origin: string): URL | null {
  const url = URL.parse(link, base);
  if (url?.protocol !== 'http:' || !origin.startsWith('https:')) return url;
  const secured = new URL(url);
  secured.protocol = 'https:';
  return secured.origin === origin ? secured : url;
}

/** A call's failure, whose message begins with {@link nameOf} the call. */
export function callFailure(
  code: SyncErrorCode,
  call: Call,
  what: string,
  detail: SyncErrorDetail = {},
): SyncError {
  const brief = `${placeOf(call)}: ${what}`;
  return new SyncError(code, `${nameOf(call)}: ${what}`, { brief, reason: what, ...detail });
}

/** A call as messages name it: `GET /l/x (stream members, page 3)`, without the host and the query. */
export function nameOf(call: Call): string {
  return `${placeOf(call)} (${call.about})`;
}

function placeOf({ method, url, shownPath = url.pathname }: Call): string {
  return `${method} ${shownPath}`;
}
