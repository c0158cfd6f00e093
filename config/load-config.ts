import { stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { types } from 'node:util';
import { SyncError } from '../lambda/core/errors.ts';
import type { Config } from '../lambda/deployment/config.ts';
import { checkConfig } from './check-config.ts';

/**
 * Runs a config file and checks its default export.
 *
 * @param file - Path, from the current folder.
 * @param environmentVariables - `PROCURIOS_HOST`, an address on this machine, replaces the config's host.
 * @throws {SyncError} `CONFIG_INVALID` if the file does not exist, fails, has no default export or breaks a rule.
 */
export async function loadConfig(
  file: string,
  environmentVariables: Readonly<Record<string, string | undefined>>,
): Promise<Config> {
  const path = resolve(file);
  const name = relative(process.cwd(), path);
  const found = await stat(path).catch((cause: unknown) => {
    const ways = 'npx procurios-sync discover writes one, and --config names another';
    throw new SyncError('CONFIG_INVALID', `there is no config file ${name}: ${ways}`, { cause });
  });
  if (!found.isFile()) throw new SyncError('CONFIG_INVALID', `${name} is not a file`);
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
    // The message of the operator's own code may be shown to the operator.
    const reason = types.isNativeError(cause) ? cause.message : 'it threw a value that is not an error';
    const [firstLine] = reason.split('\n');
    const message = `${name} could not be loaded: ${firstLine}${lineText(path, cause)}`;
    throw new SyncError('CONFIG_INVALID', message, { cause });
  }
}

/** ` (line 3)` for a syntax error in the file, whose place is the first line of the stack; empty for other errors. */
function lineText(path: string, error: unknown): string {
  if (!(types.isNativeError(error) && error.name === 'SyntaxError')) return '';
  const [place = ''] = error.stack?.split('\n') ?? [];
  const line = /:(\d+)$/.exec(place)?.[1];
  return line !== undefined && [`${path}:${line}`, `${pathToFileURL(path)}:${line}`].includes(place)
    ? ` (line ${line})`
    : '';
}
