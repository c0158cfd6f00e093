import type { Message } from '@aws-sdk/client-sqs';

/** What Lambda gives to a function that an SQS queue feeds. Message attributes are left out: nobody sends any. */
export interface SqsEvent {
  readonly Records: readonly SqsRecord[];
}
export interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  /** And more: `MessageDeduplicationId`, `SequenceNumber`, … */
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

/** What such a function answers: the messages that go back. */
export interface SqsBatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * @param messages - As received, with all their system attributes.
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
 * Reads a function's answer as Lambda does: none, or none of it, is a success; one that it does not understand
 * sends the whole batch back.
 *
 * @returns The ids of the messages that go back.
 * @throws {TypeError} The answer is not understood.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function failuresOf(response: unknown, { Records }: SqsEvent): ReadonlySet<string> {
  const { batchItemFailures } = (response ?? {}) as { batchItemFailures?: unknown };
  const failures = batchItemFailures ?? [];
  if (!Array.isArray(failures))
    throw new TypeError('the function answered batchItemFailures that are no list');
  const known = new Set(Records.map(({ messageId }) => messageId));
  const failed = failures.map((failure: unknown) => {
    const { itemIdentifier } = (failure ?? {}) as { itemIdentifier?: unknown };
    if (typeof itemIdentifier !== 'string' || !known.has(itemIdentifier)) {
      throw new TypeError('the function answered an itemIdentifier that is no messageId of the batch');
    }
    return itemIdentifier;
  });
  return new Set(failed);
}
