const LOOPBACK_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/**
 * Whether a request's `Host` header names this machine's loopback interface.
 *
 * A web page whose own name resolves to 127.0.0.1 (DNS rebinding) sends its own name in `Host`.
 *
 * @param host - Undefined if the request has no `Host`.
 */
export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && LOOPBACK_HOST.test(host);
}
