/** @see The README's table of exit codes. */
export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Writes a line for people to stderr, because stdout holds results only. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Writes a line of the result to stdout. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The first write to stdout that failed; undefined if none did, or if its reader closed it, as `head -1` does. */
let lostOutput: NodeJS.ErrnoException | undefined;

/**
 * Lets a command complete its work although its output cannot be written, because a reader has closed it, the disk is full
 * or the terminal is gone. A failure of stderr is ignored, because there is no other place to report it.
 */
export function outliveOutput(): void {
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') lostOutput ??= error;
  });
}

/**
 * Waits until stdout and stderr are written.
 *
 * @param code - The exit code of the command's work.
 * @returns The exit code of the command: not 0 if a part of its result could not be written.
 */
export async function finishOutput(code: number): Promise<number> {
  await Promise.all([process.stdout, process.stderr].map(flush));
  if (lostOutput === undefined) return code;
  say(
    `FILE_FAILED: stdout cannot be written (${lostOutput.code}); the command has ended, and its result is lost`,
  );
  return code === EXIT.done ? EXIT.failed : code;
}

async function flush(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>((resolve) => {
    stream.write('', () => resolve());
  });
}
