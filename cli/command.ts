/** The options that every command has. */
export interface CommonOptions {
  /** The config file, relative to the working directory. */
  readonly config: string;
  /** Use the tables in `.procurios-sync/`, on this machine, instead of AWS. */
  readonly embedded?: boolean;
  /** One JSON document, or JSON Lines, on stdout. */
  readonly json?: boolean;
}

/** @see The README's table of exit codes. */
export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** The command line was used wrongly; the message says how it is used rightly. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A line for people: on stderr, so that stdout holds results only. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A line of the result. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
