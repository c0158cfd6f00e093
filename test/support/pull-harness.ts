import { type DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { checkConfig } from '../../config/check-config.ts';
import type { Row } from '../../lambda/aws/state/state-table.ts';
import { stringifyJson } from '../../lambda/core/json.ts';
import type { Receipt, RunReceipt } from '../../lambda/core/pull/receipt.ts';
import type { Progress } from '../../lambda/core/pull/run-ports.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { stateTableName, streamTableName } from '../../lambda/deployment/names.ts';
import { type Client, createClient, type JsonRequest } from '../../lambda/procurios/http/client.ts';
import type { ClientLimits } from '../../lambda/procurios/http/limits.ts';
import { createTokenSource } from '../../lambda/procurios/token/client-token.ts';
import { runPull } from '../../lambda/wiring/run-pull.ts';
import { createTables } from '../../local/endpoints/tables.ts';
import {
  type Control,
  type Fault,
  SIMULATOR_CREDENTIALS,
  SIMULATOR_SCOPES,
  type Simulator,
} from '../../local/simulator/simulator.ts';
import { scanItems } from '../../operator/tables/read-items.ts';
import { capPages, type PagingCase } from './paging-kinds.ts';
import { type Contents, comparable, parseExactly, readPlainly } from './plain-listing.ts';

/** Limits with which nothing waits; only where something stalls does an attempt have to end. */
export const QUICK_LIMITS: ClientLimits = {
  attemptMs: 10_000,
  totalMs: 30_000,
  retries: 2,
  backoffMs: 1,
  longestWaitMs: 2_000,
  largestBodyBytes: 10 * 1024 * 1024,
};

export interface PullSettings {
  readonly limits?: Partial<ClientLimits>;
  readonly signal?: AbortSignal;
  readonly progress?: Partial<Progress>;
  /** @default 60_000 */
  readonly withinMs?: number;
  /** Whether a page is asked for only when the one before has come, so that they are served in order. @default false */
  readonly oneAtATime?: boolean;
}

/** What one pull did, as it can be seen from outside. */
export interface Pulled {
  readonly run: RunReceipt;
  /** That of the one stream. */
  readonly receipt: Receipt;
  /** Requests that reached the stream's route. */
  readonly requests: number;
  readonly tokenRequests: number;
}

/** A simulator and fresh tables, with one stream between them. */
export interface Site {
  readonly control: Control;
  readonly config: Config;
  /** One pull, with a client and a token of its own, as a process makes it. */
  pull(settings?: PullSettings): Promise<Pulled>;
  fault(fault: Fault): void;
  clearFaults(): void;
  /** What the simulator's listing holds, read without the pull's code. */
  listing(): Promise<Contents>;
  /** What the tables hold now. */
  stored(): Promise<Stored>;
}

/** What the tables of a site held at a moment. */
export interface Stored {
  /** The stream's table, our own fields aside. */
  readonly objects: Contents;
  /** Ids of the items that each run wrote last, in ascending order, by its id. */
  readonly writtenBy: ReadonlyMap<string, readonly string[]>;
  /** All rows of the state table. */
  readonly stateRows: readonly Row[];
  /** Whether an unfinished walk of the stream waits for the next run. */
  readonly keepsWalk: boolean;
}

let sites = 0;

/** Makes tables for a test, on a DynamoDB that serves others too; the simulator's faults are cleared. */
export async function openSite(
  dynamoDb: DynamoDBClient,
  simulator: Simulator,
  paging: PagingCase,
): Promise<Site> {
  sites += 1;
  const { control } = simulator;
  const config = checkConfig({
    environment: `site-${sites}`,
    host: simulator.url,
    auth: { grant: 'clientCredentials', scopes: SIMULATOR_SCOPES },
    streams: [paging.stream],
  });
  await createTables(dynamoDb, config);
  await Promise.all(
    [stateTableName(config.environment), streamTableName(config.environment, paging.stream.name)].map(
      (TableName) =>
        waitUntilTableExists(
          { client: dynamoDb, maxWaitTime: 10, minDelay: 0.005, maxDelay: 0.1 },
          { TableName },
        ),
    ),
  );
  const clearFaults = () => {
    control.clearFaults();
    capPages(control);
  };
  clearFaults();
  return {
    control,
    config,
    pull: (settings) => pullOnce(simulator, config, dynamoDb, paging, settings),
    fault: (fault) => control.fault(fault),
    clearFaults,
    listing: () => readPlainly(simulator, paging, config.auth.scopes),
    stored: () => readStored(dynamoDb, config, paging.stream.name),
  };
}

async function pullOnce(
  { control }: Simulator,
  config: Config,
  dynamoDb: DynamoDBClient,
  { route, stream }: PagingCase,
  settings: PullSettings = {},
): Promise<Pulled> {
  const limits = { ...QUICK_LIMITS, ...settings.limits };
  const token = createTokenSource({
    ...config,
    scopes: config.auth.scopes,
    limits,
    readCredentials: async () => SIMULATOR_CREDENTIALS,
  });
  const procurios = createClient({ ...config, token, limits, requestsPerSecond: 1000 });
  control.resetRequests();
  const run = await runPull({
    config,
    streams: config.streams,
    procurios: settings.oneAtATime ? oneAtATime(procurios) : procurios,
    dynamoDb,
    owner: 'a test',
    isAlone: false,
    readOwnerState: async () => 'unknown',
    progress: { streamBegins() {}, pageTaken() {}, waits() {}, streamEnds() {}, ...settings.progress },
    signal: settings.signal ?? new AbortController().signal,
    deadlineMs: Date.now() + (settings.withinMs ?? 60_000),
  });
  const counts = control.requests();
  const receipt = run.streams[stream.name];
  if (receipt === undefined) throw new Error('the stream has no receipt');
  return {
    run,
    receipt,
    requests: counts[route] ?? 0,
    tokenRequests: counts['POST /l/oauth2/token'] ?? 0,
  };
}

/** The client, with its requests for pages one after the other, in the order in which they are made. */
function oneAtATime(client: Client): Client {
  let before: Promise<unknown> = Promise.resolve();
  return Object.assign(Object.create(client) as Client, {
    getJson(request: JsonRequest) {
      const answer = before.then(() => client.getJson(request));
      before = answer.catch(() => {});
      return answer;
    },
  });
}

/** Reads the tables of a stream. */
export async function readStored(
  dynamoDb: DynamoDBClient,
  { environment }: Pick<Config, 'environment'>,
  stream: string,
): Promise<Stored> {
  const objects = new Map<string, string>();
  const writtenBy = new Map<string, string[]>();
  for await (const page of scanItems(dynamoDb, streamTableName(environment, stream))) {
    for (const item of page) {
      const { _id, _hash, _changedAt, _run, ...object } = parseExactly(stringifyJson(item)) as OwnFields;
      objects.set(_id, comparable(object));
      writtenBy.set(_run, [...(writtenBy.get(_run) ?? []), _id].sort());
    }
  }
  const documents = DynamoDBDocumentClient.from(dynamoDb);
  const scan = await documents.send(new ScanCommand({ TableName: stateTableName(environment) }));
  const stateRows = (scan.Items ?? []) as Row[];
  const keepsWalk = stateRows.some(
    ({ pk, sk, ended }) => pk === `walk#${stream}` && sk === 'position' && ended === undefined,
  );
  return { objects, writtenBy, stateRows, keepsWalk };
}

type OwnFields = Readonly<Record<'_id' | '_hash' | '_changedAt' | '_run', string>>;
