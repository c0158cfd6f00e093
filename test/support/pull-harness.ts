import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { scanItems } from '../../lambda/aws/read-items.ts';
import type { Row } from '../../lambda/aws/rows.ts';
import { checkConfig } from '../../lambda/config/check-config.ts';
import type { Config } from '../../lambda/config/config.ts';
import { stateTableName, streamTableName } from '../../lambda/config/names.ts';
import { stringifyJson } from '../../lambda/core/json.ts';
import type { Receipt, RunReceipt } from '../../lambda/core/receipt.ts';
import type { Progress } from '../../lambda/core/run.ts';
import { createClient } from '../../lambda/procurios/client.ts';
import type { ClientLimits } from '../../lambda/procurios/limits.ts';
import { createTokenSource } from '../../lambda/procurios/token.ts';
import { runPull } from '../../lambda/run-pull.ts';
import { createTables } from '../../local/endpoints/tables.ts';
import {
  type Control,
  type Fault,
  SIMULATOR_CREDENTIALS,
  SIMULATOR_SCOPES,
  type Simulator,
  startSimulator,
} from '../../local/simulator/simulator.ts';
import { cutSmall, type PagingCase, RELATIONS } from './paging-kinds.ts';
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

/** A simulator of its own and fresh tables, with one stream between them. */
export interface Site extends AsyncDisposable {
  readonly simulator: Simulator;
  readonly control: Control;
  readonly config: Config;
  /** One pull, with a client and a token of its own, as a process makes it. */
  pull(settings?: PullSettings): Promise<Pulled>;
  fault(fault: Fault): void;
  clearFaults(): void;
  /** What the simulator's listing holds, read without the pull's code. */
  listing(): Promise<Contents>;
  /** What the stream's table holds, our own fields aside. */
  table(): Promise<Contents>;
  /** Ids of the items that this run wrote last. */
  writtenBy(run: RunReceipt): Promise<string[]>;
  /** All rows of the state table. */
  stateRows(): Promise<Row[]>;
  /** Whether an unfinished walk of the stream waits for the next run. */
  keepsWalk(): Promise<boolean>;
}

let sites = 0;

/** Opens a site for a test, on a DynamoDB that may serve others too. */
export async function openSite(
  dynamoDb: DynamoDBClient,
  paging: PagingCase,
  options: { readonly seed?: number } = {},
): Promise<Site> {
  sites += 1;
  const simulator = await startSimulator({ relations: RELATIONS, seed: options.seed ?? 1 });
  const { control } = simulator;
  cutSmall(simulator);
  addExactNumbers(control, paging);
  const config = checkConfig({
    environment: `site-${sites}`,
    host: simulator.url,
    auth: { grant: 'clientCredentials', scopes: SIMULATOR_SCOPES },
    requestsPerSecond: { pull: 1000 },
    streams: [paging.stream],
  });
  await createTables(dynamoDb, config);
  const stored = storedIn(dynamoDb, config, paging);
  return {
    simulator,
    control,
    config,
    ...stored,
    pull: (settings) => pullOnce(simulator, config, dynamoDb, paging, settings),
    fault: (fault) => control.fault(fault),
    clearFaults() {
      control.clearFaults();
      cutSmall(simulator);
    },
    listing: () => readPlainly(simulator, paging, config.auth.scopes),
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}

const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** Numbers that a double does not hold: the second object of every listing has some. */
function addExactNumbers(control: Control, { objectKind }: PagingCase): void {
  control.edit(objectKind, 2, {
    exact: [rawJSON('9007199254740993'), rawJSON('0.1000000000000000055')],
  });
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
  control.resetRequests();
  const run = await runPull({
    config,
    streams: config.streams,
    procurios: createClient({ ...config, token, limits, requestsPerSecond: config.requestsPerSecond.pull }),
    dynamoDb,
    owner: 'a test',
    isAlone: false,
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

function storedIn(dynamoDb: DynamoDBClient, { environment }: Config, { stream }: PagingCase) {
  const items = async () => {
    const found: Record<string, unknown>[] = [];
    for await (const page of scanItems(dynamoDb, streamTableName(environment, stream.name))) {
      found.push(...page.map((item) => parseExactly(stringifyJson(item)) as Record<string, unknown>));
    }
    return found;
  };
  const stateRows = async () => {
    const documents = DynamoDBDocumentClient.from(dynamoDb);
    const answer = await documents.send(new ScanCommand({ TableName: stateTableName(environment) }));
    return (answer.Items ?? []) as Row[];
  };
  return {
    stateRows,
    async table(): Promise<Contents> {
      return new Map(
        (await items()).map(({ _id, _hash, _changedAt, _run, ...object }) => [
          String(_id),
          comparable(object),
        ]),
      );
    },
    async writtenBy({ runId }: RunReceipt) {
      const found = await items();
      return found.filter(({ _run }) => _run === runId).map(({ _id }) => String(_id));
    },
    async keepsWalk() {
      const rows = await stateRows();
      return rows.some(({ pk, sk }) => pk === `walk#${stream.name}` && sk === 'position');
    },
  };
}
