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
