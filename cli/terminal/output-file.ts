import { once } from 'node:events';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { CommandError } from '../../operator/command-error.ts';

/** The destination of an export. Disposing of it before `finish` leaves no file. */
export interface Output extends AsyncDisposable {
  /** False once the reader has closed stdout, as `head -1` does. */
  readonly isWanted: boolean;
  /** Writes, and waits until the destination can take more. */
  write(text: string): Promise<void>;
  /** Ends the writing, and gives a file its name. */
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
      // A failure here is noted only. The listener in output-lines.ts reports it unless the reader has closed stdout.
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
