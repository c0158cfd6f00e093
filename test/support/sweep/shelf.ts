import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { checkConfig } from '../../../config/check-config.ts';
import type { StreamInput } from '../../../config/define-config.ts';
import { createStateTable } from '../../../lambda/aws/state/state-table.ts';
import { readUnfinishedWalk } from '../../../lambda/aws/state/walk-store.ts';
import { plainEngine } from '../../../lambda/core/pull/engine.ts';
import type { Receipt } from '../../../lambda/core/pull/receipt.ts';
import { pullStreams } from '../../../lambda/core/pull/run.ts';
import type { Progress, RunPorts } from '../../../lambda/core/pull/run-ports.ts';
import type { Config } from '../../../lambda/deployment/config.ts';
import { stateTableName } from '../../../lambda/deployment/names.ts';
import { type Client, createClient } from '../../../lambda/procurios/http/client.ts';
import { listPages } from '../../../lambda/procurios/listing/listing.ts';
import { createTokenSource, type NamingTokenSource } from '../../../lambda/procurios/token/client-token.ts';
import { systemClock } from '../../../lambda/runtime/clock.ts';
import { runPull } from '../../../lambda/wiring/run-pull.ts';
import { createTables } from '../../../local/endpoints/tables.ts';
import { SIMULATOR_CREDENTIALS, SIMULATOR_SCOPES } from '../../../local/simulator/simulator.ts';
import { MemoryTable, MemoryWalks } from '../memory-ports.ts';
import { QUICK_LIMITS, readStored } from '../pull-harness.ts';
import type { Revisions, Stage } from './scene.ts';

/** Where a history's pulls store objects. */
export interface Shelf extends AsyncDisposable {
  /** @param stopsAfter - Pages after which the pull is stopped; undefined if it is not. */
  pull(stopsAfter?: number): Promise<Receipt>;
  /** The revisions of the stored objects, by key. */
  revisions(): Promise<Revisions>;
  /** Whether the last pull left a walk to continue. */
  keepsWalk(): Promise<boolean>;
}

export type OpenShelf = (stage: Pick<Stage, 'simulator' | 'stream'>) => Promise<Shelf>;

/** A shelf of tables, whose names follow from the config. */
export interface TableShelf extends Shelf {
  readonly config: Config;
}

/** Tables of the embedded DynamoDB, with lease, receipts and all. */
export const openTables =
  (dynamoDb: DynamoDBClient) =>
  async ({ simulator, stream }: Pick<Stage, 'simulator' | 'stream'>): Promise<TableShelf> => {
    const config = configOf(simulator.url, stream);
    await createTables(dynamoDb, config);
    const state = createStateTable(dynamoDb, stateTableName(config.environment));
    return {
      config,
      async pull(stopsAfter) {
        const unexpected: unknown[] = [];
        const { streams } = await runPull({
          config,
          streams: config.streams,
          ...accessTo(config),
          dynamoDb,
          holderName: 'a test',
          isAlone: false,
          readHolderState: async () => 'unknown',
          ...stopping(stopsAfter),
          onWatch() {},
          onUnexpected: (error) => unexpected.push(error),
        });
        if (unexpected.length > 0) throw unexpected[0];
        return streams[stream.name] as Receipt;
      },
      async revisions() {
        const { objects } = await readStored(dynamoDb, config, stream.name);
        return new Map([...objects].map(([id, object]) => [id, Number(JSON.parse(object).revision ?? 0)]));
      },
      keepsWalk: async () => (await readUnfinishedWalk(state, stream.name)) !== undefined,
      [Symbol.asyncDispose]: async () => {},
    };
  };

/** Stores in memory. The pages come over HTTP, and all that decides is the pull's own code. */
export const openMemoryShelf: OpenShelf = async ({ simulator, stream: input }) => {
  const config = configOf(simulator.url, input);
  const [stream] = config.streams;
  if (stream === undefined) throw new Error('the config has no stream');
  const table = new MemoryTable();
  const walks = new MemoryWalks();

  return {
    async pull(stopsAfter) {
      const { procurios } = accessTo(config);
      const { progress, signal } = stopping(stopsAfter);
      const ports: RunPorts = {
        clock: systemClock,
        listPages: (each, from, stop) => listPages(procurios, each, from, stop),
        openStores: async () => ({ walks, table, signal, [Symbol.asyncDispose]: async () => {} }),
        access: async () => undefined,
        requestsSent: () => procurios.requests,
        signal,
        timeLeftMs: () => Number.POSITIVE_INFINITY,
        countSlice() {},
        progress,
        unexpected(error) {
          throw error;
        },
      };
      const run = { runId: randomUUID(), startedAt: new Date().toISOString(), unfinished: [] };
      const receipts = await pullStreams(run, [stream], ports, plainEngine(systemClock, signal));
      return receipts[stream.name] as Receipt;
    },
    revisions: async () =>
      new Map([...table.items.values()].map(({ id, object }) => [id, Number(object.revision ?? 0)])),
    keepsWalk: async () => walks.walk !== undefined,
    [Symbol.asyncDispose]: async () => {},
  };
};

/** A signal that aborts once so many pages were taken. */
function stopping(afterPages = Number.POSITIVE_INFINITY): { progress: Progress; signal: AbortSignal } {
  const stop = new AbortController();
  let pages = 0;
  const pageTaken = () => {
    pages += 1;
    if (pages >= afterPages) stop.abort();
  };
  return { progress: { streamBegins() {}, pageTaken, waits() {}, streamEnds() {} }, signal: stop.signal };
}

let environments = 0;

function configOf(host: string, stream: StreamInput): Config {
  environments += 1;
  return checkConfig({
    environment: `sweep-${environments}`,
    host,
    auth: { grant: 'clientCredentials', scopes: SIMULATOR_SCOPES },
    streams: [stream],
  });
}

/** A new client with the source of its token, as a process has. */
function accessTo(config: Config): { procurios: Client; token: NamingTokenSource } {
  const limits = QUICK_LIMITS;
  const token = createTokenSource({
    ...config,
    scopes: config.auth.scopes,
    limits,
    readCredentials: async () => SIMULATOR_CREDENTIALS,
  });
  return { procurios: createClient({ ...config, token, limits, requestsPerSecond: 100_000 }), token };
}
