import { type ApiReply, emptyReply, errorReply } from './api-reply.ts';
import type { Switches } from './switches.ts';

/** Thrown where a request cannot be answered; the server answers with its status. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly errors: readonly string[];

  /** @param errors - What the answer's `errors` say. */
  constructor(status: number, ...errors: string[]) {
    super(errors.join('; '));
    this.status = status;
    this.errors = errors;
  }

  /** A bad request is always explained; whether access and absence are is not known. */
  reply({ refusalBody }: Switches): ApiReply {
    return this.status !== 400 && refusalBody === 'empty'
      ? emptyReply(this.status)
      : errorReply(this.status, ...this.errors);
  }
}
