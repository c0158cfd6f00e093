import { readFile } from 'node:fs/promises';
import { CommandError } from '../../operator/command-error.ts';

/**
 * Reads a file that an argument names.
 *
 * @throws {CommandError} `FILE_FAILED`.
 */
export async function readInputFile(file: string): Promise<Buffer> {
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
