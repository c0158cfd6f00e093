import { settleChange } from '../../lambda/core/push/resolve-change.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import { openLedger, readEntry } from '../../operator/changes/open-changes.ts';
import { CommandError } from '../../operator/command-error.ts';
import type { CommonOptions } from '../../operator/options.ts';
import { openSession, readConfig } from '../../operator/session.ts';
import { grouped } from '../../operator/words.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';

export interface ChangesSettleOptions extends CommonOptions {
  /** It was applied. */
  readonly accepted?: boolean;
  /** It was not applied, and is not going to be. */
  readonly rejected?: boolean;
  /** How that is known. */
  readonly note: string;
}

const LONGEST_NOTE = 1_000;

/** `procurios-sync changes settle ID`: declares what became of a change. */
export async function settleByHand(changeId: string, options: ChangesSettleOptions): Promise<number> {
  const { accepted, rejected, note, json } = options;
  if (accepted === rejected) throw new CommandError('USAGE', 'say which it was: --accepted or --rejected');
  if (note.trim() === '') throw new CommandError('USAGE', 'say in --note how that is known');
  if (note.length > LONGEST_NOTE) {
    throw new CommandError('USAGE', `--note takes ${grouped(LONGEST_NOTE)} characters at most`);
  }
  const config = await readConfig(options);
  await using session = await openSession(config, options);
  const ledger = openLedger(config, session);

  const outcome = accepted ? 'accepted' : 'rejected';
  const entry = await readEntry(ledger, changeId);
  const result = settleChange(
    entry,
    { outcome, note: note.trim(), retentionDays: config.ledgerRetentionDays },
    systemClock,
  );
  if ('refusal' in result) throw new CommandError('NOT_POSSIBLE', `${changeId} ${result.refusal}`);
  if (!(await ledger.write(result.entry))) {
    throw new CommandError(
      'NOT_POSSIBLE',
      `${changeId} changed meanwhile and was left alone; look at it again`,
    );
  }
  if (json) print(JSON.stringify({ changeId, outcome, note: result.entry.note }));
  else if (entry.note !== undefined)
    say(`${changeId} is settled as ${outcome}, no longer as ${entry.outcome}; both notes are kept`);
  else say(`${changeId} is settled as ${outcome}; its body was dropped`);
  return EXIT.done;
}
