import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { operation, registration } from '../../config/catalogue/operations.ts';
import { channels } from '../../config/catalogue/streams.ts';
import { checkConfig } from '../../config/check-config.ts';
import { createChangeQueue } from '../../lambda/aws/queue/change-queue.ts';
import { createLedger } from '../../lambda/aws/state/ledger.ts';
import { createStateTable } from '../../lambda/aws/state/state-table.ts';
import type { LedgerEntry } from '../../lambda/core/push/ledger-entry.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { changeQueueName, deadLetterQueueName, stateTableName } from '../../lambda/deployment/names.ts';
import { DEFAULT_LIMITS } from '../../lambda/procurios/http/limits.ts';
import { createTokenSource } from '../../lambda/procurios/token/client-token.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import { createPush } from '../../lambda/wiring/run-push.ts';
import type { EmbeddedAws } from '../../local/endpoints/embedded-aws.ts';
import { EMBEDDED_CREDENTIALS } from '../../local/endpoints/guard.ts';
import { createQueues } from '../../local/endpoints/queues.ts';
import {
  failuresOf,
  type SqsBatchResponse,
  type SqsEvent,
  toEvent,
} from '../../local/endpoints/sqs-event.ts';
import { createTables } from '../../local/endpoints/tables.ts';
import { SIMULATOR_CREDENTIALS, SIMULATOR_SCOPES, type Simulator } from '../../local/simulator/simulator.ts';
import { dynamoDbOf, sqsOf } from './embedded-aws.ts';
import { type Fault, type FaultProxy, type ProxiedCall, startFaultProxy } from './fault-proxy.ts';
import type { Pushed } from './push-promises.ts';
import type { Injection } from './push-world.ts';
import { countsOf, receive } from './queues.ts';

/** The time from one delivery to the next, longer than any pause and any attempt. */
export const BETWEEN_DELIVERIES_MS = 31 * 60 * 1000;
const MOST_DELIVERIES = 60;
const NEVER = new AbortController().signal;

/** The addresses of everything outside a process. Calls are numbered on the way there. */
export interface Wire {
  readonly dynamoDb: string;
  readonly sqs: string;
  readonly procurios: string;
  /** How far the clock of the process is ahead, in milliseconds. */
  readonly laterMs: number;
  /** Whether calls time out soon. */
  readonly isImpatient: boolean;
  /** Called when the process has to die. */
  onCrash: () => void;
}

/** Handles a batch in a process, real or simulated. Its answer after a crash is ignored. */
export type Worker = (event: SqsEvent, wire: Wire) => Promise<SqsBatchResponse | undefined>;

/** A change to queue. */
export interface LineChange {
  readonly changeId: string;
  readonly operation: string;
  readonly subject: string;
  readonly parameters?: Readonly<Record<string, string | number>>;
  readonly body: object;
}

/** A queue, a ledger and a simulated Procurios, each reached over the wire. */
export interface PushLine {
  readonly config: Config;
  queue(changes: readonly LineChange[], deduplicationId?: string): Promise<void>;
  /**
   * Delivers until the queue is empty, each batch to a new process.
   *
   * @param injections - The failure of each call to the outside that fails, by the number of the call, from 1.
   * @returns The number of calls.
   */
  drain(worker: Worker, injections?: ReadonlyMap<number, Injection>): Promise<number>;
  /** Reads the outcomes of the changes. */
  pushed(changes: readonly LineChange[]): Promise<Pushed>;
}

export const LINE_OPERATIONS = {
  register: registration({ set: 42 }),
  createThing: operation('POST', '/l/module_api/object', {
    mediaType: 'application/vnd.procurios.application+json; version=1',
    ids: { thingId: '/id' },
  }),
  putThing: operation('PUT', '/l/module_api/object/{thing}', {
    mediaType: 'application/vnd.procurios.application+json; version=1',
  }),
};

let opened = 0;

