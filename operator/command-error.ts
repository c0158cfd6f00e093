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
