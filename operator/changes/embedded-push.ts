import { say } from '../../cli/terminal/output-lines.ts';
import type { ChangeQueue } from '../../lambda/aws/queue/change-queue.ts';
import { SyncError } from '../../lambda/core/errors.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import type { Log } from '../../lambda/runtime/log.ts';
import { createPush } from '../../lambda/wiring/run-push.ts';
import { openTokenSource } from '../../lambda/wiring/token-source.ts';
import { type EventSource, startEventSource } from '../../local/endpoints/event-source.ts';
import type { Session } from '../session.ts';

/** What the ledger tells better, a command does not say; what keeps a message from the ledger it says once. */
function createQuietLog(): Log {
  const said = new Set<string>();
  return {
    info() {},
    warn() {},
    error(message, { error } = {}) {
      const line = `${message}: ${error}`;
      if (!said.has(line)) say(line);
      said.add(line);
    },
  };
}

/**
 * Does in this process what an event source and the function do in AWS: takes changes from the queue and sends them.
 *
 * @param queueUrl - Of the embedded queue.
 * @param stop - Aborts when no attempt is to be begun any more.
 */
export function startEmbeddedPush(
  config: Config,
  session: Session,
  queue: ChangeQueue,
  queueUrl: string,
  stop: AbortSignal,
): EventSource {
  const log = createQuietLog();
  const push = createPush({
    config,
    token: openTokenSource(config, session),
    dynamoDb: session.dynamoDb,
    queue,
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
