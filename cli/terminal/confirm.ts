import { createInterface } from 'node:readline/promises';
import { CommandError } from '../../operator/command-error.ts';
import { canAsk } from './terminal.ts';

/** What asks first, unless told not to. */
export interface ConfirmOptions {
  readonly yes?: boolean;
}

/**
 * Asks on the terminal whether to go on.
 *
 * @param question - In words that end with a question mark.
 * @throws {CommandError} `USAGE`: there is no terminal to ask on. `DECLINED`, `INTERRUPTED`.
 */
export async function confirm(question: string, { yes }: ConfirmOptions): Promise<void> {
  if (yes) return;
  requireTerminal();
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const left = new AbortController();
  terminal.once('SIGINT', () => left.abort()).once('close', () => left.abort());
  try {
    const answer = await terminal.question(`${question} [y/N] `, { signal: left.signal });
    if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError('DECLINED', 'nothing was done');
  } catch (error) {
    if (!left.signal.aborted) throw error;
    process.stderr.write('\n');
    throw new CommandError('INTERRUPTED', 'nothing was done');
  } finally {
    terminal.close();
  }
}

/** @throws {CommandError} `USAGE`: nobody is there to be asked. */
export function requireTerminal(): void {
  if (canAsk()) return;
  throw new CommandError('USAGE', 'this writes to Procurios and there is no terminal to ask on: add --yes');
}
