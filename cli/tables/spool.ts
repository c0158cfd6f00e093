import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type JsonObject, parseJson, stringifyJson } from '../../lambda/core/json.ts';
import { CommandError } from '../../operator/command-error.ts';

/** Batches of objects in a temporary file. Disposing of it removes the file. */
export interface Spool extends AsyncDisposable {
  add(objects: readonly JsonObject[]): Promise<void>;
  /** Reads the batches back, in their order. */
  batches(): AsyncGenerator<readonly JsonObject[], void, undefined>;
}

/**
 * Creates a spool in a folder of its own, which only this user may read.
 *
 * @param folder - The folder in which to create that folder.
 * @throws {CommandError} `FILE_FAILED`, here and from its methods.
 */
export async function openSpool(folder: string): Promise<Spool> {
  const attempt = <Result>(action: Promise<Result>): Promise<Result> =>
    action.catch((error: NodeJS.ErrnoException) => {
      const message = `a temporary file in ${folder} cannot be written or read (${error.code})`;
      throw new CommandError('FILE_FAILED', message, { cause: error });
    });
  const own = await attempt(mkdtemp(join(folder, '.procurios-sync-export-')));
  const handle: FileHandle = await attempt(open(join(own, 'objects'), 'w+'));
  const sizes: number[] = [];
  return {
    async add(objects) {
      const bytes = Buffer.from(stringifyJson(objects));
      await attempt(handle.appendFile(bytes));
      sizes.push(bytes.length);
    },
    async *batches() {
      let position = 0;
      for (const size of sizes) {
        const { buffer } = await attempt(handle.read(Buffer.alloc(size), 0, size, position));
        position += size;
        yield parseJson(buffer.toString()) as readonly JsonObject[];
      }
    },
    async [Symbol.asyncDispose]() {
      await handle.close();
      await rm(own, { recursive: true, force: true });
    },
  };
}
