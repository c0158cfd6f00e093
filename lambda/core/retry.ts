/** A retry of a request to Procurios, reported before its pause. */
export interface Retry {
  /** The purpose of the request: `stream members, page 3`. */
  readonly about: string;
  /** What was wrong with the attempt: `answered 503`, `no whole answer within 45 s`. */
  readonly reason: string;
  /** The number of the attempt that follows: 2 for the first retry. */
  readonly attempt: number;
  /** The most attempts that are made. */
  readonly of: number;
  /** The pause before that attempt, in milliseconds. */
  readonly delayMs: number;
}
