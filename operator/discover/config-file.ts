import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CommandError } from '../command-error.ts';

/** The host in the config that comes with this project. No environment has it. */
const EXAMPLE_HOST = 'https://example.procurios.site';

/**
 * Whether a config at this path would be lost if it were replaced. A missing file would not, nor would the config that comes
 * with this project if git has it unchanged. Without git every file counts as edited.
 *
 * @throws {CommandError} `FILE_FAILED` if the file cannot be read.
 */
export async function isEditedConfig(path: string): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new CommandError('FILE_FAILED', `${path} cannot be read (${error.code})`, { cause: error });
  });
  if (text === undefined) return false;
  return !(text.includes(`'${EXAMPLE_HOST}'`) && isUnchangedInGit(resolve(path)));
}

function isUnchangedInGit(path: string): boolean {
  const git = (...args: string[]) =>
    spawnSync('git', args, { cwd: dirname(path), stdio: 'ignore' }).status === 0;
  return git('ls-files', '--error-unmatch', path) && git('diff', '--quiet', 'HEAD', '--', path);
}
