import { printable } from '../lambda/core/plain-text.ts';

/** Codes of failures that only an operator's command can have. The other codes are in `SyncErrorCode`. */
export type CommandErrorCode =
  /** The command was called wrongly. The message says how to call it. */
  | 'USAGE'
  /** The table has no such item, or the ledger no such change. */
  | 'NOT_FOUND'
  /** A file could not be read or written. */
  | 'FILE_FAILED'
  /** The operator answered no, or the user refused consent. */
  | 'DECLINED'
  /** The browser did not return from a login with a code that can be used. Nothing is stored. */
  | 'LOGIN_FAILED'
  /** The state of the change or stream does not allow the action. */
  | 'NOT_POSSIBLE'
  /** The environment's stack does not exist, or is not finished. */
  | 'NOT_DEPLOYED'
  /** A run in AWS left no receipt, because it was stopped, timed out, or could not begin. */
  | 'RUN_FAILED'
  /** Ctrl-C. */
  | 'INTERRUPTED';

/** An expected failure of an operator's command. Its message never holds an object's values. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: CommandErrorCode;

  constructor(code: CommandErrorCode, message: string, options?: ErrorOptions) {
    super(printable(message), options);
    this.code = code;
  }
}
