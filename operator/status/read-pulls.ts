import { readEvidence } from '../../lambda/aws/state/absence-store.ts';
import { countRejects } from '../../lambda/aws/state/reject-store.ts';
import { listRunReceipts, readFutureReceipt } from '../../lambda/aws/state/run-store.ts';
import type { StateTable } from '../../lambda/aws/state/state-table.ts';
import { readStreamState } from '../../lambda/aws/state/stream-store.ts';
import { readUnfinishedWalk } from '../../lambda/aws/state/walk-store.ts';
import { timestamp } from '../../lambda/core/clock.ts';
import { readsOneWay } from '../../lambda/core/deletes/direction.ts';
import { unjudgedIn } from '../../lambda/core/deletes/unjudged.ts';
import type { RunReceipt } from '../../lambda/core/pull/receipt.ts';
import type { Stream } from '../../lambda/core/pull/stream.ts';
import { MOST_DAYS_UNJUDGED } from '../../lambda/deployment/alarms.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import type { Session } from '../session.ts';
import { readCutOffPull } from './pulling-process.ts';
import { MOST_COUNTED, type PullInProgress, type StatusReport, type StreamStatus } from './status-report.ts';

/** Receipts that are searched for the last walk of a stream. */
const RUNS_SEARCHED = 50;

/** The parts of the status that are about pulls. */
export type PullReport = Pick<
  StatusReport,
  'at' | 'timeZone' | 'expectWithinHours' | 'runs' | 'futureRun' | 'cutOff' | 'streams' | 'atWork'
>;

/** What the stores have about pulls, each part by itself. */
export function readPulls(session: Session, nowMs: number) {
  const state = session.state();
  const runs = listRunReceipts(state, RUNS_SEARCHED, nowMs);
  // Handled here, because the others await it at different times.
  runs.catch(() => {});
  return {
    runs,
    futureRun: readFutureReceipt(state, nowMs).then((run) => run?.startedAt ?? null),
    cutOff: readCutOff(session, runs, nowMs),
    streams: readStreams(session.config, state, runs, nowMs),
  };
}

/**
 * Reads the parts about pulls, all or none.
 *
 * @throws {SyncError} `STORE_*`.
 */
export async function readPullReport(session: Session, nowMs: number): Promise<PullReport> {
  const { runs, futureRun, cutOff, streams } = readPulls(session, nowMs);
  const values = await Promise.all([runs, futureRun, cutOff, streams]);
  return {
    ...reportHead(session, nowMs),
    runs: { value: values[0] },
    futureRun: { value: values[1] },
    cutOff: { value: values[2] },
    streams: { value: values[3] },
  };
}

/** The time of a report, and how its times are shown and judged. With `--embedded` nothing starts pulls by itself. */
export function reportHead({ config, isAlone }: Session, nowMs: number) {
  const { timeZone, expectWithinHours } = config.schedule;
  return { at: timestamp(nowMs), timeZone, ...(!isAlone && { expectWithinHours }) };
}

/** Reads the pull that was cut off, unless it saved its receipt before. */
async function readCutOff(
  session: Session,
  runs: Promise<readonly RunReceipt[]>,
  nowMs: number,
): Promise<PullInProgress | null> {
  const lease = await readCutOffPull(session, nowMs);
  if (lease === undefined) return null;
  const hasReceipt = (await runs).some(({ runId }) => runId === lease.runId);
  return hasReceipt ? null : { owner: lease.owner, since: lease.since };
}

async function readStreams(
  { streams }: Config,
  state: StateTable,
  runs: Promise<readonly RunReceipt[]>,
  nowMs: number,
): Promise<StreamStatus[]> {
  const receipts = await runs;
  return await Promise.all(
    streams.map(async (stream) => ({
      ...(await readStream(stream.name, state, receipts)),
      ...(await readDeletes(stream, state, nowMs)),
    })),
  );
}

async function readStream(
  name: string,
  state: StateTable,
  runs: readonly RunReceipt[],
): Promise<StreamStatus> {
  const [known, walk, rejects] = await Promise.all([
    readStreamState(state, name),
    readUnfinishedWalk(state, name),
    countRejects(state, name, MOST_COUNTED),
  ]);
  const last = runs.find(({ streams }) => streams[name] !== undefined);
  const receipt = last?.streams[name];
  // Versions before the stream's state was kept left only receipts.
  const complete = runs.find(({ streams }) => streams[name]?.status === 'complete');
  const wholeAsOf = known.wholeAsOf ?? complete?.startedAt;
  return {
    name,
    rejects,
    ...known,
    ...(wholeAsOf !== undefined && { wholeAsOf }),
    ...(last && receipt && { lastWalk: { ...receipt, finishedAt: last.finishedAt } }),
    ...(walk && {
      unfinished: { startedAt: walk.startedAt, pages: walk.counts.pages, fetched: walk.counts.fetched },
    }),
  };
}

/** What an operator should know about the deletes of a stream; empty unless pulls mark what is gone. */
async function readDeletes(
  { name, deletes, paging }: Stream,
  state: StateTable,
  nowMs: number,
): Promise<Pick<StreamStatus, 'held' | 'unjudged' | 'readsOneWay'>> {
  const evidence = deletes === 'fromWalk' ? await readEvidence(state, name) : undefined;
  if (evidence === undefined) return {};
  const { held } = evidence;
  const unjudged = unjudgedIn(evidence, nowMs);
  return {
    ...(held && { held }),
    ...(unjudged && unjudged.days >= MOST_DAYS_UNJUDGED && { unjudged }),
    ...(readsOneWay(evidence, paging.kind) && { readsOneWay: true }),
  };
}
