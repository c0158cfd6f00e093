import { SyncError } from '../lambda/core/errors.ts';
import { DataFolderBroken, DataFolderInUse } from '../local/endpoints/data-folder-lock.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../local/endpoints/embedded-aws.ts';
import { CommandError } from './command-error.ts';

/**
 * Starts the embedded endpoints on a data folder.
 *
 * @throws {SyncError} `RUN_ACTIVE` if another process has the data folder open.
 * @throws {CommandError} `FILE_FAILED` if the data folder is damaged or cannot be used. If that happens later, this error ends
 * the process.
 */
export async function startEndpoints(dataFolder: string): Promise<EmbeddedAws> {
  try {
    return await startEmbeddedAws({
      dataFolder,
      onFailure: (error) => {
        throw reportable(error);
      },
    });
  } catch (error) {
    throw reportable(error);
  }
}

function reportable(error: unknown): unknown {
  if (error instanceof DataFolderInUse) return new SyncError('RUN_ACTIVE', error.message, { cause: error });
  if (error instanceof DataFolderBroken) {
    return new CommandError('FILE_FAILED', error.message, { cause: error });
  }
  return error;
}
