import http, { type ProxyEnv } from 'node:http';
import { CommandError } from './command-error.ts';

/** Addresses on this machine: the embedded endpoints and the simulator, which no proxy could reach. */
const ON_THIS_MACHINE = ['127.0.0.1', '::1', '[::1]', 'localhost'];

/**
 * The proxy that `HTTPS_PROXY` names, as Node's agents take it, and what goes past it: `NO_PROXY`, and everything on
 * this machine. `HTTP_PROXY` has no say, since nothing beyond this machine is spoken to without TLS.
 *
 * @returns Undefined where there is none.
 * @throws {CommandError} `USAGE`: it is not an address.
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

/** What a failure to reach something may be due to; undefined where it is due to something else. */
export function proxyHint(code: string | undefined): string | undefined {
  const isAboutReaching = ['HOST_UNREACHABLE', 'UNAVAILABLE', 'STORE_UNAVAILABLE'].includes(code ?? '');
  return isAboutReaching && proxyFrom(process.env) !== undefined
    ? 'HTTPS_PROXY is set: everything beyond this machine goes through that proxy'
    : undefined;
}

/**
 * Has `fetch` obey the proxy. The AWS SDK has agents of its own, which are given it one by one.
 *
 * @throws {CommandError} `USAGE`: this Node cannot.
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
