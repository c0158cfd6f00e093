import { LONGEST_NOTE } from '../../lambda/core/deletes/approval.ts';
import { CommandError } from '../../operator/command-error.ts';
import { grouped } from '../../operator/words.ts';

/** @throws {CommandError} `USAGE` if an operator's note is empty or too long. */
export function checkNote(note: string): void {
  if (note.trim() === '') throw new CommandError('USAGE', '--note is empty; say why');
  if (note.length > LONGEST_NOTE) {
    throw new CommandError('USAGE', `--note takes at most ${grouped(LONGEST_NOTE)} characters`);
  }
}
