import { channels, relationCollection } from '../../config/catalogue/streams.ts';
import { checkConfig } from '../../config/check-config.ts';
import { createStateTable, type StateTable } from '../../lambda/aws/state/state-table.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { stateTableName } from '../../lambda/deployment/names.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/endpoints/embedded-aws.ts';
import { createTables } from '../../local/endpoints/tables.ts';
import {
  SIMULATOR_COLLECTION,
  SIMULATOR_CREDENTIALS,
  type Simulator,
  startSimulator,
} from '../../local/simulator/simulator.ts';
import { type Bundle, bundle } from './bundle.ts';
import {
  type DurableService,
  type Execution,
  type ExecutionSettings,
  startDurableService,
} from './durable-service.ts';
import { dynamoDbOf } from './embedded-aws.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { readStored } from './pull-harness.ts';

const SHIFT_CLOCK = new URL('./shift-clock.ts', import.meta.url).href;
export const CLIENT_SECRET = 'procurios-sync/acme/client';

/** The bundled pull, with servers for Procurios, AWS and Lambda. */
export interface DeployedPull extends AsyncDisposable {
  readonly bundle: Bundle;
  readonly config: Config;
  readonly procurios: Simulator;
  readonly aws: EmbeddedAws;
  readonly service: DurableService;
  /** The proxy between the pull and its tables. */
  readonly proxy: FaultProxy;
  readonly state: StateTable;
  /** Runs the pull as a durable execution. Each invocation has its own process, whose clock may be ahead by `laterMs`. */
  execute(settings?: ExecutionSettings & { readonly laterMs?: number }): Promise<Execution>;
  /** The objects of the stream's table by id, as text that can be compared. */
  objectsOf(stream: string): Promise<ReadonlyMap<string, string>>;
}

/** @param settings - The number of relations, and the pull's limit of requests per second. */
export async function deployPull(settings: {
  readonly relations: number;
  readonly requestsPerSecond: number;
}): Promise<DeployedPull> {
  const config = checkConfig({
    environment: 'acme',
    host: 'https://acme.procurios.example',
    auth: { grant: 'clientCredentials', scopes: ['relation_list_api/relation', 'engagement/read'] },
    requestsPerSecond: { pull: settings.requestsPerSecond },
    streams: [relationCollection('members', SIMULATOR_COLLECTION), channels('channels')],
  });
  const [procurios, aws, service, bundled] = await Promise.all([
    startSimulator({ relations: settings.relations }),
    startEmbeddedAws(),
    startDurableService(),
    bundle('pull', config),
  ]);
  const dynamoDb = dynamoDbOf(aws);
  await createTables(dynamoDb, config);
  aws.secrets.put(CLIENT_SECRET, JSON.stringify(SIMULATOR_CREDENTIALS));
  const proxy = await startFaultProxy(aws.environment.AWS_ENDPOINT_URL_DYNAMODB ?? '');
  const environment = {
    ...aws.environment,
    ...service.environment,
    AWS_ENDPOINT_URL_DYNAMODB: proxy.url,
    PROCURIOS_HOST: procurios.url,
  };
  return {
    bundle: bundled,
    config,
    procurios,
    aws,
    service,
    proxy,
    state: createStateTable(dynamoDb, stateTableName(config.environment)),
    execute: ({ laterMs = 0, ...executionSettings } = {}) => {
      const clock = { NODE_OPTIONS: `--import ${SHIFT_CLOCK}`, SHIFT_CLOCK_MS: String(laterMs) };
      return service.execute(
        bundled,
        laterMs > 0 ? { ...environment, ...clock } : environment,
        executionSettings,
      );
    },
    objectsOf: async (stream) => (await readStored(dynamoDb, config, stream)).objects,
    async [Symbol.asyncDispose]() {
      dynamoDb.destroy();
      await Promise.all([
        bundled[Symbol.asyncDispose](),
        service[Symbol.asyncDispose](),
        proxy.close(),
        procurios.close(),
        aws.close(),
      ]);
    },
  };
}

/** So little time that each invocation reads one page. */
export const SHORT_SLICES = { remainingMs: 100_000 };

/**
 * Kills every other invocation, in the middle of a call to DynamoDB.
 *
 * @param call - The ordinal of that call, by the ordinal of the invocation, both from 1.
 */
export function killEveryOther(
  { proxy }: DeployedPull,
  call: (invocation: number) => number,
): ExecutionSettings & { readonly kills: number } {
  let kills = 0;
  const onInvocation: ExecutionSettings['onInvocation'] = (child, { invocations }) => {
    let calls = 0;
    proxy.onCall(() => {
      calls += 1;
      if (invocations % 2 === 0 || calls !== call(invocations)) return undefined;
      kills += 1;
      child.kill('SIGKILL');
      // Half of the calls in flight still take effect.
      return kills % 2 === 0 ? 'drop' : 'loseReply';
    });
  };
  return {
    ...SHORT_SLICES,
    onInvocation,
    get kills() {
      return kills;
    },
  };
}
