import { timestamp } from '../../core/clock.ts';
import type { Outcome } from '../../core/push/ledger-entry.ts';
import { BY_OUTCOME } from '../../deployment/tables.ts';
import { countRows } from './rows.ts';
import type { StateTable } from './state-table.ts';

/** How many changes there are, by what becomes of them. */
export interface LedgerCounts {
  /** On their way, by themselves. */
  readonly queued: number;
  readonly sending: number;
  readonly waiting: number;
  /** Accepted since a time: all would be a large part of the ledger. */
  readonly accepted: number;
  /** Rejected, and not settled by anyone. */
  readonly rejected: number;
  /** Of unknown outcome: held for a person. */
  readonly unknown: number;
  /** Waited too long: held for a person. */
  readonly held: number;
}

/**
 * Counts the ledger's entries, by the index `byOutcome`.
 *
 * @param acceptedSinceMs - Accepted changes count when they were queued then or later, in milliseconds since the epoch.
 * @param most - Where the counting of each ends.
 */
export async function countEntries(
  state: StateTable,
  acceptedSinceMs: number,
  most: number,
): Promise<LedgerCounts> {
  const count = (outcome: Outcome, filter?: string, sinceMs = 0): Promise<number> => {
    const query = {
      IndexName: BY_OUTCOME,
      KeyConditionExpression: 'outcome = :outcome AND queuedAt >= :since',
      ExpressionAttributeValues: { ':outcome': outcome, ':since': timestamp(sinceMs) },
      ...(filter !== undefined && { FilterExpression: filter }),
    };
    return countRows(state, query, most);
  };
  const [queued, sending, waiting, accepted, rejected, unknown, held] = await Promise.all([
    count('queued'),
    count('sending'),
    count('waiting', 'attribute_exists(notBefore)'),
    count('accepted', undefined, acceptedSinceMs),
    count('rejected', 'attribute_not_exists(note)'),
    count('unknown'),
    // As `isHeld` has it.
    count('waiting', 'attribute_not_exists(notBefore)'),
  ]);
  return { queued, sending, waiting, accepted, rejected, unknown, held };
}
