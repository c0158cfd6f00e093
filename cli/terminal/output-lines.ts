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

/**
 * Ignores that a reader of the output has closed it, as `head -1` does. The command still completes its work, and ends
 * with its own exit code.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
