/**
 * - `ok`: works.
 * - `information`: not checked, or not needed yet.
 * - `warning`: works, but needs a look.
 * - `failure`: does not work.
 */
export type FindingStatus = 'ok' | 'information' | 'warning' | 'failure';

/** The result of a check. It has no secrets and no values of objects: field names at most. */
export interface Finding {
  /** The subject: `token`, `stream members`. */
  readonly check: string;
  readonly status: FindingStatus;
  /** The result, for the operator. */
  readonly what: string;
  /** The remedy; a warning and a failure always have one. */
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
