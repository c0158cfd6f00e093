import { type Problem, SyncError } from '../core/errors.ts';
import type { Config } from './config.ts';
import { isLoopback, parseHost } from './safe-addresses.ts';

/** Where Procurios gives tokens, on its host. */
export const DEFAULT_TOKEN_PATH = '/l/oauth2/token';
/** Where a user consents, on the host. */
export const DEFAULT_AUTHORIZE_PATH = '/l/oauth2/authorize';

/**
 * Turns a config to an address on this machine; a token or authorize URL that is elsewhere goes along, so that no
 * secret leaves the machine either.
 *
 * @param host - `PROCURIOS_HOST`; undefined or empty: the config stays as it is.
 * @throws {SyncError} `CONFIG_INVALID`: it is not an address on this machine.
 */
export function withHost(config: Config, host: string | undefined): Config {
  const problems = problemsOfHost(host);
  if (problems.length > 0) {
    throw new SyncError('CONFIG_INVALID', 'PROCURIOS_HOST is not an address on this machine', { problems });
  }
  if (!host) {
    return config;
  }
  const target = new URL(host);
  const moved = (address: string, defaultPath: string) => movedTo(target, address, defaultPath, config.host);
  const { auth } = config;
  return {
    ...config,
    host: target.origin,
    tokenUrl: moved(config.tokenUrl, DEFAULT_TOKEN_PATH),
    auth:
      auth.grant === 'clientCredentials'
        ? auth
        : { ...auth, authorizeUrl: moved(auth.authorizeUrl, DEFAULT_AUTHORIZE_PATH) },
  };
}

/** An address on another host stays where it is if that is on this machine. */
function movedTo(target: URL, address: string, defaultPath: string, host: string): string {
  const url = new URL(address);
  if (!isLoopback(url) || address === new URL(defaultPath, host).href) {
    const { protocol, hostname, port } = target;
    Object.assign(url, { protocol, hostname, port });
  }
  return url.href;
}

/** @returns What is wrong with `PROCURIOS_HOST`, as a list of one or none. */
export function problemsOfHost(host: string | undefined): Problem[] {
  const url = parseHost(host ?? '');
  return host && !(url && isLoopback(url))
    ? [{ path: 'PROCURIOS_HOST', expected: 'http://127.0.0.1 or http://[::1], with a port' }]
    : [];
}
