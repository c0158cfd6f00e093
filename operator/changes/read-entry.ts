import type { Ledger } from '../../lambda/aws/state/ledger.ts';
import type { LedgerEntry } from '../../lambda/core/push/ledger-entry.ts';
import { CommandError } from '../command-error.ts';
import { printable, shortened } from '../words.ts';

/** Characters that SQS allows a deduplication id, and so a changeId. */
const LONGEST_ID = 128;

/**
 * Reads a change's entry.
 *
 * @throws {CommandError} `NOT_FOUND`.
 */
export async function readEntry(ledger: Ledger, changeId: string): Promise<LedgerEntry> {
  // Not asked of DynamoDB, which refuses a key of more than 2,048 bytes.
  const entry = changeId.length <= LONGEST_ID ? await ledger.read(changeId) : undefined;
  if (entry === undefined)
    throw new CommandError(
      'NOT_FOUND',
      `the ledger has no change ${shortened(printable(changeId), LONGEST_ID)}`,
    );
  return entry;
}
