import { type Problem, SyncError } from '../core/errors.ts';
import type { Config } from './config.ts';
import { isLoopback, parseHost } from './safe-addresses.ts';

/** The path on Procurios' host that answers token requests. */
export const DEFAULT_TOKEN_PATH = '/l/oauth2/token';
/** The path on Procurios' host where a user consents. */
export const DEFAULT_AUTHORIZE_PATH = '/l/oauth2/authorize';

/**
 * Replaces a config's host by an address on this machine. Token and authorize URLs are moved too, so that no secret leaves the
 * machine.
 *
 * @param host - `PROCURIOS_HOST`; undefined or empty leaves the config as it is.
 * @throws {SyncError} `CONFIG_INVALID` if the host is not an address on this machine.
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

/** Moves an address to the target, unless it already leads to this machine by the config's own choice. */
function movedTo(target: URL, address: string, defaultPath: string, host: string): string {
  const url = new URL(address);
  if (!isLoopback(url) || address === new URL(defaultPath, host).href) {
    const { protocol, hostname, port } = target;
    Object.assign(url, { protocol, hostname, port });
  }
  return url.href;
}

/** The problems of `PROCURIOS_HOST`: one or none. */
export function problemsOfHost(host: string | undefined): Problem[] {
  const url = parseHost(host ?? '');
  return host && !(url && isLoopback(url))
    ? [{ path: 'PROCURIOS_HOST', expected: 'http://127.0.0.1 or http://[::1], with a port' }]
    : [];
}
