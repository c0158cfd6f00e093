const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', '[::1]'];

/** Whether a URL stays on this machine. Not `localhost`: what that is, the machine's name service decides. */
export function isLoopback(url: URL): boolean {
  return LOOPBACK_HOSTS.includes(url.hostname);
}

/**
 * Reads an address that a secret or a token may be sent to: https, or http that stays on this machine.
 *
 * @returns Undefined for any other text, and for one with credentials or a fragment.
 */
export function parseSafeUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url));
  return url && isSafe && url.username === '' && url.password === '' && url.hash === '' ? url : undefined;
}

/**
 * Reads the address of a Procurios environment, as {@link parseSafeUrl}, but without a path and a query.
 *
 * @returns Undefined for any other text.
 */
export function parseHost(text: string): URL | undefined {
  const url = parseSafeUrl(text);
  return url?.pathname === '/' && url.search === '' ? url : undefined;
}

/**
 * Reads an address that Procurios sends a user back to: https, or http that stays on this machine and names a port.
 *
 * @returns Undefined for any other text, and for one with credentials or a fragment.
 */
export function parseRedirectUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  const isSafe = url?.protocol === 'https:' || (url !== null && canBeListenedTo(url));
  return url && isSafe && url.username === '' && url.password === '' && url.hash === '' ? url : undefined;
}

/** Whether a redirect url leads to a port of this machine, where the login can wait for the user. */
export function canBeListenedTo(url: URL): boolean {
  return url.protocol === 'http:' && url.port !== '' && (isLoopback(url) || url.hostname === 'localhost');
}
