import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SyncError } from '../lambda/core/errors.ts';
import { parseUserToken, type UserTokenStore } from '../lambda/core/token/user-token.ts';

/** Readable and writable for the file's owner only. */
const MODE = 0o600;
/** False on Windows, which has no modes and cannot open folders. */
const HAS_MODES = process.platform !== 'win32';
/** A flag that refuses links; 0 on Windows, which does not have it. */
const NO_LINKS = constants.O_NOFOLLOW ?? 0;

/**
 * Keeps the user's token in a file, for commands with `--embedded`. The embedded Secrets Manager would lose it when the
 * command ends.
 *
 * A save replaces the whole file and resolves when the token is on the disk, because the token before it may be void.
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
      // Always a new file, because an existing one may be a link or belong to another user.
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

/** @throws {SyncError} `SECRET_INVALID` if it is no regular file, or other users may read it and so act as the user. */
async function readPrivately(file: string): Promise<string> {
  const refuse = (what: string) => new SyncError('SECRET_INVALID', `${file} ${what}`);
  const handle = await open(file, constants.O_RDONLY | NO_LINKS).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ELOOP' ? refuse('is a link; remove it and log in again') : error;
  });
  try {
    const status = await handle.stat();
    if (!status.isFile()) throw refuse('is no file; remove it and log in again');
    if (HAS_MODES && (status.mode & 0o077) !== 0) {
      throw refuse('can be read by others; expected a file that only you may read: log in again');
    }
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/** Writes a folder to the disk, because a rename is stored in the folder. */
async function syncFolder(folder: string): Promise<void> {
  if (!HAS_MODES) return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
