/**
 * - `ok`: as it should be.
 * - `information`: nothing is wrong, or it cannot be told yet.
 * - `warning`: it works, but should be looked at.
 * - `failure`: it does not work.
 */
export type FindingStatus = 'ok' | 'information' | 'warning' | 'failure';

/** What a check found out. No secrets, and no object's values: names of fields at most. */
export interface Finding {
  /** What was looked at: `token`, `stream members`. */
  readonly check: string;
  readonly status: FindingStatus;
  /** What is so, for people. */
  readonly what: string;
  /** What to do about it; a warning and a failure always have one. */
  readonly fix?: string;
}

export function ok(check: string, what: string): Finding {
  return { check, status: 'ok', what };
}

export function information(check: string, what: string, fix?: string): Finding {
  return { check, status: 'information', what, ...(fix !== undefined && { fix }) };
}

export function warning(check: string, what: string, fix: string): Finding {
  return { check, status: 'warning', what, fix };
}

export function failure(check: string, what: string, fix: string): Finding {
  return { check, status: 'failure', what, fix };
}
