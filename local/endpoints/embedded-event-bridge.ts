import { randomUUID } from 'node:crypto';
import { type Endpoint, type Parameters, ServiceError, startJsonService } from './json-service.ts';

/** An event as EventBridge delivers it. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** RFC 3339, in seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The default event bus. Events are delivered at once and not stored. */
export interface EventBus {
  /** Calls the listener with every event from now on. @returns A function that ends the subscription. */
  subscribe(listener: (event: BusEvent) => void): () => void;
}

interface EmbeddedEventBridge extends Endpoint {
  readonly bus: EventBus;
}

/** The most entries that one call may have. */
const MOST_ENTRIES = 10;

/**
 * Starts an EventBridge endpoint with the default bus on a free port of 127.0.0.1. It knows PutEvents only. It has no rules;
 * every listener receives every event.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export async function startEmbeddedEventBridge(): Promise<EmbeddedEventBridge> {
  const listeners = new Set<(event: BusEvent) => void>();
  const endpoint = await startJsonService('AWSEvents', (action, { Entries }) => {
    if (action !== 'PutEvents') {
      throw new ServiceError('UnknownOperationException', 'the embedded EventBridge knows PutEvents only');
    }
    if (!Array.isArray(Entries) || Entries.length === 0 || Entries.length > MOST_ENTRIES) {
      throw new ServiceError('ValidationException', `Entries must hold 1 to ${MOST_ENTRIES} events.`);
    }
    const results = Entries.map((entry: Parameters) => readEntry(entry));
    for (const event of results) {
      if ('ErrorCode' in event) continue;
      for (const listener of listeners) listener(event);
    }
    return {
      FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length,
      Entries: results.map((result) => ('ErrorCode' in result ? result : { EventId: result.id })),
    };
  });
  return {
    ...endpoint,
    bus: {
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  };
}

interface RefusedEntry {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

function readEntry({ Source, DetailType, Detail, EventBusName, Time, Resources }: Parameters) {
  const invalid = (ErrorMessage: string): RefusedEntry => ({ ErrorCode: 'InvalidArgument', ErrorMessage });
  if (EventBusName !== undefined && EventBusName !== 'default')
    return invalid('only the default bus is there.');
  if (typeof Source !== 'string' || Source === '') return invalid('Parameter Source is not valid.');
  if (Source.startsWith('aws.'))
    return { ...invalid('Source is reserved.'), ErrorCode: 'NotAuthorizedForSource' };
  if (typeof DetailType !== 'string' || DetailType === '')
    return invalid('Parameter DetailType is not valid.');
  const detail = parseObject(Detail);
  if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  const seconds = typeof Time === 'number' ? Time : Date.now() / 1000;
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': DetailType,
    source: Source,
    account: '000000000000',
    time: new Date(Math.floor(seconds) * 1000).toISOString().replace('.000', ''),
    region: 'eu-west-1',
    resources: Array.isArray(Resources) ? (Resources as string[]) : [],
    detail,
  } satisfies BusEvent;
}

function parseObject(text: unknown): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(String(text));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
