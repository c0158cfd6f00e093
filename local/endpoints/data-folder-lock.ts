import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';

/** Another process, or another part of this one, has the data folder open. */
export class DataFolderInUse extends Error {
  override readonly name = 'DataFolderInUse';

  constructor(folder: string, options: ErrorOptions) {
    super(
      `the data folder ${folder} is in use by another procurios-sync: wait for it to end, or stop it`,
      options,
    );
  }
}

/** The data folder, or a database in it, cannot be opened although nobody else has it. */
export class DataFolderBroken extends Error {
  override readonly name = 'DataFolderBroken';

  constructor(folder: string, options: ErrorOptions) {
    super(
      `the data folder ${folder} is damaged, or not for you to write: move it away, and the next pull makes and fills a new one (what its ledger and queue hold stays in the old)`,
      options,
    );
  }
}

/** What LevelDB says, in the cause of the error, when somebody else has the database open. */
interface LevelError {
  readonly cause?: { readonly code?: string };
}

/**
 * Takes a data folder for this process, creating it where it is missing.
 *
 * The lock is an open database of its own: the operating system releases it when the process ends, however it
 * ends, so that no stale lock file ever needs removing.
 *
 * @returns A function that releases the folder.
 * @throws {DataFolderInUse} Somebody else has it.
 * @throws {DataFolderBroken} It, or the database of its tables, cannot be opened.
 */
export async function lockDataFolder(folder: string): Promise<() => Promise<void>> {
  // Copies of personal data: for the owner's eyes only.
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new DataFolderBroken(folder, { cause });
  });
  const lock = await openLevel(folder, 'lock');
  try {
    // Opened once before dynalite does, whose thread would end where it cannot.
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
