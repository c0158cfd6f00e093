import { readFileSync } from 'node:fs';
import type { Config } from './config.ts';
import { withHost } from './with-host.ts';

/**
 * The checked config that lies beside a bundle's code.
 *
 * @param bundleUrl - The bundle's `import.meta.url`.
 * @param host - `PROCURIOS_HOST`: an address on this machine that takes the place of the config's.
 */
export function readBundledConfig(bundleUrl: string, host: string | undefined): Config {
  return withHost(JSON.parse(readFileSync(new URL('config.json', bundleUrl), 'utf8')) as Config, host);
}
