import type { Message } from '@aws-sdk/client-sqs';

/** The event of a function with an SQS queue as its event source. Without message attributes, because our messages have none. */
export interface SqsEvent {
  readonly Records: readonly SqsRecord[];
}
export interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  /** Also `MessageDeduplicationId`, `SequenceNumber` and others, which are not read. */
  readonly attributes: {
    readonly ApproximateReceiveCount: string;
    readonly SentTimestamp: string;
    readonly MessageGroupId?: string;
  };
  readonly messageAttributes: Readonly<Record<string, never>>;
  readonly eventSource: 'aws:sqs';
  readonly eventSourceARN: string;
  readonly awsRegion: string;
}

/** The answer of such a function: the messages that return to the queue. */
export interface SqsBatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Builds the event for a batch of messages.
 *
 * @param messages - As received, with all system attributes.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function toEvent(messages: readonly Message[], queueUrl: string, awsRegion: string): SqsEvent {
  const [queueName, account] = new URL(queueUrl).pathname.split('/').reverse();
  const records = messages.map((message) => ({
    messageId: message.MessageId as string,
    receiptHandle: message.ReceiptHandle as string,
    body: message.Body as string,
    attributes: message.Attributes as SqsRecord['attributes'],
    messageAttributes: {},
    md5OfBody: message.MD5OfBody as string,
    eventSource: 'aws:sqs' as const,
    eventSourceARN: `arn:aws:sqs:${awsRegion}:${account}:${queueName}`,
    awsRegion,
  }));
  return { Records: records };
}

/**
 * Reads a function's answer as Lambda does. An empty answer, or one without failures, is a success.
 *
 * @returns The ids of the messages that return to the queue.
 * @throws {TypeError} If the answer is malformed; the whole batch then returns to the queue.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function failuresOf(response: unknown, { Records }: SqsEvent): ReadonlySet<string> {
  const { batchItemFailures } = (response ?? {}) as { batchItemFailures?: unknown };
  const failures = batchItemFailures ?? [];
  if (!Array.isArray(failures))
    throw new TypeError('the function answered with batchItemFailures that is not a list');
  const known = new Set(Records.map(({ messageId }) => messageId));
  const failed = failures.map((failure: unknown) => {
    const { itemIdentifier } = (failure ?? {}) as { itemIdentifier?: unknown };
    if (typeof itemIdentifier !== 'string' || !known.has(itemIdentifier)) {
      throw new TypeError(
        'the function answered with an itemIdentifier that is not a messageId of the batch',
      );
    }
    return itemIdentifier;
  });
  return new Set(failed);
}
