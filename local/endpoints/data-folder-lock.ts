import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { getSystemErrorMap } from 'node:util';
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

/** The data folder or a database in it cannot be used, although no other process uses it. */
export class DataFolderBroken extends Error {
  override readonly name = 'DataFolderBroken';

  constructor(folder: string, options: ErrorOptions) {
    super(`the data folder ${folder} ${problemOf(folder, codeOf(options.cause))}`, options);
  }
}

/** What is wrong and what helps, in words that follow the folder's name. */
function problemOf(folder: string, code: string): string {
  switch (code) {
    case 'ENOSPC':
      return `is on a disk that is full (${code}): free some space, and run the command again`;
    case 'EMFILE':
    case 'ENFILE':
      return `cannot be used, because too many files are open (${code}): raise the limit (ulimit -n), and run the command again`;
    case 'LEVEL_CORRUPTION':
      // Only for damage, because an operator who moves the folder leaves the ledger and the queue behind.
      return `is damaged: mv ${folder} ${folder}-damaged, then pull again, which fills new tables; the old ledger and queue stay in ${folder}-damaged`;
    case 'EEXIST':
    case 'ENOTDIR':
      return `cannot be created, because a file is in its place (${code}): move that file away`;
    default:
      return `cannot be used (${code}): check that you may write to it, that its disk works, and that few files are open (ulimit -n)`;
  }
}

interface CodedError {
  readonly message?: string;
  readonly code?: string;
  readonly cause?: unknown;
}

/** LevelDB's own code if it says what is wrong, or else the code of the operating system. */
function codeOf(error: unknown): string {
  const { message = '', code = 'no code', cause } = error as CodedError;
  if (cause !== undefined) return codeOf(cause);
  if (code === 'LEVEL_LOCKED' || code === 'LEVEL_CORRUPTION') return code;
  // LevelDB passes on the texts of the operating system, and Node's worker threads its names.
  const text = message.toLowerCase();
  const named = getSystemErrorMap()
    .values()
    .find(([name, meaning]) => text.endsWith(meaning) || text.endsWith(`: ${name.toLowerCase()}`));
  return named?.[0] ?? code;
}

/**
 * Locks a data folder for this process. Creates the folder if it is missing.
 *
 * The lock is an open database. The operating system releases it when the process ends, also after a crash, so there is
 * never a stale lock file to remove.
 *
 * @returns A function that releases the folder.
 * @throws {DataFolderInUse} If another process, or another caller in this process, holds the lock.
 * @throws {DataFolderBroken} If the folder or a database in it cannot be opened.
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
    const isInUse = codeOf(error) === 'LEVEL_LOCKED';
    throw new (isInUse ? DataFolderInUse : DataFolderBroken)(folder, { cause: error });
  }
}
