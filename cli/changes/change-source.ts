import { buffer } from 'node:stream/consumers';
import { readInputFile } from '../terminal/input-file.ts';

/** The file name that stands for stdin. */
export const STDIN = '-';

/**
 * Reads a file of changes, or stdin.
 *
 * @param file - A path, or {@link STDIN}.
 * @throws {CommandError} `FILE_FAILED`.
 */
export async function readChangeFile(file: string): Promise<Buffer> {
  return file === STDIN ? await buffer(process.stdin) : await readInputFile(file);
}
