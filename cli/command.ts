/** The options that every command has. */
export interface CommonOptions {
  /** The config file, relative to the working directory. */
  readonly config: string;
  /** Use the tables in `.procurios-sync/`, on this machine, instead of AWS. */
  readonly embedded?: boolean;
  /** One JSON document, or JSON Lines, on stdout. */
  readonly json?: boolean;
}

/** The config file where none is named. */
export const DEFAULT_CONFIG = 'procurios.config.ts';

/** @see The README's table of exit codes. */
export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** What only the command line can run into; the other failures are a `SyncError`'s. */
export type CommandErrorCode =
  /** The command was called wrongly; the message says how it is called rightly. */
  | 'USAGE'
  /** The table has no such item. */
  | 'NOT_FOUND'
  /** A file could not be written. */
  | 'FILE_FAILED'
  /** The answer to a question was no. */
  | 'DECLINED'
  /** The browser did not come back from a login with what was expected; nothing is stored. */
  | 'LOGIN_FAILED'
  /** The change, as it is, does not allow what was asked for. */
  | 'NOT_POSSIBLE'
  /** The environment's stack is not there, or not yet. */
  | 'NOT_DEPLOYED'
  /** A run in AWS ended without a receipt: it was stopped, timed out, or could not begin. */
  | 'RUN_FAILED'
  /** Ctrl-C. */
  | 'INTERRUPTED';

/** An expected failure of the command line's own. Its message never holds an object's values. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: CommandErrorCode;

  constructor(code: CommandErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The flags that lead another command to the same tables, as text: ` --embedded --config FILE`. */
export function flagsOf({ embedded, config }: CommonOptions): string {
  const file = /[^\w./\\:-]/.test(config) ? JSON.stringify(config) : config;
  return `${embedded ? ' --embedded' : ''}${config === DEFAULT_CONFIG ? '' : ` --config ${file}`}`;
}

/** A line for people: on stderr, so that stdout holds results only. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A line of the result. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/**
 * Lets whoever reads the output leave early, as `head -1` does: the command still does what it was asked to, and ends
 * with its own exit code.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
