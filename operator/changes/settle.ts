import type { LedgerEntry } from '../../lambda/core/push/ledger-entry.ts';
import type { Settlement } from '../../lambda/core/push/transitions.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import { CommandError } from '../command-error.ts';
import type { Session } from '../session.ts';
import { readEntry } from './read-entry.ts';
import { settleChange } from './resolve-change.ts';

/** What a settlement did. */
export interface Settled {
  /** The entry as it was. */
  readonly before: LedgerEntry;
  /** The entry as it is now: without its body, with the note. */
  readonly entry: LedgerEntry;
}

/** Characters that a note may have. */
export const LONGEST_NOTE = 1_000;

/**
 * Declares the outcome of a change, and drops its body.
 *
 * @throws {CommandError} `NOT_FOUND`; `NOT_POSSIBLE` if the change cannot be settled as it is, or changed meanwhile.
 */
export async function settle(
  session: Session,
  changeId: string,
  { outcome, note }: Pick<Settlement, 'outcome' | 'note'>,
): Promise<Settled> {
  const ledger = session.ledger();
  const before = await readEntry(ledger, changeId);
  const settlement = { outcome, note: note.trim(), retentionDays: session.config.ledgerRetentionDays };
  const result = settleChange(before, settlement, systemClock);
  if ('refusal' in result) throw new CommandError('NOT_POSSIBLE', `${changeId} ${result.refusal}`);
  if (await ledger.write(result.entry)) return { before, entry: result.entry };
  throw new CommandError(
    'NOT_POSSIBLE',
    `${changeId} was not settled, because it changed meanwhile; look at it again`,
  );
}
