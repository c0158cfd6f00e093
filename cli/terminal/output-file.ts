import { once } from 'node:events';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { CommandError } from '../../operator/command-error.ts';

/** Where an export goes. Disposing of one that was not finished leaves no file. */
export interface Output extends AsyncDisposable {
  /** False once nobody reads any more, as after `head -1`. */
  readonly isWanted: boolean;
  /** Waits until there is room for more. */
  write(text: string): Promise<void>;
  /** Everything is written: a file now appears under its name. */
  finish(): Promise<void>;
}

/**
 * Opens a file, or stdout.
 *
 * @throws {CommandError} `FILE_FAILED`, here and from its methods.
 */
export async function openOutput(file: string | undefined): Promise<Output> {
  return file === undefined ? stdout() : await openFile(file);
}

function stdout(): Output {
  const { stdout: stream } = process;
  let isWanted = true;
  const noteEnd = (): void => {
    isWanted = false;
  };
  stream.on('error', noteEnd);
  return {
    get isWanted() {
      return isWanted;
    },
    async write(text) {
      if (!isWanted || stream.write(text)) return;
      // The stream's own listeners tell a reader who left from other errors.
      await once(stream, 'drain').catch(noteEnd);
    },
    async finish() {},
    async [Symbol.asyncDispose]() {
      stream.off('error', noteEnd);
    },
  };
}

async function openFile(file: string): Promise<Output> {
  const partial = `${file}.partial`;
  const attempt = <Result>(action: Promise<Result>): Promise<Result> =>
    action.catch((error: NodeJS.ErrnoException) => {
      throw new CommandError('FILE_FAILED', `${file} cannot be written (${error.code})`, { cause: error });
    });
  const handle: FileHandle = await attempt(open(partial, 'w'));
  let isFinished = false;
  return {
    isWanted: true,
    write: (text) => attempt(handle.appendFile(text)),
    async finish() {
      await attempt(handle.close());
      await attempt(rename(partial, file));
      isFinished = true;
    },
    async [Symbol.asyncDispose]() {
      if (isFinished) return;
      await handle.close();
      await rm(partial, { force: true });
    },
  };
}
