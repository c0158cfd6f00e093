import { LONGEST_ENVIRONMENT } from '../../config/schema/config.ts';
import { isNameUpTo } from '../../config/schema/rules.ts';
import { parseHost, parseSafeUrl } from '../../lambda/deployment/safe-addresses.ts';
import { DEFAULT_TOKEN_PATH } from '../../lambda/deployment/with-host.ts';
import { CommandError } from '../command-error.ts';
import { slugOf } from './stream-names.ts';

/** Where a Procurios environment answers. */
export interface Address {
  /** An origin: `https://acme.procurios.site`. */
  readonly host: string;
  readonly tokenUrl: string;
}

/**
 * Checks the address that an operator gives.
 *
 * @param host - With or without `https://`, and without a path.
 * @param tokenUrl - Undefined for the usual path on that host.
 * @throws {CommandError} `USAGE`.
 */
export function parseAddress(host: string, tokenUrl: string | undefined): Address {
  const origin = originOf(host);
  if (origin === undefined) {
    const expected = 'expected https://… without a path and without a query';
    throw new CommandError('USAGE', `--host is not an address: ${expected}`);
  }
  const url = parseSafeUrl(tokenUrl ?? new URL(DEFAULT_TOKEN_PATH, origin).href);
  if (url === undefined) throw new CommandError('USAGE', '--token-url is not an address: expected https://…');
  return { host: origin, tokenUrl: url.href };
}

/** The origin of an environment's address, given with or without `https://`; undefined if it is not an address. */
export function originOf(text: string): string | undefined {
  const address = text.trim();
  const isBare = /^[^/:?#@\s]+\.[^/:?#@\s]+(?::\d+)?\/?$/.test(address);
  return parseHost(isBare ? `https://${address}` : address)?.origin;
}

/**
 * The name of the environment in the config: the given one, or else the first part of the host's name.
 *
 * @throws {CommandError} `USAGE` if it cannot be a part of the names of tables.
 */
export function environmentNameFor({ host }: Address, given: string | undefined): string {
  const { hostname } = new URL(host);
  const isNumeric = /^[\d.]+$|:/.test(hostname);
  const name = given ?? (isNumeric ? 'local' : slugOf(hostname.split('.')[0] ?? ''));
  if (isNameUpTo(LONGEST_ENVIRONMENT, name)) return name;
  const rule = `lower case letters, digits and hyphens, at most ${LONGEST_ENVIRONMENT}`;
  throw new CommandError('USAGE', `--environment takes ${rule}`);
}
