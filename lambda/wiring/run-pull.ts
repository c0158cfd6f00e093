import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '../aws/clients.ts';
import { createStreamTable } from '../aws/dynamodb/stream-table.ts';
import { createAbsenceStore } from '../aws/state/absence-store.ts';
import type { Lease } from '../aws/state/lease.ts';
import { saveRunReceipt, saveRunReceiptIfNone } from '../aws/state/run-store.ts';
import { createStateTable, type StateTable } from '../aws/state/state-table.ts';
import { acquireLease, type LeaseOptions } from '../aws/state/take-lease.ts';
import {
  createWalkStore,
  readWalkRecord,
  type StoredWalk,
  type WalkMemory,
} from '../aws/state/walk-store.ts';
import { timestamp } from '../core/clock.ts';
import { SyncError } from '../core/errors.ts';
import { receiptOfCutOff } from '../core/pull/cut-off.ts';
import { dryTable, walksInMemory } from '../core/pull/dry-run.ts';
import { plainEngine } from '../core/pull/engine.ts';
import type { LeaseRow } from '../core/pull/lease.ts';
import type { RunReceipt } from '../core/pull/receipt.ts';
import { pullStreams, runReceiptOf } from '../core/pull/run.ts';
import type { Progress, RunPorts, SliceStores } from '../core/pull/run-ports.ts';
import type { Stream } from '../core/pull/stream.ts';
import { isUnfinished } from '../core/pull/walk.ts';
import type { Config } from '../deployment/config.ts';
import { stateTableName, streamTableName } from '../deployment/names.ts';
import type { Client } from '../procurios/http/client.ts';
import { listPages } from '../procurios/listing/listing.ts';
import type { NamingTokenSource } from '../procurios/token/client-token.ts';
import { systemClock } from '../runtime/clock.ts';
import { errorFields } from '../runtime/log.ts';
import { openDeleteTables } from './delete-tables.ts';
import { accessOf } from './token-source.ts';

/** What a pull in this process needs. */
export interface PullOptions
  extends Pick<LeaseOptions, 'holderName' | 'isAlone' | 'readHolderState' | 'onWatch'> {
  readonly config: Config;
  /** The streams to pull, all of them in the config. */
  readonly streams: readonly Stream[];
  readonly procurios: Client;
  /** The source of the client's tokens. */
  readonly token: Pick<NamingTokenSource, 'grantee'>;
  readonly dynamoDb: DynamoDBClient;
  readonly progress: Progress;
  /** Aborts when the pull must stop. All that was read is then stored, and the next pull continues there. */
  readonly signal: AbortSignal;
  /** When the pull must end, in milliseconds since the epoch; absent if it has no deadline. */
  readonly deadlineMs?: number;
  /** Receives each unexpected error. The receipt of its stream has the code `BUG`. */
  readonly onUnexpected: (error: unknown) => void;
  /** Receives the name of each stream whose counts of absent objects start over, because what was known cannot be read. */
  readonly onAbsencesLost?: (stream: string) => void;
}

/**
 * Pulls the streams in this process, under the lease.
 *
 * @throws {SyncError} `RUN_ACTIVE`, and `STORE_*` for the state table. Failures of a stream are in its receipt.
 */
export async function runPull(options: PullOptions): Promise<RunReceipt> {
  const { config, dynamoDb, streams, deadlineMs, onAbsencesLost = nothing } = options;
  const state = createStateTable(dynamoDb, stateTableName(config.environment));
  const runId = randomUUID();
  const noteCutOff = (holder: LeaseRow) => saveCutOffReceipt(state, config.streams, holder);
  const lease = await acquireLease({ ...options, runId, state, noteCutOff, clock: systemClock });
  const signal = AbortSignal.any([options.signal, lease.signal]);
  try {
    const { since: startedAt } = lease.row;
    const unfinished = await listUnfinished(state, streams);
    const run = { runId, startedAt, unfinished, ...(deadlineMs !== undefined && { deadlineMs }) };
    const memory: WalkMemory = {};
    const ports: RunPorts = {
      ...pullPorts(options),
      signal,
      openStores: async (stream) =>
        storesUnder(lease, { state, config, dynamoDb, runId, stream, memory, onAbsencesLost }),
    };
    const receipts = await pullStreams(run, streams, ports, plainEngine(systemClock, signal));
    const receipt = runReceiptOf(run, receipts, systemClock.now());
    await saveRunReceipt(state, receipt);
    await lease.release();
    return receipt;
  } finally {
    // A no-op after the release.
    await lease.abandon();
  }
}

