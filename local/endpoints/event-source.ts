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
  /** The Lambda function. */
  readonly handler: (event: SqsEvent) => Promise<SqsBatchResponse>;
  /** Messages in a batch at most. @default 10, the most that a FIFO queue allows */
  readonly batchSize?: number;
  /** Batches under way at a time. @default 1 */
  readonly concurrency?: number;
  /** Told of what the handler threw, of an answer that Lambda would not understand, and of a queue that fails. */
  readonly onFailure: (error: unknown) => void;
}

/** Feeds a function from a queue until it is closed. */
export interface EventSource {
  /** Resolves once the queue holds nothing: neither visible, nor under way, nor hidden. Also when closed. */
  idle(): Promise<void>;
  /** Takes no further batch; resolves when those under way are done. */
  close(): Promise<void>;
}

/**
 * Between looks at an empty queue. Not a long poll: one that is given up takes the next message with it, which
 * is then hidden for the whole visibility timeout.
 */
const PAUSE_MS = 50;

/**
 * Feeds a function from an SQS queue, as Lambda's event source mapping with `ReportBatchItemFailures` does.
 *
 * What the handler does not report is deleted; what it reports, or all of it when it throws, comes back when its
 * visibility timeout is over.
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

/** @returns How many messages there were. */
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

/** @returns The messages that are done with. */
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
