import { LARGEST_CHANGE_BYTES } from '../core/push/change.ts';
import { PUSH_TIMEOUT_SECONDS } from './function-limits.ts';

/**
 * The largest message that the queue of changes takes, so that SQS refuses the sender of a larger one. By default SQS takes
 * 1 MiB, which is more than the ledger can keep.
 */
export const LARGEST_MESSAGE_BYTES = LARGEST_CHANGE_BYTES;
/**
 * The largest message that a dead-letter queue takes: the most that SQS allows, because a message that is too large for the
 * ledger must fit there.
 */
export const LARGEST_DEAD_LETTER_BYTES = 1024 * 1024;

/** How long a message stays in the queue of changes, and in its dead-letter queue: the longest that SQS keeps one. */
export const MESSAGE_RETENTION_DAYS = 14;

/**
 * How long a delivered message is hidden: six times the function's timeout, as AWS advises, because Lambda may fetch a batch
 * several times before a function is free for it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export const VISIBILITY_TIMEOUT_SECONDS = 6 * PUSH_TIMEOUT_SECONDS;

/**
 * Deliveries after which SQS moves a message to the dead-letter queue: the most that it allows, because each pause that
 * Procurios asks for is a delivery, and pauses alone must not use up a message.
 */
export const MOST_DELIVERIES = 1000;

/** Functions that send changes at the same time, at most: the fewest that an event source can be limited to. */
export const PUSH_CONCURRENCY = 2;

/** The event by which a rule has the push write the ledger's levels as metrics, so that they are right when no change comes. */
export const WATCH_EVENT = { watch: 'ledger' } as const;
export const WATCH_MINUTES = 15;
