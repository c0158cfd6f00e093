const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', '[::1]'];

/** Whether a URL leads to this machine. `localhost` does not count, because a name service may resolve it to another machine. */
export function isLoopback(url: URL): boolean {
  return LOOPBACK_HOSTS.includes(url.hostname);
}

/**
 * Parses an address that a secret or a token may be sent to: https, or http on this machine.
 *
 * @returns Undefined for any other text, and for an address with credentials or a fragment.
 */
export function parseSafeUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url));
  return url && isSafe && url.username === '' && url.password === '' && url.hash === '' ? url : undefined;
}

/**
 * Parses the address of a Procurios environment: one that {@link parseSafeUrl} accepts, without path and query.
 *
 * @returns Undefined for any other text.
 */
export function parseHost(text: string): URL | undefined {
  const url = parseSafeUrl(text);
  return url?.pathname === '/' && url.search === '' ? url : undefined;
}

/**
 * Parses an address to which Procurios sends a user back: https, or http with a port on this machine.
 *
 * @returns Undefined for any other text, and for an address with credentials or a fragment.
 */
export function parseRedirectUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  const isSafe = url?.protocol === 'https:' || (url !== null && canBeListenedTo(url));
  return url && isSafe && url.username === '' && url.password === '' && url.hash === '' ? url : undefined;
}

/** Whether a redirect URL leads to a port of this machine, on which the login can listen for the callback. */
export function canBeListenedTo(url: URL): boolean {
  return url.protocol === 'http:' && url.port !== '' && (isLoopback(url) || url.hostname === 'localhost');
}
