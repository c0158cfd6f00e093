import type { SyncErrorCode } from '../core/errors.ts';

/** Failures that our access is the reason of, and neither a change nor a stream: what the metric `AccessRefused` counts. */
export const ACCESS_REFUSALS: ReadonlySet<string | undefined> = new Set<SyncErrorCode>([
  'SECRET_INVALID',
  'CREDENTIALS_REFUSED',
  'CONSENT_NEEDED',
  'ACCESS_DENIED',
]);
