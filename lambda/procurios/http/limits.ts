import { LONGEST_WAIT_IN_SLICE_MS } from '../../core/pull/reading-end.ts';

/** How long and how often the client tries, and how large an answer it accepts. */
export interface ClientLimits {
  /** One attempt, from sending to the last byte of the answer, in milliseconds. */
  readonly attemptMs: number;
  /** All attempts and the pauses between them, in milliseconds, without the waits for a turn at the rate limiter. */
  readonly totalMs: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** The backoff before the first retry; each further one is twice as long. All are shortened at random by up to half. */
  readonly backoffMs: number;
  /** The longest pause (`Retry-After`) that the client waits. A longer one is thrown as `THROTTLED`, for the caller to wait. */
  readonly longestWaitMs: number;
  /** The pause before a request is sent with a new token, after one was refused, in milliseconds. */
  readonly newTokenPauseMs: number;
  /** The pause before a page that looks like the listing's end, or is doubtful, is read again. */
  readonly secondLookMs: number;
  /** The largest answer, after decompression, in bytes. */
  readonly largestBodyBytes: number;
}

export const DEFAULT_LIMITS: ClientLimits = {
  attemptMs: 45_000, // PHP ends a script after 30 s by default; the rest is for the transfer
  totalMs: 240_000, // every attempt may time out, with some room for pauses; well within a function's 15 minutes
  retries: 4,
  backoffMs: 500,
  longestWaitMs: LONGEST_WAIT_IN_SLICE_MS,
  newTokenPauseMs: 2_000, // a server that spreads its tokens to others may refuse a new one for a moment
  secondLookMs: 1000,
  largestBodyBytes: 32 * 1024 * 1024, // the vendor's largest page, 1,000 objects, at 32 KB each
};

/** For the push: other messages wait behind this one, and the queue retries later. */
export const PUSH_LIMITS: ClientLimits = {
  ...DEFAULT_LIMITS,
  totalMs: 60_000,
  retries: 2,
  longestWaitMs: 5_000,
  largestBodyBytes: 4 * 1024 * 1024, // replies and schemas
};
