import { LONGEST_NOTE, settle } from '../../operator/changes/settle.ts';
import { CommandError } from '../../operator/command-error.ts';
import { readConfig } from '../../operator/config.ts';
import type { CommonOptions } from '../../operator/options.ts';
import { openSession } from '../../operator/session.ts';
import { grouped } from '../../operator/words.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';

export interface ChangesSettleOptions extends CommonOptions {
  /** The change was applied. */
  readonly accepted?: boolean;
  /** The change was not applied, and will not be sent again. */
  readonly rejected?: boolean;
  /** How the operator knows. */
  readonly note: string;
}

/** `procurios-sync changes settle ID`: declares the outcome of a change. */
export async function settleByHand(changeId: string, options: ChangesSettleOptions): Promise<number> {
  const { accepted, rejected, note, json } = options;
  if (accepted === rejected) {
    throw new CommandError('USAGE', 'say which outcome it is: --accepted or --rejected');
  }
  if (note.trim() === '') throw new CommandError('USAGE', '--note is empty; say how you know the outcome');
  if (note.length > LONGEST_NOTE) {
    throw new CommandError('USAGE', `--note takes at most ${grouped(LONGEST_NOTE)} characters`);
  }
  const outcome = accepted ? 'accepted' : 'rejected';
  const config = await readConfig(options);
  await using session = await openSession(config, options);
  const { before, entry } = await settle(session, changeId, { outcome, note });

  if (json) print(JSON.stringify({ changeId, outcome, note: entry.note }));
  else if (before.note !== undefined)
    say(`${changeId} is settled as ${outcome}, no longer as ${before.outcome}; both notes are kept`);
  else say(`${changeId} is settled as ${outcome}; its body was dropped`);
  return EXIT.done;
}
