import type { ApiReply } from './api-reply.ts';

/** A write that passed all checks and has not been performed yet. */
export interface PendingWrite {
  readonly kind: 'write';
  readonly apply: () => ApiReply;
}

/** Creates a pending write. */
export function pendingWrite(apply: () => ApiReply): PendingWrite {
  return { kind: 'write', apply };
}
