import { access } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { types } from 'node:util';
import { SyncError } from '../core/errors.ts';
import { checkConfig } from './check-config.ts';
import type { Config } from './config.ts';

/**
 * Runs a config file and checks its default export.
 *
 * @param file - Path, from the current folder.
 * @param environmentVariables - `PROCURIOS_HOST`, an address on this machine, takes the place of the config's host.
 * @throws {SyncError} `CONFIG_INVALID`: the file is absent, fails, exports nothing by default or breaks a rule.
 */
export async function loadConfig(
  file: string,
  environmentVariables: Readonly<Record<string, string | undefined>>,
): Promise<Config> {
  const path = resolve(file);
  const name = relative(process.cwd(), path);
  await access(path).catch((cause: unknown) => {
    throw new SyncError('CONFIG_INVALID', `there is no config file ${name}`, { cause });
  });
  const loaded = await importFile(path, name);
  if (loaded.default === undefined) {
    throw new SyncError(
      'CONFIG_INVALID',
      `${name} has no default export: export default defineConfig({ … })`,
    );
  }
  return checkConfig(loaded.default, { host: environmentVariables.PROCURIOS_HOST });
}

async function importFile(path: string, name: string): Promise<{ readonly default?: unknown }> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (cause) {
    // The operator's own code, so its own words.
    const reason = types.isNativeError(cause) ? cause.message : 'it threw something that is no error';
    const [firstLine] = reason.split('\n');
    throw new SyncError('CONFIG_INVALID', `${name} could not be loaded: ${firstLine}`, { cause });
  }
}
