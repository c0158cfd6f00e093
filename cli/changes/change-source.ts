import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { CommandError } from '../../operator/command-error.ts';

/** The file name that stands for stdin. */
export const STDIN = '-';

/**
 * Reads a file of changes, or stdin.
 *
 * @param file - A path, or {@link STDIN}.
 * @throws {CommandError} `FILE_FAILED`.
 */
export async function readChangeFile(file: string): Promise<Buffer> {
  if (file === STDIN) return await buffer(process.stdin);
  try {
    return await readFile(file);
  } catch (error) {
    // Node's error has no path if the file is a folder or too large.
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const message = code === 'ENOENT' ? `there is no file ${file}` : `${file} cannot be read (${code})`;
    throw new CommandError('FILE_FAILED', message, { cause: error });
  }
}
