import { confirm as ask } from '@inquirer/prompts';
import { CommandError } from '../../operator/command-error.ts';
import { answered, canAsk } from './terminal.ts';

/** Options of a command that asks before it acts. */
export interface ConfirmOptions {
  /** Do not ask. */
  readonly yes?: boolean;
}

const NOTHING_DONE = 'nothing was done';
/** Shows `[y/N]` behind the question. */
const THEME = { prefix: '', style: { defaultAnswer: (hint: string) => `[${hint}]` } };

/**
 * Asks on the terminal whether the command may act.
 *
 * @param message - A sentence that ends with a question mark.
 * @throws {CommandError} `USAGE` if there is no terminal to ask on. `DECLINED`, `INTERRUPTED`.
 */
export async function confirm(message: string, { yes }: ConfirmOptions): Promise<void> {
  if (yes) return;
  requireTerminal();
  const question = { message, default: false, theme: THEME };
  const isAgreed = await answered((context) => ask(question, context), NOTHING_DONE);
  if (!isAgreed) throw new CommandError('DECLINED', NOTHING_DONE);
}

/** @throws {CommandError} `USAGE` if there is no terminal to ask on. */
function requireTerminal(): void {
  if (canAsk()) return;
  throw new CommandError('USAGE', 'there is no terminal to ask on: add --yes');
}
