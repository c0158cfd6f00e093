import { hasEnded } from '../../lambda/aws/executions.ts';
import { listRunReceipts } from '../../lambda/aws/state/run-store.ts';
import type { StateTable } from '../../lambda/aws/state/state-table.ts';
import { readUnfinishedWalk } from '../../lambda/aws/state/walk-store.ts';
import { SyncError } from '../../lambda/core/errors.ts';
import { type RunReceipt, withAllCounts } from '../../lambda/core/pull/receipt.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import { CommandError } from '../command-error.ts';
import type { DeployedClients } from '../deployed/aws-clients.ts';
import {
  type Execution,
  type ExecutionDetails,
  listExecutions,
  readExecution,
  type Started,
} from '../deployed/executions.ts';
import type { Session } from '../session.ts';

export interface FollowOptions {
  readonly lambda: DeployedClients['lambda'];
  readonly functionArn: string;
  /** Aborts to stop following. The run continues. */
  readonly signal: AbortSignal;
  /** Called after each look at a run that is not finished. */
  readonly onLook: (look: RunLook) => void;
}

/** How far a run in AWS is. */
export interface RunLook {
  /** Milliseconds since the run started. */
  readonly elapsedMs: number;
  /** The walk that saved its position last; undefined if no walk saved since this command began to follow the run. */
  readonly walk: { readonly stream: string; readonly pages: number; readonly fetched: number } | undefined;
}

/** The pause between two looks. Each look costs a call to Lambda and a read for each stream. */
const PAUSE_MS = 2_000;
/** How long an execution may be missing from Lambda's list after it was started. */
const UNSEEN_FOR_MS = 60_000;
/** Looks that may fail in a row, because a run of hours should survive throttling and a lost connection. */
const MOST_FAILURES = 10;
/** Receipts, from the latest on, that are searched for the receipt of the run. */
const RECEIPTS_SEARCHED = 20;

/**
 * Follows a run in AWS until it is finished.
 *
 * @returns The run's receipt; undefined if the signal aborted first.
 * @throws {SyncError} `RUN_ACTIVE` if the run found another pull in progress.
 * @throws {CommandError} `RUN_FAILED` if the run left no receipt.
 */
export async function followRun(
  session: Session,
  started: Started,
  options: FollowOptions,
): Promise<RunReceipt | undefined> {
  const { signal, onLook } = options;
  const state = session.state();
  const walks = watchWalks(
    state,
    session.config.streams.map(({ name }) => name),
  );
  const unseenUntil = Date.now() + UNSEEN_FOR_MS;
  let failures = 0;
  while (!signal.aborted) {
    try {
      const execution = await look(started, options);
      if (execution === undefined && Date.now() > unseenUntil) throw unseen(started);
      if (execution !== undefined && hasEnded(execution.status)) return await receiptOf(execution, state);
      if (execution !== undefined) onLook({ elapsedMs: elapsedMs(execution), walk: await walks.latest() });
      failures = 0;
    } catch (error) {
      failures += 1;
      const isRetryable = error instanceof SyncError && error.code === 'STORE_UNAVAILABLE';
      if (!isRetryable || failures > MOST_FAILURES) throw error;
    }
    await systemClock.sleep(PAUSE_MS, signal);
  }
  return undefined;
}

/** Never negative, even if this machine's clock is behind AWS's. */
function elapsedMs({ startedAt }: Execution): number {
  return Math.max(0, Date.now() - Date.parse(startedAt));
}

function unseen({ name }: Started): CommandError {
  const message = `Lambda accepted the start but lists no execution ${name}, so it may not have started`;
  return new CommandError('RUN_FAILED', message);
}

async function look(
  { arn, name }: Started,
  { lambda, functionArn }: FollowOptions,
): Promise<ExecutionDetails | undefined> {
  const known = arn ?? (await listExecutions(lambda, functionArn, { name }))[0]?.arn;
  return known === undefined ? undefined : await readExecution(lambda, known);
}

/** Finds the walk that moved last. A walk saves its position at the end of each slice. */
function watchWalks(state: StateTable, streams: readonly string[]) {
  let before: ReadonlyMap<string, number> | undefined;
  let latest: RunLook['walk'];
  return {
    async latest(): Promise<RunLook['walk']> {
      const read = streams.map(async (stream) => ({ stream, walk: await readUnfinishedWalk(state, stream) }));
      const walks = await Promise.all(read);
      // The first look only records the positions, because they may be those of an earlier run.
      const moved = walks.findLast(
        ({ stream, walk }) => before !== undefined && walk && before.get(stream) !== walk.counts.pages,
      );
      if (moved?.walk !== undefined) {
        const { pages, fetched } = moved.walk.counts;
        latest = { stream: moved.stream, pages, fetched };
      }
      before = new Map(walks.flatMap(({ stream, walk }) => (walk ? [[stream, walk.counts.pages]] : [])));
      return latest;
    },
  };
}

/** What the pull function returns if another pull is in progress; see `lambda/wiring/durable-pull.ts`. */
interface Skipped {
  readonly status: 'skipped';
  readonly reason: string;
}

async function receiptOf(execution: ExecutionDetails, state: StateTable): Promise<RunReceipt> {
  const { result, status, error } = execution;
  const returned = result === undefined ? undefined : (JSON.parse(result) as RunReceipt | Skipped);
  if (returned?.status === 'skipped') throw new SyncError('RUN_ACTIVE', returned.reason);
  const receipt = returned === undefined ? await findReceipt(execution, state) : withAllCounts(returned);
  if (receipt !== undefined) return receipt;
  const why = error === undefined ? 'Lambda does not say why' : `${error.type}: ${error.message}`;
  throw new CommandError('RUN_FAILED', `the run ended as ${status}, without a receipt (${why})`);
}

/**
 * Finds the receipt of an execution that failed. A run in which a stream failed saves its receipt, and then fails.
 * Runs do not overlap, so the receipt is the one that began during the execution.
 */
async function findReceipt(
  { startedAt, endedAt = startedAt }: Execution,
  state: StateTable,
): Promise<RunReceipt | undefined> {
  const receipts = await listRunReceipts(state, RECEIPTS_SEARCHED, Date.now());
  // The beginning of that second, because Lambda may give an execution's start in whole seconds.
  const from = Math.floor(Date.parse(startedAt) / 1000) * 1000;
  return receipts.find((each) => {
    const at = Date.parse(each.startedAt);
    return at >= from && at <= Date.parse(endedAt);
  });
}
