import type { ChangeQueue } from '../lambda/aws/change-queue.ts';
import type { Config } from '../lambda/config/config.ts';
import { SyncError } from '../lambda/core/errors.ts';
import { createPush } from '../lambda/run-push.ts';
import type { Log } from '../lambda/runtime/log.ts';
import { type EventSource, startEventSource } from '../local/endpoints/event-source.ts';
import { say } from './command.ts';
import { type Session, tokenSourceOf } from './session.ts';

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
 */
export function startEmbeddedPush(
  config: Config,
  session: Session,
  queue: ChangeQueue,
  queueUrl: string,
): EventSource {
  const log = createQuietLog();
  const receipts = new Map<string, string>();
  const push = createPush({
    config,
    token: tokenSourceOf(config, session),
    dynamoDb: session.dynamoDb,
    concurrency: 1,
    hide: ({ messageId }, ms) => queue.hide(receipts.get(messageId) ?? '', ms),
    log,
  });
  return startEventSource({
    client: session.sqs,
    queueUrl,
    async handler({ Records }) {
      receipts.clear();
      for (const { messageId, receiptHandle } of Records) receipts.set(messageId, receiptHandle);
      const handedBack = await push(
        Records.map(({ messageId, body, attributes }) => ({
          messageId,
          text: body,
          group: attributes.MessageGroupId ?? messageId,
        })),
      );
      return { batchItemFailures: handedBack.map((itemIdentifier) => ({ itemIdentifier })) };
    },
    onFailure(error) {
      log.error('the queue', { error: error instanceof SyncError ? error.message : (error as Error).name });
    },
  });
}
