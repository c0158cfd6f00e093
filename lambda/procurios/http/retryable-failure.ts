import type { SyncError } from '../../core/errors.ts';

/** A failed attempt that may succeed when it is repeated. It never leaves this folder. */
export class PassingFailure extends Error {
  /** What the caller is told when no attempt is left. */
  readonly failure: SyncError;

  constructor(failure: SyncError) {
    super(failure.message);
    this.failure = failure;
  }
}
