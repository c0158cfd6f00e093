import type { StateTable } from '../../lambda/aws/state/state-table.ts';
import { IS_HELD, IS_IN_PROGRESS } from '../../lambda/aws/state/waiting-changes.ts';
import { timestamp } from '../../lambda/core/clock.ts';
import type { Outcome } from '../../lambda/core/push/ledger-entry.ts';
import { BY_OUTCOME } from '../../lambda/deployment/tables.ts';

/** How many changes the ledger has, by what happens to them next. */
export interface ChangeCounts {
  /** In progress without an operator: queued, being sent, or waiting for the next attempt. */
  readonly queued: number;
  readonly sending: number;
  readonly waiting: number;
  /** Accepted since a time, because all would be a large part of the ledger. */
  readonly accepted: number;
  /** Rejected, and not settled by an operator. */
  readonly rejected: number;
  /** Of unknown outcome, held for an operator. */
  readonly unknown: number;
  /** Held for an operator because they waited too long. */
  readonly held: number;
}

/**
 * Counts the ledger's entries by the index `byOutcome`.
 *
 * @param acceptedSinceMs - Accepted changes count when they were queued then or later, in milliseconds since the epoch.
 * @param most - The count at which counting ends, for each kind.
 */
export async function countChanges(
  state: StateTable,
  acceptedSinceMs: number,
  most: number,
): Promise<ChangeCounts> {
  const count = (outcome: Outcome, filter?: string, sinceMs = 0): Promise<number> => {
    const query = {
      index: BY_OUTCOME,
      keys: '#outcome = :outcome AND #queuedAt >= :since',
      values: { ':outcome': outcome, ':since': timestamp(sinceMs) },
      ...(filter !== undefined && { filter }),
    };
    return state.count(query, most);
  };
  const [queued, sending, waiting, accepted, rejected, unknown, held] = await Promise.all([
    count('queued'),
    count('sending'),
    count('waiting', IS_IN_PROGRESS),
    count('accepted', undefined, acceptedSinceMs),
    count('rejected', 'attribute_not_exists(#note)'),
    count('unknown'),
    count('waiting', IS_HELD),
  ]);
  return { queued, sending, waiting, accepted, rejected, unknown, held };
}