/** Opens a queue, a ledger and a config for one test, on servers that may be shared. */
export async function openPushLine(simulator: Simulator, aws: EmbeddedAws): Promise<PushLine> {
  opened += 1;
  const environment = `line-${opened}`;
  const config = checkConfig({
    environment,
    host: simulator.url,
    auth: { grant: 'clientCredentials', scopes: SIMULATOR_SCOPES },
    requestsPerSecond: { pull: 1000, push: 1000 },
    streams: [channels('channels')],
    operations: LINE_OPERATIONS,
  });
  const dynamoDb = dynamoDbOf(aws);
  const sqs = sqsOf(aws.environment.AWS_ENDPOINT_URL_SQS);
  await createTables(dynamoDb, { ...config, streams: [] });
  const urls = await createQueues(sqs, config);
  const queue = createChangeQueue({ client: sqs, queueUrl: urls.changes, clock: systemClock });
  const ledger = createLedger(createStateTable(dynamoDb, stateTableName(environment)));
  const targets = {
    dynamoDb: aws.environment.AWS_ENDPOINT_URL_DYNAMODB ?? '',
    sqs: aws.environment.AWS_ENDPOINT_URL_SQS ?? '',
    procurios: simulator.url,
  };
  let sent = 0;

  return {
    config,
    async queue(changes, deduplicationId) {
      const outgoing = changes.map((change) => {
        sent += 1;
        const text = JSON.stringify(change);
        return { text, group: change.subject, deduplicationId: deduplicationId ?? `${sent}` };
      });
      await queue.send(outgoing);
    },
    async drain(worker, injections = new Map()) {
      const numbering = new Numbering(injections);
      for (let round = 0; ; round += 1) {
        const messages = await receive(sqs, urls.changes);
        if (messages.length === 0) break;
        if (round === MOST_DELIVERIES) throw new Error(`${messages.length} messages never leave the queue`);
        const laterMs = round * BETWEEN_DELIVERIES_MS;
        await using process = await startProcess(targets, numbering, laterMs);
        await process.handle(messages, urls.changes, worker);
        await showAgain(sqs, urls.changes, messages);
      }
      const dead = await countsOf(sqs, urls.deadLetters);
      if (dead.visible + dead.hidden > 0) throw new Error('messages were given up');
      return numbering.calls;
    },
    async pushed(changes) {
      const entries = new Map<string, LedgerEntry>();
      for (const { changeId } of changes) {
        const entry = await ledger.read(changeId);
        if (entry !== undefined) entries.set(changeId, entry);
      }
      return { operations: config.operations, ledger: entries, applied: appliedOf(simulator, changes) };
    },
  };
}

/** The ids of the changes that the simulator applied, which the changes repeat in their bodies. */
function appliedOf({ control }: Simulator, changes: readonly LineChange[]): string[] {
  const ids = new Set(changes.map(({ changeId }) => changeId));
  return control.applied().flatMap(({ body }) => {
    const { last_name, title } = (body ?? {}) as { last_name?: string; title?: string };
    const id = last_name ?? title ?? '';
    return ids.has(id) ? [id] : [];
  });
}

/** Makes the messages visible again that were not deleted. */
async function showAgain(sqs: SQSClient, QueueUrl: string, messages: readonly Message[]): Promise<void> {
  const Entries = messages.map(({ ReceiptHandle }, index) => ({
    Id: String(index),
    ReceiptHandle,
    VisibilityTimeout: 0,
  }));
  await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
}

/** Numbers the calls of all processes of a test, and knows how each fails. */
class Numbering {
  calls = 0;
  readonly #numbers = new Map<string, number>();
  readonly #injections: ReadonlyMap<number, Injection>;

  constructor(injections: ReadonlyMap<number, Injection>) {
    this.#injections = injections;
  }

