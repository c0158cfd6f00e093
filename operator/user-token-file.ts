import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SyncError } from '../lambda/core/errors.ts';
import { parseUserToken, type UserTokenStore } from '../lambda/core/token/user-token.ts';

/** Only who runs this may read it. */
const MODE = 0o600;
/** Windows has neither modes nor folders that can be opened. */
const HAS_MODES = process.platform !== 'win32';
/** Undefined on Windows. */
const NO_LINKS = constants.O_NOFOLLOW ?? 0;

/**
 * The user's token in a file, for commands with `--embedded`: the embedded Secrets Manager forgets with the process.
 *
 * It is replaced whole, and on the disk when a save resolves: what was there before may be void.
 */
export function createUserTokenFile(file: string): UserTokenStore {
  const prepare = async (): Promise<void> => {
    await mkdir(dirname(file), { recursive: true });
  };
  return {
    place: file,
    prepare,
    async read() {
      try {
        return parseUserToken(await readPrivately(file), file);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async save(token) {
      const partial = `${file}.partial`;
      await prepare();
      // A new file always: one that is there already may be a link, or somebody else's.
      await rm(partial, { force: true });
      const handle = await open(partial, 'wx', MODE);
      try {
        await handle.writeFile(`${JSON.stringify(token, null, 2)}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(partial, file);
      await syncFolder(dirname(file));
    },
    async clear() {
      await Promise.all([file, `${file}.partial`].map((each) => rm(each, { force: true })));
    },
  };
}

/** @throws {SyncError} `SECRET_INVALID`: it is no file, or others may read it, so that they can act as the user. */
async function readPrivately(file: string): Promise<string> {
  const refuse = (what: string) =>
    new SyncError('SECRET_INVALID', `${file} ${what}; expected a file that only you may read: log in again`);
  const handle = await open(file, constants.O_RDONLY | NO_LINKS).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ELOOP' ? refuse('is a link') : error;
  });
  try {
    const status = await handle.stat();
    if (!status.isFile()) throw refuse('is no file');
    if (HAS_MODES && (status.mode & 0o077) !== 0) throw refuse('can be read by others');
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/** The name of a file that was moved is on the disk with its folder. */
async function syncFolder(folder: string): Promise<void> {
  if (!HAS_MODES) return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
