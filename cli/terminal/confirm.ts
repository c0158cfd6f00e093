import { confirm as ask, input } from '@inquirer/prompts';
import { CommandError } from '../../operator/command-error.ts';
import { grouped } from '../../operator/words.ts';
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
  requireTerminal('--yes');
  const question = { message, default: false, theme: THEME };
  const isAgreed = await answered((context) => ask(question, context), NOTHING_DONE);
  if (!isAgreed) throw new CommandError('DECLINED', NOTHING_DONE);
}

/** Options of a command that asks for a count before it acts. */
export interface ConfirmCountOptions extends ConfirmOptions {
  /** The answer. Goes with `yes`. */
  readonly count?: number;
}

/**
 * Checks that the answer to a count's question is given if the question is not to be asked, and only then.
 *
 * @throws {CommandError} `USAGE`.
 */
export function checkCountOptions({ yes = false, count }: ConfirmCountOptions): void {
  if (yes === (count !== undefined)) return;
  const missing = yes ? '--yes needs --count, with the number that is expected' : '--count goes with --yes';
  throw new CommandError('USAGE', missing);
}

/**
 * Asks on the terminal how many there are. Only the operator who has looked knows.
 *
 * @param message - A question that begins with `How many`.
 * @throws {CommandError} `DECLINED` if another count is given; otherwise as {@link confirm}.
 */
export async function confirmCount(
  message: string,
  expected: number,
  { count }: ConfirmCountOptions,
): Promise<void> {
  const given = count === undefined ? await askCount(message) : String(count);
  if (given === String(expected)) return;
  throw new CommandError(
    'DECLINED',
    `the count does not match: there are ${grouped(expected)}; ${NOTHING_DONE}`,
  );
}

async function askCount(message: string): Promise<string> {
  requireTerminal('--yes and --count');
  const typed = await answered((context) => input({ message, theme: THEME }, context), NOTHING_DONE);
  return typed.replace(/[\s,.]/g, '');
}

/** @throws {CommandError} `USAGE` if there is no terminal to ask on. */
function requireTerminal(flags: string): void {
  if (canAsk()) return;
  throw new CommandError('USAGE', `there is no terminal to ask on: add ${flags}`);
}
