import type { Receipt } from '../../lambda/core/pull/receipt.ts';

/**
 * One line for each stream whose table was not scanned: `members: table too large, so its items were read back by key and not
 * scanned`.
 *
 * @param walks - The streams' last walks, by the names of the streams.
 */
export function readBackLines(walks: Readonly<Record<string, Pick<Receipt, 'readBack'>>>): string[] {
  return Object.entries(walks).flatMap(([stream, { readBack }]) =>
    readBack === undefined
      ? []
      : [`${stream}: ${readBack}, so its items were read back by key and not scanned`],
  );
}
