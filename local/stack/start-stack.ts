import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { allSettled } from '../all-settled.ts';
import type { EmbeddedAws } from '../endpoints/embedded-aws.ts';
import { startEmbeddedLambda } from '../endpoints/embedded-lambda.ts';
import type { EventSource } from '../endpoints/event-source.ts';
import { EMBEDDED_CREDENTIALS } from '../endpoints/guard.ts';
import { type DurableRuns, startDurableRuns } from './durable-runs.ts';
import { nameResources } from './name-resources.ts';
import type { Assembly } from './read-assembly.ts';
import { type EventRule, readRules } from './template-event-rules.ts';
import { readEventSourceMappings, startEventSourceMapping } from './template-event-sources.ts';
import {
  createTemplateFunctions,
  type FunctionTarget,
  type TemplateFunctions,
} from './template-functions.ts';
import { createTemplateQueues } from './template-queues.ts';
import { TemplateResolver } from './template-resolver.ts';
import { readSchedules, type TemplateSchedule } from './template-schedules.ts';
import { createTemplateSecrets } from './template-secrets.ts';
import { createTemplateTables } from './template-tables.ts';

interface StackOptions {
  readonly assembly: Assembly;
  /** Endpoints for the template's tables, queues, secrets and events. */
  readonly aws: EmbeddedAws;
  /** The functions' `PROCURIOS_HOST`. */
  readonly procuriosHost: string;
  /** Called with each line that a function prints, and the function's logical id. */
  readonly onLog?: (functionId: string, line: string) => void;
  /** Called with the errors of invocations by events and queues, because no caller awaits them. */
  readonly onFailure?: (error: unknown) => void;
  /**
   * Returns the functions' time when an invocation begins, in milliseconds since the epoch. Queues, waits of durable executions and
   * timeouts keep to the machine's clock. @default Date.now
   */
  readonly now?: () => number;
}

/** The result of an invocation by a schedule. */
type InvocationResult = Awaited<ReturnType<DurableRuns['run']>> | { readonly result: unknown };

/** A template whose functions, queues and schedule run on this machine. */
export interface LocalStack {
  readonly functions: TemplateFunctions;
  /**
   * Invokes the target of the template's only schedule, as the schedule does at its time.
   *
   * @throws {FunctionError} If the target fails and is not a durable function.
   */
  runSchedule(): Promise<InvocationResult>;
  /** Resolves once the functions' queues are empty and all invocations by events are done. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Creates a template's tables, queues and secrets on the embedded endpoints and starts its functions. Each function runs in a
 * worker. Its environment holds the template's variables, the endpoints' addresses and credentials, and nothing else.
 * The template's event source mappings and event rules invoke the functions.
 *
 * Permissions are not checked here. The template's tests check them.
 *
 * @throws {TemplateError} If AWS would refuse the template, or if part of it is not supported on this machine.
 * @throws {FunctionError} If a function's bundle cannot be loaded.
 */
export async function startStack(options: StackOptions): Promise<LocalStack> {
  const { assembly, aws, procuriosHost, onLog = () => {}, onFailure = () => {}, now = Date.now } = options;
  const { template, stackName } = assembly;
  const resolver = new TemplateResolver(template, stackName);
  const clients = createClients(aws);
  const opened: { close(): Promise<void> }[] = [clients];
  const close = async (): Promise<void> => {
    for (const each of opened.splice(0).reverse()) await each.close();
  };
  try {
    const durableRuns = await startDurableRuns();
    opened.push(durableRuns);
    const lambda = await startEmbeddedLambda(durableRuns);
    opened.push(lambda);
    nameResources(template, resolver);
    await allSettled([
      createTemplateTables(clients.dynamoDb, template, resolver),
      createTemplateSecrets(clients.secretsManager, template, resolver),
    ]);
    const queues = await createTemplateQueues(clients.sqs, template, resolver);
    const surroundings = {
      ...aws.environment,
      AWS_ENDPOINT_URL_LAMBDA: lambda.url,
      PROCURIOS_HOST: procuriosHost,
    };
    const functions = createTemplateFunctions(assembly, resolver, { surroundings, onLog, now });
    const mappings = readEventSourceMappings(template, { queues, functions, resolver });
    const rules = readRules(template, functions, resolver);
    const schedules = readSchedules(template, functions, resolver);
    opened.push(...functions.hosts);
    await allSettled(functions.hosts.map((host) => host.warm()));
    const sources = mappings.map((mapping) => startEventSourceMapping(mapping, clients.sqs, onFailure));
    opened.push(...sources);
    const deliveries = startDeliveries(aws, rules, { durableRuns, onFailure });
    opened.push(deliveries);
    return {
      functions,
      runSchedule: async () => await runSchedule(schedules, durableRuns),
      idle: () => idle(deliveries, sources),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function createClients({ environment }: EmbeddedAws) {
  const common = { region: environment.AWS_REGION as string, credentials: EMBEDDED_CREDENTIALS };
  const dynamoDb = new DynamoDBClient({ ...common, endpoint: environment.AWS_ENDPOINT_URL_DYNAMODB });
  const endpoint = environment.AWS_ENDPOINT_URL_SQS;
  const sqs = new SQSClient({ ...common, endpoint, useQueueUrlAsEndpoint: false });
  const secretsManager = new SecretsManagerClient({
    ...common,
    endpoint: environment.AWS_ENDPOINT_URL_SECRETS_MANAGER,
  });
  return {
    dynamoDb,
    sqs,
    secretsManager,
    async close() {
      for (const client of [dynamoDb, sqs, secretsManager]) client.destroy();
    },
  };
}

async function invoke(
  { host, arn }: FunctionTarget,
  event: unknown,
  durableRuns: DurableRuns,
): Promise<InvocationResult> {
  return host.spec.executionTimeoutMs === undefined
    ? { result: await host.invoke(event, arn) }
    : await durableRuns.run({ host, arn }, event);
}

async function runSchedule(
  schedules: readonly TemplateSchedule[],
  durableRuns: DurableRuns,
): Promise<InvocationResult> {
  const [schedule] = schedules;
  if (schedule === undefined || schedules.length > 1) {
    throw new Error(`the template has ${schedules.length} schedules; one is expected`);
  }
  return await invoke(schedule.target, schedule.createEvent(), durableRuns);
}

interface Deliveries {
  /** Resolves once all invocations by events are done. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Invokes the targets of the rules with the events that match. */
function startDeliveries(
  { events }: EmbeddedAws,
  rules: readonly EventRule[],
  { durableRuns, onFailure }: { durableRuns: DurableRuns; onFailure: (error: unknown) => void },
): Deliveries {
  const inFlight = new Set<Promise<unknown>>();
  const unsubscribe = events.subscribe((event) => {
    for (const { targets } of rules.filter(({ matches }) => matches(event))) {
      for (const target of targets) {
        const delivery = invoke(target, event, durableRuns)
          .catch(onFailure)
          .finally(() => inFlight.delete(delivery));
        inFlight.add(delivery);
      }
    }
  });
  const settle = async (): Promise<void> => {
    while (inFlight.size > 0) await Promise.all(inFlight);
  };
  return {
    idle: settle,
    async close() {
      unsubscribe();
      await settle();
    },
  };
}

async function idle(deliveries: Deliveries, sources: readonly EventSource[]): Promise<void> {
  await deliveries.idle();
  await Promise.all(sources.map((source) => source.idle()));
}
