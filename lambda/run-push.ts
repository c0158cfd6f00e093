import type { ChangeQueue } from './aws/change-queue.ts';
import type { DynamoDBClient } from './aws/clients.ts';
import { createLedger } from './aws/ledger.ts';
import { createStateTable } from './aws/state-table.ts';
import type { Config } from './config/config.ts';
import { stateTableName } from './config/names.ts';
import { type PushPorts, pushBatch } from './core/push-batch.ts';
import { createBodyChecks } from './procurios/body-schema.ts';
import { type Client, createClient } from './procurios/client.ts';
import { PUSH_LIMITS } from './procurios/limits.ts';
import { sendChange } from './procurios/send.ts';
import type { TokenSource } from './procurios/token.ts';
import { systemClock } from './runtime/clock.ts';
import { errorFields } from './runtime/error-fields.ts';
import type { Log } from './runtime/log.ts';

/** A batch of the queue as Lambda delivers it, as far as it is needed here. */
export interface QueueEvent {
  readonly Records: readonly {
    readonly messageId: string;
    readonly receiptHandle: string;
    readonly body: string;
    readonly attributes: { readonly MessageGroupId?: string };
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
  /** Functions that send beside each other, and share the agreed rate. */
  readonly concurrency: number;
  readonly log: Log;
}

/**
 * What handles batches of the change queue, in the Lambda function and in the command line alike.
 *
 * @returns A handler that sends a batch's changes and tells which messages stay in the queue; what became of the others
 * is in the ledger.
 */
export function createPush(options: PushOptions): (event: QueueEvent) => Promise<BatchResponse> {
  const { config, log } = options;
  const procurios: Client = createClient({
    ...config,
    token: options.token,
    requestsPerSecond: config.requestsPerSecond.push / options.concurrency,
    limits: PUSH_LIMITS,
  });
  const checks = createBodyChecks(procurios, { onNote: (note) => log.warn('schema', { note }) });
  const ports: PushPorts = {
    clock: systemClock,
    operations: config.operations,
    ledger: createLedger(createStateTable(options.dynamoDb, stateTableName(config.environment))),
    check: checks.check,
    hide: ({ receiptHandle }, ms) => options.queue.hide(receiptHandle, ms),
    async send(operation, change) {
      const reply = await sendChange(procurios, operation, change);
      // What the schema let pass and the vendor did not may be a schema that has changed.
      if (reply.kind === 'answered' && reply.status >= 400 && reply.status < 500)
        checks.forget(operation, change);
      return reply;
    },
    onOutcome({ changeId, operation, subject, outcome, attempt, status, reason }) {
      const fields = { changeId, operation, subject, outcome, attempt, status, reason };
      if (outcome === 'accepted') log.info('change', fields);
      else log.warn('change', fields);
    },
    onFailure({ messageId }, error) {
      log.error('message goes back to the queue', { messageId, ...errorFields(error) });
    },
  };
  return async ({ Records }) => {
    const messages = Records.map(({ messageId, receiptHandle, body, attributes }) => ({
      messageId,
      receiptHandle,
      text: body,
      group: attributes.MessageGroupId ?? messageId,
    }));
    const handedBack = await pushBatch(messages, ports);
    return { batchItemFailures: handedBack.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}
