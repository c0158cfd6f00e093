import http, { type ProxyEnv } from 'node:http';
import { CommandError } from './command-error.ts';

/** Addresses on this machine, where no proxy can reach the embedded endpoints and the simulator. */
const ON_THIS_MACHINE = ['127.0.0.1', '::1', '[::1]', 'localhost'];

/**
 * The proxy that `HTTPS_PROXY` names, as Node's agents take it. Hosts in `NO_PROXY` and this machine are reached without
 * it. `HTTP_PROXY` is ignored, because requests that leave this machine always use TLS.
 *
 * @returns Undefined if `HTTPS_PROXY` is not set.
 * @throws {CommandError} `USAGE` if it is not an address.
 */
export function proxyFrom(variables: Readonly<Record<string, string | undefined>>): ProxyEnv | undefined {
  const address = variables.https_proxy || variables.HTTPS_PROXY;
  if (!address) return undefined;
  if (!/^https?:$/.test(URL.parse(address)?.protocol ?? '')) {
    throw new CommandError('USAGE', 'HTTPS_PROXY is not the address of a proxy; expected http://HOST:PORT');
  }
  const exceptions = [variables.no_proxy || variables.NO_PROXY, ...ON_THIS_MACHINE];
  return { https_proxy: address, no_proxy: exceptions.filter(Boolean).join(',') };
}

/** Says that a proxy is set, for an error that a proxy can cause; undefined for other errors and without a proxy. */
export function proxyHint(code: string | undefined): string | undefined {
  const isAboutReaching = ['HOST_UNREACHABLE', 'UNAVAILABLE', 'STORE_UNAVAILABLE'].includes(code ?? '');
  return isAboutReaching && proxyFrom(process.env) !== undefined
    ? 'HTTPS_PROXY is set, so every request that leaves this machine goes through that proxy'
    : undefined;
}

/**
 * Makes requests to Procurios use the proxy. The AWS SDK's clients have agents of their own, so each gets the proxy when it is made.
 *
 * @throws {CommandError} `USAGE` if this Node is too old.
 * @see https://nodejs.org/docs/latest-v24.x/api/http.html#built-in-proxy-support
 */
export function useProxy(proxy: ProxyEnv): void {
  if (http.setGlobalProxyFromEnv === undefined) {
    throw new CommandError(
      'USAGE',
      `HTTPS_PROXY needs Node 24.14 or later; this is Node ${process.versions.node}`,
    );
  }
  http.setGlobalProxyFromEnv(proxy);
}
