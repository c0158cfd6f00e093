import { type Problem, SyncError } from '../core/errors.ts';
import { isLoopback, parseHost } from './addresses.ts';
import type { Config } from './config.ts';

/** Where Procurios gives tokens, on its host. */
export const DEFAULT_TOKEN_PATH = '/l/oauth2/token';

/**
 * Turns a config to an address on this machine; a token URL that is elsewhere goes along, so that no secret leaves
 * the machine either.
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
  const { origin, protocol, hostname, port } = new URL(host);
  const tokenUrl = new URL(config.tokenUrl);
  if (!isLoopback(tokenUrl) || isDefaultTokenUrl(config)) {
    Object.assign(tokenUrl, { protocol, hostname, port });
  }
  return { ...config, host: origin, tokenUrl: tokenUrl.href };
}

/** @returns What is wrong with `PROCURIOS_HOST`, as a list of one or none. */
export function problemsOfHost(host: string | undefined): Problem[] {
  const url = parseHost(host ?? '');
  return host && !(url && isLoopback(url))
    ? [{ path: 'PROCURIOS_HOST', expected: 'http://127.0.0.1 or http://[::1], with a port' }]
    : [];
}

function isDefaultTokenUrl({ host, tokenUrl }: Config): boolean {
  return tokenUrl === new URL(DEFAULT_TOKEN_PATH, host).href;
}
