import { CommandError } from '../../operator/command-error.ts';

/** Whether there is a terminal to ask on. Questions are shown on stderr, because stdout holds results only. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** What a prompt of `@inquirer/prompts` is called with beside its question. */
interface PromptContext {
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

/**
 * Asks a question on the terminal.
 *
 * @param ask - Shows a prompt of `@inquirer/prompts` in the context that it is given.
 * @param whenInterrupted - What the error says, such as `nothing was stored`.
 * @throws {CommandError} `INTERRUPTED` at Ctrl-C, and when stdin is closed.
 */
export async function answered<Answer>(
  ask: (context: PromptContext) => Promise<Answer>,
  whenInterrupted: string,
): Promise<Answer> {
  // A prompt never settles if Ctrl-D closes its stdin. The readline behind it then pauses stdin.
  const closed = new AbortController();
  const close = (): void => closed.abort();
  process.stdin.once('pause', close);
  try {
    return await ask({ output: process.stderr, signal: closed.signal });
  } catch (error) {
    if (!(error instanceof Error && /^(Exit|Abort)PromptError$/.test(error.name))) throw error;
    throw new CommandError('INTERRUPTED', whenInterrupted);
  } finally {
    process.stdin.off('pause', close);
  }
}

/** Columns that a table may have; undefined if stdout is no terminal, and any width fits. */
export function tableWidth(): number | undefined {
  return process.stdout.isTTY ? process.stdout.columns : undefined;
}
