/** A request, as far as messages about it need it. */
export interface Call {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** What it is for, e.g. `stream members, page 3`. */
  readonly about: string;
}

/** A call as messages name it: without the host, and never with the query. */
export function nameOf({ method, url, about }: Call): string {
  return `${method} ${url.pathname} (${about})`;
}
