/** A problem that needs an operator. */
export interface Concern {
  readonly what: string;
  /** The sentence of the error that caused it, or another reason; undefined if there is none. */
  readonly why?: string;
  /** A command to run, a place to read, or the reason; undefined if `what` says it all. */
  readonly next?: string;
}
