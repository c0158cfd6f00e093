import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';

/** The data folder is open in another process, or in another part of this process. */
export class DataFolderInUse extends Error {
  override readonly name = 'DataFolderInUse';

  constructor(folder: string, options: ErrorOptions) {
    super(
      `the data folder ${folder} is in use by another procurios-sync: wait for it to end, or stop it`,
      options,
    );
  }
}

/** The data folder or a database in it cannot be opened, although no other process uses it. */
export class DataFolderBroken extends Error {
  override readonly name = 'DataFolderBroken';

  constructor(folder: string, options: ErrorOptions) {
    super(
      `the data folder ${folder} is damaged or not writable: move it away, and the next pull creates and fills a new one (the ledger and the queue stay in the old one)`,
      options,
    );
  }
}

/** LevelDB's error; its cause has the code `LEVEL_LOCKED` if another process has the database open. */
interface LevelError {
  readonly cause?: { readonly code?: string };
}

/**
 * Locks a data folder for this process. Creates the folder if it is missing.
 *
 * The lock is an open database. The operating system releases it when the process ends, also after a crash, so there is
 * never a stale lock file to remove.
 *
 * @returns A function that releases the folder.
 * @throws {DataFolderInUse} If another process, or another caller in this process, holds the lock.
 * @throws {DataFolderBroken} If the folder or the tables' database cannot be opened.
 */
export async function lockDataFolder(folder: string): Promise<() => Promise<void>> {
  // Only the owner may read it, because the tables hold personal data.
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new DataFolderBroken(folder, { cause });
  });
  const lock = await openLevel(folder, 'lock');
  try {
    // A damaged database would end dynalite's thread without a usable error, so it is opened here first.
    const tables = await openLevel(folder, 'dynamodb');
    await tables.close();
  } catch (error) {
    await lock.close();
    throw error;
  }
  return () => lock.close();
}

async function openLevel(folder: string, name: string): Promise<ClassicLevel> {
  const database = new ClassicLevel(join(folder, name));
  try {
    await database.open();
    return database;
  } catch (error) {
    const isInUse = (error as LevelError).cause?.code === 'LEVEL_LOCKED';
    throw new (isInUse ? DataFolderInUse : DataFolderBroken)(folder, { cause: error });
  }
}
