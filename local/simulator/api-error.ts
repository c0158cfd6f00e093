import { type ApiReply, emptyReply, errorReply } from './api-reply.ts';
import type { Switches } from './switches.ts';

/** A request is refused. The server answers with the error's status. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly errors: readonly string[];

  /** @param errors - The answer's `errors`. */
  constructor(status: number, ...errors: string[]) {
    super(errors.join('; '));
    this.status = status;
    this.errors = errors;
  }

  /** Status 400 always has `errors`. For other statuses, the switch `refusalBody` decides, because the vendor does not document it. */
  reply({ refusalBody }: Switches): ApiReply {
    return this.status !== 400 && refusalBody === 'empty'
      ? emptyReply(this.status)
      : errorReply(this.status, ...this.errors);
  }
}
