import type { ListedEntry } from '../../lambda/aws/state/ledger.ts';
import { isHeld, type Outcome } from '../../lambda/core/push/ledger-entry.ts';
import { openLedger } from '../../operator/changes/open-changes.ts';
import { type CommonOptions, flagsOf } from '../../operator/options.ts';
import { openSession, readConfig } from '../../operator/session.ts';
import { countOf, grouped } from '../../operator/words.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';
import { ledgerTable } from './texts.ts';

export interface ChangesListOptions extends CommonOptions {
  /** Only changes of this outcome; absent: all. */
  readonly outcome?: Outcome;
  /** Only changes queued then or later, in milliseconds since the epoch; absent: all. */
  readonly since?: number;
  /** Most changes listed. */
  readonly limit: number;
}

/** `procurios-sync changes list`: what became of the changes, those queued last first. */
export async function listChanges(options: ChangesListOptions): Promise<number> {
  const config = await readConfig(options);
  await using session = await openSession(config, options);
  const { outcome, since, limit, json } = options;
  const found: ListedEntry[] = [];
  const pages = openLedger(config, session).list({
    ...(outcome !== undefined && { outcome }),
    ...(since !== undefined && { sinceMs: since }),
    limit: limit + 1,
  });
  for await (const page of pages) found.push(...page);
  const entries = found.slice(0, limit);

  if (json) for (const entry of entries) print(JSON.stringify(summaryOf(entry)));
  else if (entries.length > 0) print(ledgerTable(entries));
  sayHowMany(entries, found.length > limit, options);
  return EXIT.done;
}

function summaryOf(entry: ListedEntry) {
  const { changeId, outcome, operation, subject, queuedAt, changedAt, attempt, status, reason, note } = entry;
  return {
    ...{ changeId, outcome, held: isHeld(entry), operation, subject, queuedAt, changedAt },
    ...{ attempts: attempt, status, reason, note },
  };
}

function sayHowMany(entries: readonly ListedEntry[], hasMore: boolean, options: ChangesListOptions): void {
  const held = entries.filter(isHeld).length;
  if (held > 0) {
    say(
      `${countOf(held, 'change')} held for a person: npx procurios-sync changes show ID${flagsOf(options)}`,
    );
  }
  if (entries.length === 0) say('there are no such changes in the ledger');
  else if (hasMore) say(`the last ${grouped(entries.length)} changes; --limit shows more`);
  else say(`all ${countOf(entries.length, 'change')}`);
}
