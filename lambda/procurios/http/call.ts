/** A request, as far as messages about it need it. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  /** The path as messages show it, where the URL's own may hold values: with placeholders for them. */
  readonly shownPath?: string;
  /** What it is for, e.g. `stream members, page 3`. */
  readonly about: string;
}

/** A call as messages name it: without the host, and never with the query. */
export function nameOf({ method, url, shownPath = url.pathname, about }: Call): string {
  return `${method} ${shownPath} (${about})`;
}
