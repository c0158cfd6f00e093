/** What happens next: it is tried again by itself, a person decides, or somebody changes something. */
export type Disposition = 'retry' | 'hold' | 'fix';

const DISPOSITIONS = {
  /** The config file breaks a rule. */
  CONFIG_INVALID: 'fix',
  /** The secret is absent, empty or not of the shape `{"clientId", "clientSecret"}`. */
  SECRET_INVALID: 'fix',
  /** Procurios refused the client's id and secret, also after the secret was read anew. */
  CREDENTIALS_REFUSED: 'fix',
  /** No user's token serves any more: somebody has to log in, by the command in the message. */
  CONSENT_NEEDED: 'fix',
  /** A new token was refused as well, or the scope is missing (401 after a new token, 403). */
  ACCESS_DENIED: 'fix',
  /** No connection: name not found, refused, TLS. */
  HOST_UNREACHABLE: 'retry',
  /** Something answers, but not the Procurios API: an HTML page, a redirect, another content type. */
  NOT_PROCURIOS: 'fix',
  /** An answer in the right format that breaks the expected shape, or an unexpected status. */
  RESPONSE_INVALID: 'fix',
  /** The answer holds no list of objects, or more than one. */
  LIST_AMBIGUOUS: 'fix',
  /** The listing leads back to a page already read, or shows nothing new without coming to an end. */
  PAGING_LOOP: 'fix',
  /** Procurios asked us to slow down for longer than was waited for. */
  THROTTLED: 'retry',
  /** Procurios failed, stalled or cut its answers short, also after several attempts. */
  UNAVAILABLE: 'retry',
  /** A table is missing. */
  STORE_MISSING: 'fix',
  /** AWS refused or failed, also after several attempts. */
  STORE_UNAVAILABLE: 'retry',
  /** A change is not of the right shape, or not of a configured operation. */
  CHANGE_INVALID: 'fix',
  /** Another pull of this environment is running. */
  RUN_ACTIVE: 'retry',
  /** The pull was stopped, or its time was up; the next one goes on from there. */
  INTERRUPTED: 'retry',
  /** The receipt does not add up: a bug of ours. */
  UNBALANCED: 'fix',
} as const satisfies Record<string, Disposition>;

/** Stable identifiers: alarms, log queries and the README's table refer to them. */
export type SyncErrorCode = keyof typeof DISPOSITIONS;

/** One thing that is wrong with an input, and where. Never holds the value itself. */
export interface Problem {
  /** Where, as a path: `streams[2].paging`. */
  readonly path: string;
  /** What was expected there, in words. */
  readonly expected: string;
}

/** `a problem`, `3 problems`. */
export function countProblems({ length }: readonly Problem[]): string {
  return length === 1 ? 'a problem' : `${length} problems`;
}

export interface SyncErrorOptions extends ErrorOptions {
  /** All the problems found, where the input has several. */
  readonly problems?: readonly Problem[];
  /** How long the other side asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number;
}

/**
 * A failure this system expects and has an answer for.
 *
 * Anything else that is thrown is a bug, and only entry points and commands catch it.
 */
export class SyncError extends Error {
  override readonly name = 'SyncError';
  readonly code: SyncErrorCode;
  readonly problems: readonly Problem[];
  /** How long the other side asked us to wait, in milliseconds; undefined where it did not say. */
  readonly retryAfterMs: number | undefined;

  /**
   * @param code - Which expected failure this is.
   * @param message - What was wrong and what was expected. Never a secret, a whole URL or an object's values.
   * @param options - The error that this one explains goes in `cause`.
   */
  constructor(code: SyncErrorCode, message: string, options: SyncErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.problems = options.problems ?? [];
    this.retryAfterMs = options.retryAfterMs;
  }

  get disposition(): Disposition {
    return DISPOSITIONS[this.code];
  }
}