  get isImpatient(): boolean {
    return [...this.#injections.values()].includes('timeout');
  }

  /** The failure of a call. All attempts at a call fail in the same way. */
  injectionFor({ invocation }: ProxiedCall): Injection | undefined {
    const number = this.#numbers.get(invocation) ?? this.calls + 1;
    this.#numbers.set(invocation, number);
    this.calls = Math.max(this.calls, number);
    return this.#injections.get(number);
  }
}

interface LineProcess extends AsyncDisposable {
  handle(messages: readonly Message[], queueUrl: string, worker: Worker): Promise<void>;
}

async function startProcess(
  targets: Pick<Wire, 'dynamoDb' | 'sqs' | 'procurios'>,
  numbering: Numbering,
  laterMs: number,
): Promise<LineProcess> {
  const proxies = await Promise.all(
    [targets.dynamoDb, targets.sqs, targets.procurios].map((target) => startFaultProxy(target)),
  );
  const [dynamoDb, sqs, procurios] = proxies as [FaultProxy, FaultProxy, FaultProxy];
  const urls = { dynamoDb: dynamoDb.url, sqs: sqs.url, procurios: procurios.url };
  const wire: Wire = { ...urls, laterMs, isImpatient: numbering.isImpatient, onCrash() {} };
  let isDead = false;
  const die = <Last extends Fault>(last: Last): Last => {
    isDead = true;
    wire.onCrash();
    return last;
  };
  for (const proxy of proxies) {
    proxy.onCall((call) => {
      // A dead process makes no calls. Those in flight make no difference.
      if (isDead) return 'drop';
      switch (numbering.injectionFor(call)) {
        case 'crashBefore':
          return die('drop');
        case 'crashAfter':
          return die('loseReply');
        case 'error':
          return { status: proxy === procurios ? 503 : 500 };
        case 'lostReply':
          return 'loseReply';
        case 'timeout':
          return 'silence';
        default:
          return undefined;
      }
    });
  }
  return {
    async handle(messages, queueUrl, worker) {
      const event = toEvent(messages, queueUrl, 'eu-west-1');
      const answer = await worker(event, wire);
      if (isDead || answer === undefined) return;
      const failures = failuresOf(answer, event);
      const Entries = messages
        .filter(({ MessageId = '' }) => !failures.has(MessageId))
        .map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      const client = clientsOf(wire).sqs;
      // Lambda makes this call, and it may fail too. The messages that were handled are then delivered again.
      if (Entries.length > 0)
        await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries })).catch(() => {});
      client.destroy();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(proxies.map((proxy) => proxy.close()));
    },
  };
}

function clientsOf({ dynamoDb, sqs, isImpatient }: Wire) {
  const limitMs = isImpatient ? 400 : 10_000;
  const settings = {
    region: 'eu-west-1',
    credentials: EMBEDDED_CREDENTIALS,
    maxAttempts: 1,
    requestHandler: { requestTimeout: limitMs, throwOnRequestTimeout: true },
  };
  return {
    dynamoDb: new DynamoDBClient({ ...settings, endpoint: dynamoDb }),
    sqs: new SQSClient({ ...settings, endpoint: sqs, useQueueUrlAsEndpoint: false }),
  };
}

/** Handles batches in this process. After a crash every call to the outside fails. */
export function workerHere(config: Config): Worker {
  return async (event, wire) => {
    const { procurios, laterMs, isImpatient } = wire;
    const limits = {
      ...DEFAULT_LIMITS,
      ...(isImpatient && { attemptMs: 400 }),
      totalMs: 20_000,
      retries: 1,
      backoffMs: 1,
      longestWaitMs: 50,
    };
    const { dynamoDb, sqs } = clientsOf(wire);
    const clock = { ...systemClock, now: () => Date.now() + laterMs };
    const push = createPush({
      config: { ...config, host: procurios, tokenUrl: `${procurios}/l/oauth2/token` },
      dynamoDb,
      queue: createChangeQueue({ client: sqs, queueName: changeQueueName(config.environment), clock }),
      deadLetters: createChangeQueue({
        client: sqs,
        queueName: deadLetterQueueName(config.environment),
        clock,
      }),
      token: createTokenSource({
        tokenUrl: `${procurios}/l/oauth2/token`,
        scopes: SIMULATOR_SCOPES,
        readCredentials: async () => SIMULATOR_CREDENTIALS,
        limits,
      }),
      concurrency: 1,
      log: { info() {}, warn() {}, error() {} },
      metrics: { count() {} },
      clock,
      limits,
    });
    try {
      return await push(event, NEVER);
    } finally {
      dynamoDb.destroy();
      sqs.destroy();
    }
  };
}
