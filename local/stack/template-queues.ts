import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { ensureQueue } from '../endpoints/ensure-queue.ts';
import { type Resource, readProperties, resourcesOf, type Template, TemplateError } from './template.ts';
import type { TemplateResolver } from './template-resolver.ts';

/** A queue of the template, after its creation. */
export interface TemplateQueue {
  readonly id: string;
  readonly url: string;
  readonly arn: string;
  readonly isFifo: boolean;
  /** How long a received message stays hidden, in milliseconds. */
  readonly visibilityTimeoutMs: number;
}

const QUEUE = z.object({
  QueueName: z.string().optional(),
  FifoQueue: z.boolean().default(false),
  ContentBasedDeduplication: z.boolean().optional(),
  DeduplicationScope: z.string().optional(),
  FifoThroughputLimit: z.string().optional(),
  DelaySeconds: z.number().optional(),
  MaximumMessageSize: z.number().optional(),
  MessageRetentionPeriod: z.number().optional(),
  ReceiveMessageWaitTimeSeconds: z.number().optional(),
  VisibilityTimeout: z.number().default(30),
  RedrivePolicy: z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() }).optional(),
});

/**
 * Creates the template's queues, or updates them. Dead-letter queues come first, because the others refer to them.
 *
 * @throws {TemplateError} If SQS refuses a queue.
 */
export async function createTemplateQueues(
  client: SQSClient,
  template: Template,
  resolver: TemplateResolver,
): Promise<readonly TemplateQueue[]> {
  const queues = resourcesOf(template, 'AWS::SQS::Queue');
  const isSource = ([, { Properties }]: readonly [string, Resource]): boolean =>
    Properties?.RedrivePolicy !== undefined;
  const created: TemplateQueue[] = [];
  for (const queue of [...queues.filter((each) => !isSource(each)), ...queues.filter(isSource)]) {
    created.push(await createQueue(client, queue, resolver));
  }
  return created;
}

async function createQueue(
  client: SQSClient,
  resource: readonly [string, Resource],
  resolver: TemplateResolver,
): Promise<TemplateQueue> {
  const [id] = resource;
  const { QueueName, RedrivePolicy, FifoQueue, ...rest } = readProperties(resource, QUEUE, resolver);
  const name = QueueName ?? `${resolver.stackName}-${id}${FifoQueue ? '.fifo' : ''}`;
  const given = Object.entries(rest).filter(([, value]) => value !== undefined);
  const Attributes: Record<string, string> = {
    ...Object.fromEntries(given.map(([attribute, value]) => [attribute, String(value)])),
    ...(FifoQueue && { FifoQueue: 'true' }),
    ...(RedrivePolicy !== undefined && { RedrivePolicy: JSON.stringify(RedrivePolicy) }),
  };
  try {
    const url = await ensureQueue(client, name, Attributes);
    const arn = await arnOf(client, url);
    resolver.define(id, { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } });
    return { id, url, arn, isFifo: FifoQueue, visibilityTimeoutMs: rest.VisibilityTimeout * 1000 };
  } catch (cause) {
    throw new TemplateError([id], `SQS refuses the queue ${name}: ${(cause as Error).message}`, { cause });
  }
}

async function arnOf(client: SQSClient, QueueUrl: string): Promise<string> {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  return Attributes?.QueueArn ?? '';
}
