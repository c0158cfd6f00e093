import { type Archivable, type ArchiveWords, wordsAbout } from './archive.ts';
import type { ArchiveTable } from './delete-ports.ts';

/**
 * Reads what the archive says about items.
 *
 * @param archive - Undefined if no archive names the stream's objects. Then it says nothing.
 */
export async function readWords(
  items: Iterable<Archivable>,
  archive: ArchiveTable | undefined,
): Promise<ArchiveWords> {
  if (archive === undefined) return new Map();
  const asked = [...items];
  const keys = asked.map(({ archiveKey }) => archiveKey).filter((key) => key !== undefined);
  return wordsAbout(asked, await archive.read(keys));
}
