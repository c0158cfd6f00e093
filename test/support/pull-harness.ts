import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
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

/** Limits with short pauses. An attempt times out only if a server stalls. */
export const QUICK_LIMITS: ClientLimits = {
  attemptMs: 10_000,
  totalMs: 30_000,
  retries: 2,
  backoffMs: 1,
  longestWaitMs: 2_000,
  newTokenPauseMs: 1,
  secondLookMs: 1,
  largestBodyBytes: 10 * 1024 * 1024,
};

export interface PullSettings {
  readonly limits?: Partial<ClientLimits>;
  readonly signal?: AbortSignal;
  readonly progress?: Partial<Progress>;
  /** @default 60_000 */
  readonly withinMs?: number;
  /** Whether pages are requested one after the other, so that the server answers them in order. @default false */
  readonly oneAtATime?: boolean;
}

/** What one pull did, as observed from outside. */
export interface Pulled {
  readonly run: RunReceipt;
  /** The receipt of the stream. */
  readonly receipt: Receipt;
  /** Requests that reached the stream's route. */
  readonly requests: number;
  readonly tokenRequests: number;
}

/** A simulator and new tables, for one stream. */
export interface Site {
  readonly control: Control;
  readonly config: Config;
  /** Pulls once, with a new client and a new token, as a process does. */
  pull(settings?: PullSettings): Promise<Pulled>;
  fault(fault: Fault): void;
  clearFaults(): void;
  /** The objects of the simulator's listing, read without the pull's code. */
  listing(): Promise<Contents>;
  /** The current contents of the tables. */
  stored(): Promise<Stored>;
}

/** The contents of a site's tables. */
export interface Stored {
  /** The objects of the stream's table, without the fields that the pull adds. */
  readonly objects: Contents;
  /** By run id, the ids of the items that this run was the last to write, in ascending order. */
  readonly writtenBy: ReadonlyMap<string, readonly string[]>;
  /** All rows of the state table. */
  readonly stateRows: readonly Row[];
  /** Whether the stream has an unfinished walk. */
  readonly keepsWalk: boolean;
}

let sites = 0;

/** Creates tables for a test in a DynamoDB that tests share, and clears the simulator's faults. */
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
  const unexpected: unknown[] = [];
  const run = await runPull({
    config,
    streams: config.streams,
    token,
    procurios: settings.oneAtATime ? oneAtATime(procurios) : procurios,
    dynamoDb,
    holderName: 'a test',
    isAlone: false,
    readHolderState: async () => 'unknown',
    progress: { streamBegins() {}, pageTaken() {}, waits() {}, streamEnds() {}, ...settings.progress },
    signal: settings.signal ?? new AbortController().signal,
    deadlineMs: Date.now() + (settings.withinMs ?? 60_000),
    onWatch() {},
    onUnexpected: (error) => unexpected.push(error),
  });
  if (unexpected.length > 0) throw unexpected[0];
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

/** A client that sends its requests one after the other, in the order of the calls. */
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
  for await (const page of scanItems(dynamoDb, streamTableName(environment, stream), { withDeleted: true })) {
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
