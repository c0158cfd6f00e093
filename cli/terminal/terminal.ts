import { CommandError } from '../../operator/command-error.ts';

/** Whether somebody is there to be asked: questions are shown on stderr, and answered on stdin. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/**
 * Waits for a question's answer.
 *
 * @throws {CommandError} `INTERRUPTED`, with that message: Ctrl-C.
 */
export async function answered<Answer>(prompt: Promise<Answer>, message: string): Promise<Answer> {
  try {
    return await prompt;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ExitPromptError') throw error;
    throw new CommandError('INTERRUPTED', message);
  }
}

/** How wide tables may be; undefined: stdout is no terminal, and they are as wide as they are. */
export function tableWidth(): number | undefined {
  return process.stdout.isTTY ? process.stdout.columns : undefined;
}
