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
 */
export async function lockDataFolder(folder: string): Promise<() => Promise<void>> {
  // Copies of personal data: for the owner's eyes only.
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = new ClassicLevel(join(folder, 'lock'));
  try {
    await lock.open();
  } catch (error) {
    if ((error as LevelError).cause?.code === 'LEVEL_LOCKED') {
      throw new DataFolderInUse(folder, { cause: error });
    }
    throw error;
  }
  return () => lock.close();
}
