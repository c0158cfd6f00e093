import { translate } from '../../lambda/aws/aws-errors.ts';
import { createChangeQueue } from '../../lambda/aws/queue/change-queue.ts';
import { SyncError } from '../../lambda/core/errors.ts';
import type { RetryListener } from '../../lambda/procurios/http/retry.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import type { Log } from '../../lambda/runtime/log.ts';
import { createPush } from '../../lambda/wiring/run-push.ts';
import { openTokenSource } from '../../lambda/wiring/token-source.ts';
import { type EventSource, startEventSource } from '../../local/endpoints/event-source.ts';
import { createQueues } from '../../local/endpoints/queues.ts';
import type { Session } from '../session.ts';

/** Receives what an operator may want to see while changes are sent. */
export interface SendingListeners {
  /** Called with a line for people if a message could not be recorded in the ledger; once for each line. */
  readonly onFailure: (line: string) => void;
  /** Receives the retries of requests for tokens and schemas. */
  readonly onRetry: RetryListener;
}

/**
 * Sends changes from the embedded queue, in this process, as the event source and the push function do in AWS. Creates
 * the queue if it is missing.
 *
 * @param stop - Aborts when no further attempt may begin.
 */
export async function startEmbeddedPush(
  session: Session,
  stop: AbortSignal,
  { onFailure, onRetry }: SendingListeners,
): Promise<EventSource> {
  const { changes: queueUrl, deadLetters } = await createQueues(session.sqs, session.config).catch(
    (error: unknown) => {
      throw translate(error, 'the queue on this machine');
    },
  );
  const log = createFailureLog(onFailure);
  const push = createPush({
    config: session.config,
    token: openTokenSource(session.config, session, onRetry),
    onRetry,
    dynamoDb: session.dynamoDb,
    queue: session.queue(),
    deadLetters: createChangeQueue({ client: session.sqs, queueUrl: deadLetters, clock: systemClock }),
    concurrency: 1,
    log,
    metrics: { count() {} },
  });
  return startEventSource({
    client: session.sqs,
    queueUrl,
    handler: (event) => push(event, stop),
    onFailure(error) {
      log.error('the queue', { error: error instanceof SyncError ? error.message : (error as Error).name });
    },
  });
}

/**
 * A log that passes on errors only, each line once. A change's outcome is in the ledger; an error is what kept a message
 * out of it.
 */
function createFailureLog(onFailure: (line: string) => void): Log {
  const reported = new Set<string>();
  return {
    info() {},
    warn() {},
    error(message, { error } = {}) {
      const line = `${message}: ${error}`;
      if (!reported.has(line)) onFailure(line);
      reported.add(line);
    },
  };
}
