import { readFileSync } from 'node:fs';
import type { Config } from './config.ts';
import { withHost } from './with-host.ts';

/**
 * Reads the checked config beside a bundle's code.
 *
 * @param bundleUrl - The bundle's `import.meta.url`.
 * @param host - `PROCURIOS_HOST`, an address on this machine that replaces the config's host; undefined or empty keeps it.
 */
export function readBundledConfig(bundleUrl: string, host: string | undefined): Config {
  return withHost(JSON.parse(readFileSync(new URL('config.json', bundleUrl), 'utf8')) as Config, host);
}
