import type { Outcome } from '../../lambda/core/push/ledger-entry.ts';
import { isHeld } from '../../lambda/core/push/ledger-entry.ts';
import { type ListedChanges, listChanges } from '../../operator/changes/list.ts';
import { readConfig } from '../../operator/config.ts';
import { type CommonOptions, flagsOf } from '../../operator/options.ts';
import { openSession } from '../../operator/session.ts';
import { countOf, severalOf } from '../../operator/words.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';
import { ledgerTable } from './texts.ts';

export interface ChangesListOptions extends CommonOptions {
  /** Only changes of this outcome; absent for all. */
  readonly outcome?: Outcome;
  /** Only changes queued at this time or later, in milliseconds since the epoch; absent for all. */
  readonly since?: number;
  /** Changes to list, at most. */
  readonly limit: number;
}

/** `procurios-sync changes list`: the changes and their outcomes, the change that was queued last first. */
export async function printChangeList(options: ChangesListOptions): Promise<number> {
  const config = await readConfig(options);
  await using session = await openSession(config, options);
  const { outcome, since, limit } = options;
  const listed = await listChanges(session, {
    ...(outcome !== undefined && { outcome }),
    ...(since !== undefined && { sinceMs: since }),
    limit,
  });
  const { entries } = listed;
  if (options.json) for (const entry of entries) print(JSON.stringify(documentOf(entry)));
  else if (entries.length > 0) print(ledgerTable(entries));
  sayHowMany(listed, options);
  return EXIT.done;
}

function documentOf(entry: ListedChanges['entries'][number]) {
  const { changeId, outcome, operation, subject, queuedAt, changedAt, attempt, status, reason, note } = entry;
  return {
    ...{ changeId, outcome, held: isHeld(entry), operation, subject, queuedAt, changedAt },
    ...{ attempts: attempt, status, reason, note },
  };
}

function sayHowMany({ entries, hasMore }: ListedChanges, options: ChangesListOptions): void {
  const held = entries.filter(isHeld).length;
  if (held > 0) {
    say(
      `${countOf(held, 'change')} held for an operator: npx procurios-sync changes show ID${flagsOf(options)}`,
    );
  }
  if (entries.length === 0) say('the ledger has no such changes');
  else if (hasMore) say(`the last ${severalOf(entries.length, 'change')}; --limit shows more`);
  else say(entries.length === 1 ? 'the only such change' : `all ${countOf(entries.length, 'change')}`);
}
