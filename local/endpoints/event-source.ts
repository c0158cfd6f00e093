import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { failuresOf, type SqsBatchResponse, type SqsEvent, toEvent } from './sqs-event.ts';

export interface EventSourceOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
  /** The Lambda function's handler. */
  readonly handler: (event: SqsEvent) => Promise<SqsBatchResponse>;
  /** The most messages in a batch. @default 10, the most that a FIFO queue allows */
  readonly batchSize?: number;
  /** The most batches in flight. @default 1 */
  readonly concurrency?: number;
  /** Called with an error of the handler or the queue, and with a `TypeError` for an answer that Lambda would not accept. */
  readonly onFailure: (error: unknown) => void;
}

/** A running event source. */
export interface EventSource {
  /** Resolves once the queue holds no message, visible or hidden, or once the event source is closed. */
  idle(): Promise<void>;
  /** Takes no further batch. Resolves when the batches in flight are done. */
  close(): Promise<void>;
}

/**
 * Time between two polls of an empty queue. A long poll would not do, because an aborted long poll still receives the next
 * message, which then stays hidden for the whole visibility timeout.
 */
const PAUSE_MS = 50;

/**
 * Feeds a function from an SQS queue, as Lambda's event source mapping with `ReportBatchItemFailures` does.
 *
 * Deletes the messages that the handler does not report as failed. Reported messages become visible again when their
 * visibility timeout ends, and so does the whole batch if the handler throws.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function startEventSource(options: EventSourceOptions): EventSource {
  const { client, queueUrl, concurrency = 1, onFailure } = options;
  const closing = Promise.withResolvers<void>();
  let isClosed = false;

  const pause = async (): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    const elapsed = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PAUSE_MS);
    });
    await Promise.race([elapsed, closing.promise]);
    clearTimeout(timer);
  };
  const poll = async (): Promise<void> => {
    while (!isClosed) {
      const found = await takeBatch(options).catch((error: unknown) => {
        onFailure(error);
        return 0;
      });
      if (found === 0) await pause();
    }
  };
  const pollers = Array.from({ length: concurrency }, poll);
  return {
    async idle() {
      while (!isClosed && (await countMessages(client, queueUrl)) > 0) await pause();
    },
    async close() {
      isClosed = true;
      closing.resolve();
      await Promise.all(pollers);
    },
  };
}

/** @returns The number of messages received. */
async function takeBatch(options: EventSourceOptions): Promise<number> {
  const { client, queueUrl, batchSize = 10 } = options;
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: batchSize,
      MessageSystemAttributeNames: ['All'],
    }),
  );
  if (Messages.length === 0) return 0;
  const handled = await invoke(options, Messages);
  if (handled.length > 0) {
    const Entries = handled.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
  return Messages.length;
}

/** @returns The messages that the handler has processed, which can be deleted. */
async function invoke(
  { handler, queueUrl, onFailure, client }: EventSourceOptions,
  messages: readonly Message[],
): Promise<readonly Message[]> {
  try {
    const event = toEvent(messages, queueUrl, (await client.config.region()) as string);
    const failures = failuresOf(await handler(event), event);
    return messages.filter(({ MessageId }) => !failures.has(MessageId as string));
  } catch (error) {
    onFailure(error);
    return [];
  }
}

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

async function countMessages(client: SQSClient, QueueUrl: string): Promise<number> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...COUNTS] }),
  );
  return COUNTS.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
}
