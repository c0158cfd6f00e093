import type { DynamoDBClient } from '../aws/clients.ts';
import type { ChangeQueue } from '../aws/queue/change-queue.ts';
import { createLedger } from '../aws/state/ledger.ts';
import { createStateTable } from '../aws/state/state-table.ts';
import type { Clock } from '../core/clock.ts';
import { SyncError } from '../core/errors.ts';
import { isHeld, type LedgerEntry } from '../core/push/ledger-entry.ts';
import type { Message, PushPorts } from '../core/push/ports.ts';
import { pushBatch } from '../core/push/push-batch.ts';
import type { Config } from '../deployment/config.ts';
import { stateTableName } from '../deployment/names.ts';
import { createBodyChecks } from '../procurios/changes/body-schema.ts';
import { sendChange } from '../procurios/changes/send-change.ts';
import { type Client, createClient } from '../procurios/http/client.ts';
import { type ClientLimits, PUSH_LIMITS } from '../procurios/http/limits.ts';
import type { RetryListener } from '../procurios/http/retry.ts';
import type { TokenSource } from '../procurios/token/client-token.ts';
import { systemClock } from '../runtime/clock.ts';
import { errorFields, type Log } from '../runtime/log.ts';
import { countOutcomes, type Metrics } from '../runtime/metrics.ts';

/** The fields that the push needs of a batch, as Lambda delivers it. */
export interface QueueEvent {
  readonly Records: readonly {
    readonly messageId: string;
    readonly receiptHandle: string;
    readonly body: string;
    /** SQS gives numbers as texts. */
    readonly attributes: {
      readonly ApproximateReceiveCount: string;
      /** Milliseconds since the epoch. */
      readonly SentTimestamp: string;
      /** Absent if the queue is not a FIFO queue. */
      readonly MessageGroupId?: string;
    };
  }[];
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting */
export interface BatchResponse {
  readonly batchItemFailures: { readonly itemIdentifier: string }[];
}

export interface PushOptions {
  readonly config: Config;
  readonly token: TokenSource;
  readonly dynamoDb: DynamoDBClient;
  readonly queue: Pick<ChangeQueue, 'hide'>;
  /** Takes the messages that the ledger cannot keep. */
  readonly deadLetters: Pick<ChangeQueue, 'send'>;
  /** The number of functions that push at the same time, and share the agreed rate. */
  readonly concurrency: number;
  readonly log: Log;
  /** @default - The machine's clock. */
  readonly clock?: Clock;
  /** @default PUSH_LIMITS */
  readonly limits?: ClientLimits;
  /** Receives the retries of reads. A change is not retried within an attempt. */
  readonly onRetry?: RetryListener;
  /** Called once per batch. */
  readonly metrics: Pick<Metrics, 'count'>;
}

/**
 * Creates the handler for batches of the change queue, which the Lambda function and the command line share.
 *
 * @returns A handler that sends a batch's changes and returns the messages that stay in the queue. The outcomes of the others
 * are in the ledger. Once `stop` aborts, it begins no attempt.
 */
export function createPush(
  options: PushOptions,
): (event: QueueEvent, stop: AbortSignal) => Promise<BatchResponse> {
  const { config, log, clock = systemClock, limits = PUSH_LIMITS } = options;
  const procurios: Client = createClient({
    ...config,
    token: options.token,
    requestsPerSecond: config.requestsPerSecond.push / options.concurrency,
    limits,
    onRetry: options.onRetry,
  });
  const checks = createBodyChecks(procurios, { clock, onNote: (note) => log.warn('schema', { note }) });
  const ports: Omit<PushPorts, 'onOutcome'> = {
    clock,
    operations: config.operations,
    retentionDays: config.ledgerRetentionDays,
    ledger: createLedger(createStateTable(options.dynamoDb, stateTableName(config.environment))),
    check: checks.check,
    hide: ({ receiptHandle }, ms) => options.queue.hide(receiptHandle, ms),
    putAside: (message) => putAside(options.deadLetters, message),
    send: (operation, change, bounds) => sendChange(procurios, operation, change, bounds),
    onFailure({ messageId }, error) {
      log.error('message goes back to the queue', { messageId, ...errorFields(error) });
    },
  };
  return async ({ Records }, stop) => {
    const outcomes: LedgerEntry[] = [];
    const onOutcome = (entry: LedgerEntry) => {
      outcomes.push(entry);
      logOutcome(log, entry);
    };
    const handedBack = await pushBatch(Records.map(messageOf), { ...ports, onOutcome }, stop);
    options.metrics.count(countOutcomes(outcomes));
    return { batchItemFailures: handedBack.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

async function putAside(
  deadLetters: PushOptions['deadLetters'],
  { messageId, text, group }: Message,
): Promise<void> {
  const { unqueued } = await deadLetters.send([{ text, group, deduplicationId: messageId }]);
  const [failed] = unqueued;
  if (failed !== undefined) {
    throw new SyncError(
      'STORE_UNAVAILABLE',
      `message ${messageId}, to the dead-letter queue: ${failed.reason}`,
    );
  }
}

function messageOf({ messageId, receiptHandle, body, attributes }: QueueEvent['Records'][number]): Message {
  return {
    messageId,
    receiptHandle,
    text: body,
    group: attributes.MessageGroupId ?? '',
    receives: Number(attributes.ApproximateReceiveCount),
    sentMs: Number(attributes.SentTimestamp),
  };
}

function logOutcome(log: Log, entry: LedgerEntry): void {
  const { changeId, operation, subject, outcome, attempt, status, reason } = entry;
  const fields = { changeId, operation, subject, outcome, held: isHeld(entry), attempt, status, reason };
  if (outcome === 'accepted') log.info('change', fields);
  else log.warn('change', fields);
}
