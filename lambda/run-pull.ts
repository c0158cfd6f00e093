import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from './aws/clients.ts';
import { acquireLease } from './aws/lease.ts';
import { saveRunReceipt } from './aws/run-store.ts';
import { createStateTable } from './aws/state-table.ts';
import { createStreamTable } from './aws/stream-table.ts';
import { createWalkStore } from './aws/walk-store.ts';
import type { Config } from './config/config.ts';
import { stateTableName, streamTableName } from './config/names.ts';
import { dryTable, walksInMemory } from './core/dry-run.ts';
import type { RunReceipt } from './core/receipt.ts';
import { type Progress, pullStreams, type RunPorts } from './core/run.ts';
import type { Stream } from './core/stream.ts';
import type { Client } from './procurios/client.ts';
import { listPages } from './procurios/listing.ts';
import { systemClock } from './runtime/clock.ts';

export interface PullOptions {
  readonly config: Config;
  /** Those of the config that are to be pulled, in order. */
  readonly streams: readonly Stream[];
  readonly procurios: Client;
  readonly dynamoDb: DynamoDBClient;
  /** Says who pulls, for people: `process 4711 on build-7`. */
  readonly owner: string;
  /** Nobody else can reach the tables, so a lease that is still held is a dead pull's. */
  readonly isAlone: boolean;
  readonly progress: Progress;
  /** Aborts when the pull is to stop; what was read is then stored, and the next pull goes on from there. */
  readonly signal: AbortSignal;
  /** When it has to be over, in milliseconds since the epoch; undefined: whenever it is. */
  readonly deadlineMs?: number;
}

/**
 * One pull of the streams, under the lease: what the command line and the Lambda function both run.
 *
 * @throws {SyncError} `RUN_ACTIVE`, and `STORE_*` for the state table. What happens to a stream is in the receipt.
 */
export async function runPull(options: PullOptions): Promise<RunReceipt> {
  const { config, dynamoDb, streams } = options;
  const runId = randomUUID();
  const state = createStateTable(dynamoDb, stateTableName(config.environment));
  const lease = await acquireLease({ ...options, state, clock: systemClock });
  try {
    const receipt = await pullStreams(runId, streams, {
      ...outside(options),
      walks: createWalkStore({ state, lease, clock: systemClock }),
      openTable: ({ name }) => createStreamTable({ ...tableOf(options, name), runId, lease }),
      signal: AbortSignal.any([options.signal, lease.signal]),
    });
    await saveRunReceipt(state, receipt);
    return receipt;
  } finally {
    await lease.release();
  }
}

/** The same pull, reading and comparing only: nothing is written, no lease is taken and no walk taken up. */
export async function runDryPull(options: PullOptions): Promise<RunReceipt> {
  const never = { guard: () => AbortSignal.abort(new Error('a dry run does not write')) };
  return await pullStreams(randomUUID(), options.streams, {
    ...outside(options),
    walks: walksInMemory(),
    openTable: ({ name }) =>
      dryTable(createStreamTable({ ...tableOf(options, name), runId: 'dry-run', lease: never })),
    signal: options.signal,
  });
}

function outside({ procurios, progress, deadlineMs }: PullOptions) {
  return {
    clock: systemClock,
    progress,
    ...(deadlineMs !== undefined && { deadlineMs }),
    requestsSent: () => procurios.requests,
    listPages: (stream, from, signal) => listPages(procurios, stream, from, signal),
  } satisfies Partial<RunPorts>;
}

function tableOf({ dynamoDb, config }: PullOptions, stream: string) {
  return { client: dynamoDb, tableName: streamTableName(config.environment, stream), clock: systemClock };
}
