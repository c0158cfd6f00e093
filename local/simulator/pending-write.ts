import type { ApiReply } from './api-reply.ts';

/** A change that a request asks for: checked, so that it cannot fail any more, and not made yet. */
export interface PendingWrite {
  readonly kind: 'write';
  readonly apply: () => ApiReply;
}

/** Describes a change; for the modules. */
export function pendingWrite(apply: () => ApiReply): PendingWrite {
  return { kind: 'write', apply };
}
