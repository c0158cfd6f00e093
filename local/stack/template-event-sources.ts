import type { SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { type EventSource, startEventSource } from '../endpoints/event-source.ts';
import type { SqsBatchResponse, SqsEvent } from '../endpoints/sqs-event.ts';
import {
  type Resolver,
  type Resource,
  readProperties,
  resourcesOf,
  type Template,
  TemplateError,
  unsupported,
} from './template.ts';
import type { FunctionTarget, TemplateFunctions } from './template-functions.ts';
import type { TemplateQueue } from './template-queues.ts';

/** An event source mapping from a queue of the template to one of its functions. */
interface EventSourceMapping {
  readonly id: string;
  readonly queue: TemplateQueue;
  readonly target: FunctionTarget;
  readonly batchSize: number;
  readonly concurrency: number;
  /** Whether the function reports failed messages. If false, a batch succeeds as a whole, and the answer is ignored. */
  readonly reportsFailures: boolean;
}

const MAPPING = z.object({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  BatchSize: z.number().min(1).default(10),
  Enabled: z.literal(true).optional(),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  ScalingConfig: z.object({ MaximumConcurrency: z.number().min(2).max(1000) }).optional(),
  MaximumBatchingWindowInSeconds: unsupported(),
  FilterCriteria: unsupported(),
});
/** The largest batch of a FIFO queue. */
const MOST_OF_FIFO = 10;

/** @throws {TemplateError} If Lambda would refuse a mapping, or if its queue or function is not in the template. */
export function readEventSourceMappings(
  template: Template,
  {
    queues,
    functions,
    resolver,
  }: { queues: readonly TemplateQueue[]; functions: TemplateFunctions; resolver: Resolver },
): readonly EventSourceMapping[] {
  return resourcesOf(template, 'AWS::Lambda::EventSourceMapping').map((resource) => {
    const [id] = resource;
    const properties = readProperties(resource, MAPPING, resolver);
    const place = [id, 'Properties'];
    const queue = queues.find(({ arn }) => arn === properties.EventSourceArn);
    if (queue === undefined) {
      throw new TemplateError([...place, 'EventSourceArn'], 'is not a queue of the template');
    }
    const target = functions.find(properties.FunctionName, [...place, 'FunctionName']);
    checkMapping(resource, { queue, target, batchSize: properties.BatchSize });
    return {
      id,
      queue,
      target,
      batchSize: properties.BatchSize,
      concurrency: properties.ScalingConfig?.MaximumConcurrency ?? 1,
      reportsFailures: properties.FunctionResponseTypes.length > 0,
    };
  });
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
function checkMapping(
  [id]: readonly [string, Resource],
  { queue, target, batchSize }: Pick<EventSourceMapping, 'queue' | 'target' | 'batchSize'>,
): void {
  const { timeoutMs } = target.host.spec;
  if (queue.visibilityTimeoutMs < timeoutMs) {
    throw new TemplateError(
      [id, 'Properties', 'EventSourceArn'],
      `messages of ${queue.id} stay hidden for ${queue.visibilityTimeoutMs / 1000} s, less than the ${timeoutMs / 1000} s that ${target.host.spec.id} may take`,
    );
  }
  if (queue.isFifo && batchSize > MOST_OF_FIFO) {
    throw new TemplateError(
      [id, 'Properties', 'BatchSize'],
      `is more than ${MOST_OF_FIFO}, the largest batch of a FIFO queue`,
    );
  }
}

/** @param onFailure - Called with errors of invocations, and with errors for answers that Lambda would not accept. */
export function startEventSourceMapping(
  { queue, target, reportsFailures, ...options }: EventSourceMapping,
  client: SQSClient,
  onFailure: (error: unknown) => void,
): EventSource {
  return startEventSource({
    ...options,
    client,
    queueUrl: queue.url,
    onFailure,
    async handler(event: SqsEvent) {
      const answer = await target.host.invoke(event, target.arn);
      return reportsFailures ? (answer as SqsBatchResponse) : { batchItemFailures: [] };
    },
  });
}
