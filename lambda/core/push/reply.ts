import type { SyncErrorCode } from '../errors.ts';

/**
 * The result of a request that is sent at most once: an answer, or the reason why there is none.
 *
 * @typeParam Content - The content read from the body of an answer.
 */
export type Reply<Content> = Answered<Content> | NotSent | Lost;

/** Procurios, or a server in front of it, answered. */
export type Answered<Content> = Content & {
  readonly kind: 'answered';
  readonly status: number;
  /** Whether the answer is an HTML page, which the API never sends. */
  readonly isHtml: boolean;
  /** How many different tokens were refused, the last by this answer; absent if it refuses none. */
  readonly refusedTokens?: 1 | 2;
  /** The pause that the answer asks for; absent if it asks for none. */
  readonly retryAfterMs?: number;
};

/** The request was certainly not handled: there was no connection, no token or no access. */
export interface NotSent {
  readonly kind: 'notSent';
  readonly reason: string;
  readonly code?: SyncErrorCode;
  readonly retryAfterMs?: number;
}

/** The request may have been handled: it was sent, and no whole answer came back. */
export interface Lost {
  readonly kind: 'lost';
  readonly reason: string;
}

/** What the answer to a change says. */
export interface ChangeAnswer {
  /** The errors that the answer reports, at least one text if it reports any; empty if it reports none. */
  readonly errors: readonly string[];
  /**
   * True if a 2xx does not say whether all of the change was applied: a 207, an answer of the type `application/problem+json`,
   * or a list of results of which some report errors. Otherwise absent.
   */
  readonly isMixed?: true;
  /** The ids that the operation asks for, by name. */
  readonly ids: Readonly<Record<string, string>>;
}

export type ChangeReply = Reply<ChangeAnswer>;