/** Reads the streams and compares them with the tables. It writes nothing, takes no lease and resumes no walk. */
export async function runDryPull(options: PullOptions): Promise<RunReceipt> {
  const { config, dynamoDb, streams, signal } = options;
  const never = { guard: () => AbortSignal.abort(new Error('a dry run does not write')) };
  const run = { runId: 'dry-run', startedAt: timestamp(systemClock.now()), unfinished: [] };
  const walks = walksInMemory();
  const ports: RunPorts = {
    ...pullPorts(options),
    openStores: async ({ name }) => {
      const tableName = streamTableName(config.environment, name);
      const table = { client: dynamoDb, tableName, clock: systemClock, runId: run.runId, lease: never };
      return { walks, table: dryTable(createStreamTable(table)), signal, [Symbol.asyncDispose]: nothing };
    },
  };
  const receipts = await pullStreams(run, streams, ports, plainEngine(systemClock, signal));
  return runReceiptOf(run, receipts, systemClock.now());
}

/** The tables that a slice writes to. */
export interface SliceTables {
  readonly state: StateTable;
  readonly config: Config;
  readonly dynamoDb: DynamoDBClient;
  readonly runId: string;
  readonly stream: Stream;
  readonly memory: WalkMemory;
  readonly onAbsencesLost: (stream: string) => void;
}

/** The stores of one slice. Disposing of them leaves the lease as it is. */
export function storesUnder(lease: Lease, tables: SliceTables): SliceStores {
  const { state, config, dynamoDb: client, runId, stream, memory, onAbsencesLost: onLost } = tables;
  const tableName = streamTableName(config.environment, stream.name);
  const table = { client, tableName, runId, lease, clock: systemClock };
  return {
    walks: createWalkStore({ state, lease, runId, memory, clock: systemClock }),
    table: createStreamTable(table),
    deletes: {
      absences: createAbsenceStore({ state, lease, clock: systemClock, onLost }),
      ...openDeleteTables(stream, config, client, { lease, runId }),
    },
    signal: lease.signal,
    [Symbol.asyncDispose]: nothing,
  };
}

/** Saves a receipt for a run that never released the lease, unless the run saved one itself. */
export async function saveCutOffReceipt(
  state: StateTable,
  streams: readonly Stream[],
  { runId, since: startedAt, owner }: LeaseRow,
): Promise<void> {
  if (runId === undefined) return;
  const now = timestamp(systemClock.now());
  const message = `the run was cut off (${owner}), as the next run noticed at ${now}; that run continues its walks`;
  const error = { code: 'INTERRUPTED', message } as const;
  const walks = await readWalkRecords(state, streams);
  const receipts = streams.map(({ name }) => [name, receiptOfCutOff(walks.get(name), runId)] as const);
  await saveRunReceiptIfNone(state, {
    runId,
    startedAt,
    finishedAt: now,
    status: 'failed',
    streams: Object.fromEntries(receipts),
    error,
  });
}

/** Names of the streams whose walk an earlier run left unfinished. */
export async function listUnfinished(state: StateTable, streams: readonly Stream[]): Promise<string[]> {
  const walks = await readWalkRecords(state, streams);
  return [...walks].filter(([, walk]) => isUnfinished(walk)).map(([name]) => name);
}

/** Reads the streams' walk records, by name. One that cannot be understood is left out, because its stream fails by itself. */
async function readWalkRecords(
  state: StateTable,
  streams: readonly Stream[],
): Promise<ReadonlyMap<string, StoredWalk>> {
  const walks = new Map<string, StoredWalk>();
  for (const { name } of streams) {
    try {
      const walk = await readWalkRecord(state, name);
      if (walk !== undefined) walks.set(name, walk);
    } catch (error) {
      if (error instanceof SyncError) throw error;
    }
  }
  return walks;
}

/** The ports of a run in this process, without the stores. */
function pullPorts({
  config,
  procurios,
  token,
  progress,
  signal,
  onUnexpected,
}: PullOptions): Omit<RunPorts, 'openStores'> {
  return {
    clock: systemClock,
    progress,
    signal,
    access: () => accessOf(config, token),
    requestsSent: () => procurios.requests,
    listPages: (stream, from, stop, budget) => listPages(procurios, stream, from, stop, budget),
    timeLeftMs: () => Number.POSITIVE_INFINITY,
    countSlice() {},
    unexpected(error) {
      onUnexpected(error);
      const { code } = errorFields(error);
      return { code: 'BUG', message: `an unexpected ${code}; please report it with the stack on stderr` };
    },
  };
}

async function nothing(): Promise<void> {}
