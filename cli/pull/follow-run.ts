import { listRunReceipts } from '../../lambda/aws/state/run-store.ts';
import type { StateTable } from '../../lambda/aws/state/state-table.ts';
import { readWalkUnderWay } from '../../lambda/aws/state/walk-store.ts';
import { SyncError } from '../../lambda/core/errors.ts';
import type { RunReceipt } from '../../lambda/core/pull/receipt.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import { CommandError } from '../../operator/command-error.ts';
import type { DeployedClients } from '../../operator/deployed/aws-clients.ts';
import {
  type Execution,
  type ExecutionDetails,
  listExecutions,
  readExecution,
  type Started,
} from '../../operator/deployed/executions.ts';
import { countOf, wholeSeconds } from '../../operator/words.ts';
import { createStatusLine } from '../terminal/status-line.ts';

export interface FollowOptions {
  readonly lambda: DeployedClients['lambda'];
  readonly functionArn: string;
  readonly state: StateTable;
  /** Names of the streams, in their order. */
  readonly streams: readonly string[];
  /** Aborts when nobody wants to follow it any more; the run goes on. */
  readonly signal: AbortSignal;
}

/** Between two looks: each costs a call to Lambda, and a read for each stream. */
const PAUSE_MS = 2_000;
/** Lambda shows an execution moments after it was started. */
const UNSEEN_FOR_MS = 60_000;
/** Looks that may fail in a row: a run of hours outlives an hour's worth of throttling or a lost connection. */
const MOST_FAILURES = 10;
/** Runs since the one that is looked for, at most. */
const RECEIPTS_SEARCHED = 20;

/**
 * Follows a run in AWS to its end, and shows how it gets on.
 *
 * @returns The run's receipt; undefined: the signal aborted first.
 * @throws {SyncError} `RUN_ACTIVE`: the run found another at work.
 * @throws {CommandError} `RUN_FAILED`: it ended without a receipt.
 */
export async function followRun(started: Started, options: FollowOptions): Promise<RunReceipt | undefined> {
  const { signal, state } = options;
  using line = createStatusLine();
  const walks = watchWalks(state, options.streams);
  const unseenUntil = Date.now() + UNSEEN_FOR_MS;
  let failures = 0;
  while (!signal.aborted) {
    try {
      const execution = await look(started, options);
      if (execution === undefined && Date.now() > unseenUntil) throw unseen(started);
      if (execution !== undefined && execution.status !== 'RUNNING') return await receiptOf(execution, state);
      if (execution !== undefined) line.show(`${elapsed(execution)}  ${await walks.describe()}`);
      failures = 0;
    } catch (error) {
      failures += 1;
      const mayPass = error instanceof SyncError && error.code === 'STORE_UNAVAILABLE';
      if (!mayPass || failures > MOST_FAILURES) throw error;
    }
    await systemClock.sleep(PAUSE_MS, signal);
  }
  return undefined;
}

function elapsed({ startedAt }: Execution): string {
  return wholeSeconds(Math.max(0, Date.now() - Date.parse(startedAt)));
}

function unseen({ name }: Started): CommandError {
  const message = `Lambda took the start, but shows no execution ${name}; it may not have begun`;
  return new CommandError('RUN_FAILED', message);
}

async function look({ arn, name }: Started, options: FollowOptions): Promise<ExecutionDetails | undefined> {
  const { lambda, functionArn } = options;
  const known = arn ?? (await listExecutions(lambda, functionArn, { name }))[0]?.arn;
  return known === undefined ? undefined : await readExecution(lambda, known);
}

/** Tells which walk moved last, and how far it is: places are saved at the end of each slice. */
function watchWalks(state: StateTable, streams: readonly string[]) {
  let before: ReadonlyMap<string, number> | undefined;
  let latest = 'reading';
  return {
    async describe(): Promise<string> {
      const read = streams.map(async (stream) => ({ stream, walk: await readWalkUnderWay(state, stream) }));
      const walks = await Promise.all(read);
      // At the first look there may be walks that an earlier run left.
      const moved = walks.findLast(
        ({ stream, walk }) => before !== undefined && walk && before.get(stream) !== walk.counts.pages,
      );
      if (moved?.walk !== undefined) {
        const { pages, fetched } = moved.walk.counts;
        latest = `${moved.stream}  ${countOf(pages, 'page')}  ${countOf(fetched, 'object')}`;
      }
      before = new Map(walks.flatMap(({ stream, walk }) => (walk ? [[stream, walk.counts.pages]] : [])));
      return latest;
    },
  };
}

/** What `lambda/wiring/durable-pull.ts` returns where another pull is at work. */
interface Skipped {
  readonly status: 'skipped';
  readonly reason: string;
}

async function receiptOf(execution: ExecutionDetails, state: StateTable): Promise<RunReceipt> {
  const { result, status, error } = execution;
  const returned = result === undefined ? undefined : (JSON.parse(result) as RunReceipt | Skipped);
  if (returned?.status === 'skipped') throw new SyncError('RUN_ACTIVE', returned.reason);
  const receipt = returned ?? (await findReceipt(execution, state));
  if (receipt !== undefined) return receipt;
  const why = error === undefined ? 'Lambda does not say why' : `${error.type}: ${error.message}`;
  throw new CommandError('RUN_FAILED', `the run ended as ${status}, without a receipt (${why})`);
}

/** A run in which a stream failed leaves its receipt, and fails. One at a time: it is the one of that time. */
async function findReceipt(
  { startedAt, endedAt = startedAt }: Execution,
  state: StateTable,
): Promise<RunReceipt | undefined> {
  const receipts = await listRunReceipts(state, RECEIPTS_SEARCHED);
  // Lambda may tell whole seconds.
  const from = Math.floor(Date.parse(startedAt) / 1000) * 1000;
  return receipts.find((each) => {
    const at = Date.parse(each.startedAt);
    return at >= from && at <= Date.parse(endedAt);
  });
}
