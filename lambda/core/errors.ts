import { printable } from './plain-text.ts';

/** What happens next: the system retries, or an operator fixes the config, the credentials or the access. */
export type Disposition = 'retry' | 'fix';

const DISPOSITIONS = {
  /** The config file breaks a rule. */
  CONFIG_INVALID: 'fix',
  /** The secret is absent, empty or not of the shape `{"clientId", "clientSecret"}`. */
  SECRET_INVALID: 'fix',
  /** Procurios refused the client's id and secret, also after the secret was read again. */
  CREDENTIALS_REFUSED: 'fix',
  /** No user's token is valid any more: a user must log in, by the command in the message. */
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
  /** The listing was read to its end, but what it showed contradicts that it showed all objects. */
  LISTING_INCOMPLETE: 'retry',
  /** The listing leads back to a page already read, or shows nothing new without ending. */
  PAGING_LOOP: 'fix',
  /** Procurios asked for a longer pause than the client waits. */
  THROTTLED: 'retry',
  /** Procurios failed, stalled or cut its answers short, also after several attempts. */
  UNAVAILABLE: 'retry',
  /** A table is missing. */
  STORE_MISSING: 'fix',
  /** AWS refused or failed, also after several attempts. */
  STORE_UNAVAILABLE: 'retry',
  /** No AWS region is set, or what is set is not the name of a region. */
  REGION_INVALID: 'fix',
  /** A change is not of the right shape, or not of a configured operation. */
  CHANGE_INVALID: 'fix',
  /** Another pull of this environment is in progress. */
  RUN_ACTIVE: 'retry',
  /** The pull was stopped, or its time was up; the next pull continues from there. */
  INTERRUPTED: 'retry',
  /** The receipt does not balance, which is a bug in this system. */
  UNBALANCED: 'fix',
} as const satisfies Record<string, Disposition>;

/** Stable identifiers: alarms, log queries and docs/errors.md refer to them. */
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

/** A failure's facts, for code to read. Its message is for people, and is never parsed. */
export interface SyncErrorDetail {
  /** All the problems found, where the input has several. */
  readonly problems?: readonly Problem[];
  /** The pause that the other side asked for, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** True if the same request may succeed within seconds. */
  readonly isTransient?: boolean;
  /** The message for a screen that already names what was asked for. */
  readonly brief?: string;
  /** What was wrong, for a screen that also names the request: `answered 503`. */
  readonly reason?: string;
  /** True if the token was refused, rather than access with it. */
  readonly isTokenRefused?: boolean;
  /** The HTTP status of the answer. */
  readonly status?: number;
  /** The host that a redirect leads to. */
  readonly redirectHost?: string | undefined;
  /** The registered OAuth2 error in the answer, such as `unauthorized_client`. */
  readonly oauthError?: string | undefined;
  /** True if the answer breaks the rules of HTTP or of its compression. */
  readonly isUnreadable?: boolean;
  /** True if the connection failed at TLS: the certificate or the handshake. */
  readonly isTls?: boolean;
  /** The right that AWS says the caller lacks: `dynamodb:GetItem`, or `this call` if AWS does not name it. */
  readonly missingRight?: string;
  /** The command that logs a user in. */
  readonly loginCommand?: string;
}

/**
 * A failure that this system expects and has an answer for.
 *
 * Anything else that is thrown is a bug, and only entry points and commands catch it.
 */
export class SyncError extends Error {
  override readonly name = 'SyncError';
  readonly code: SyncErrorCode;
  readonly detail: SyncErrorDetail;

  /**
   * @param code - Which expected failure this is.
   * @param message - What was wrong and what was expected. Never a secret, a whole URL or an object's values.
   * @param options - Facts for code to read; the error that this one explains goes in `cause`.
   */
  constructor(code: SyncErrorCode, message: string, options: SyncErrorDetail & ErrorOptions = {}) {
    const { cause, brief, reason, ...detail } = options;
    super(shown(message), cause === undefined ? {} : { cause });
    this.code = code;
    this.detail = {
      ...detail,
      ...(brief !== undefined && { brief: shown(brief) }),
      ...(reason !== undefined && { reason: shown(reason) }),
    };
  }

  get disposition(): Disposition {
    return DISPOSITIONS[this.code];
  }

  get problems(): readonly Problem[] {
    return this.detail.problems ?? [];
  }

  /** The pause that the other side asked for, in milliseconds; undefined if it asked for none. */
  get retryAfterMs(): number | undefined {
    return this.detail.retryAfterMs;
  }
}

const LONGEST_MESSAGE = 2_000;

/** A message as it can be shown and stored. It may name fields or hosts as the other side wrote them. */
function shown(message: string): string {
  const text = printable(message.slice(0, LONGEST_MESSAGE)).toWellFormed();
  return message.length > LONGEST_MESSAGE ? `${text}…` : text;
}

/** A failure whose message begins with what it is about, such as `stream members, page 3`. */
export function failureAbout(code: SyncErrorCode, about: string, what: string): SyncError {
  return new SyncError(code, `${about}: ${what}`, { brief: what });
}

/**
 * The error, as one that the caller has an answer for.
 *
 * @throws The error itself, if it is no {@link SyncError}.
 */
export function expectedFailure(error: unknown): SyncError {
  if (error instanceof SyncError) return error;
  throw error;
}
