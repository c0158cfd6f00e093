import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseUserToken, type UserTokenStore } from '../lambda/core/user-token.ts';

/** Only who runs this may read it. */
const MODE = 0o600;

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
        return parseUserToken(await readFile(file, 'utf8'), file);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async save(token) {
      const partial = `${file}.partial`;
      await prepare();
      const handle = await open(partial, 'w', MODE);
      try {
        // The mode above counts for a file that is new.
        await chmod(partial, MODE);
        await handle.writeFile(`${JSON.stringify(token, null, 2)}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(partial, file);
    },
    async clear() {
      await Promise.all([file, `${file}.partial`].map((each) => rm(each, { force: true })));
    },
  };
}
