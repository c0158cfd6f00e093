import { randomUUID } from 'node:crypto';
import { type Clock, timestamp } from '../../core/clock.ts';
import { SyncError } from '../../core/errors.ts';
import {
  ALIVE_MS,
  HEARTBEAT_MS,
  type HolderState,
  holdFrom,
  isSameHold,
  judgeHold,
  type LeaseRow,
} from '../../core/pull/lease.ts';
import { keepLease, type Lease, letGo, takenOver } from './lease.ts';
import { STATE_KEYS } from './state-keys.ts';
import type { StateTable } from './state-table.ts';

const KEY = STATE_KEYS.pullLease;

export interface LeaseOptions {
  readonly state: StateTable;
  /** The holder's name for operators: `process 4711 on build-7`. */
  readonly holderName: string;
  /** Absent if the holder saves no receipt: then none is saved for it either if it is cut off. */
  readonly runId?: string;
  /** The durable execution that takes the lease. @default - This process takes it. */
  readonly execution?: {
    readonly arn: string;
    /** When Lambda times the execution out, in milliseconds since the epoch. The lease ends then at the latest. */
    readonly endsAtMs: number;
  };
  /** Whether no other process can reach the table. A lease that is still held then belongs to a process that was killed. */
  readonly isAlone: boolean;
  /** Asks Lambda whether the execution that holds the lease is running. */
  readHolderState(executionArn: string): Promise<HolderState>;
  /**
   * Called with the previous holder if it never released the lease. The call comes before the lease is taken, because the
   * previous holder is not known afterwards; so it may come more than once for one holder.
   */
  noteCutOff(holder: LeaseRow): Promise<void>;
  /** Called before a lease is watched, which takes up to 45 seconds. */
  onWatch(holder: LeaseRow): void;
  /** Aborts the watching. */
  readonly signal?: AbortSignal;
  readonly clock: Clock;
}

/**
 * Takes the lease without writing under it yet. An execution that holds the lease already gets it again, so a repeated call
 * is a no-op.
 *
 * @throws {SyncError} `RUN_ACTIVE` when another pull holds the lease, with `retryAfterMs` if the lease may be free after
 * that time; `STORE_*`.
 */
export async function takeLease(options: LeaseOptions): Promise<LeaseRow> {
  const { state, holderName, runId, execution, clock } = options;
  const row = await readLease(state);
  if (row !== undefined && row.holder === execution?.arn) return row;
  await refuseIfHeld(row, options);
  if (row !== undefined && row.until > 0) await options.noteCutOff(row);

  const mine: LeaseRow = {
    owner: holderName,
    holder: execution?.arn ?? randomUUID(),
    ...(execution && { execution: execution.arn }),
    ...(runId !== undefined && { runId }),
    fence: (row?.fence ?? 0) + 1,
    since: timestamp(clock.now()),
    ...(execution ? { until: execution.endsAtMs, writesUntil: 0 } : holdFrom(clock.now())),
  };
  const isUnchanged =
    row === undefined
      ? { condition: 'attribute_not_exists(#pk)' }
      : {
          condition: '#fence = :fence AND #until = :until AND #writesUntil = :writesUntil',
          values: { ':fence': row.fence, ':until': row.until, ':writesUntil': row.writesUntil },
        };
  if (!(await state.put({ ...KEY, ...mine }, isUnchanged))) {
    // The SDK repeats a write whose answer was lost, and then our own first write breaks the condition.
    const winner = await readLease(state);
    if (winner?.holder !== mine.holder) throw takenOver();
  }
  return mine;
}

/**
 * Takes the lease for this process and keeps it by a heartbeat.
 *
 * @throws {SyncError} As {@link takeLease}.
 */
export async function acquireLease(
  options: Omit<LeaseOptions, 'execution'>,
): Promise<Lease & { readonly row: LeaseRow }> {
  const row = await takeLease(options);
  return { row, ...keepLease(options.state, row, options.clock) };
}

/**
 * Resumes an execution's lease, to write under it during one slice.
 *
 * @throws {SyncError} `RUN_ACTIVE` when another pull holds the lease; `STORE_*`.
 */
export async function resumeLease(state: StateTable, executionArn: string, clock: Clock): Promise<Lease> {
  const { writesUntil } = holdFrom(clock.now());
  const row = await state.update(KEY, {
    // A new fence for each slice, so that writes of an earlier invocation that is still running are refused.
    update: 'SET #fence = #fence + :one, #writesUntil = :writesUntil',
    condition: '#holder = :holder',
    values: { ':one': 1, ':writesUntil': writesUntil, ':holder': executionArn },
  });
  if (row === undefined) throw takenOver();
  return keepLease(state, row as unknown as LeaseRow, clock);
}

/** Releases the lease if the execution still holds it, so that the next pull can begin at once. */
export async function releaseExecutionLease(state: StateTable, executionArn: string): Promise<void> {
  const row = await readLease(state);
  if (row?.holder === executionArn) await letGo(state, row, 0);
}

/** Reads the lease of the current pull, or of the last one; undefined if there never was a pull. */
export async function readLease(state: StateTable): Promise<LeaseRow | undefined> {
  return (await state.get(KEY)) as unknown as LeaseRow | undefined;
}

async function refuseIfHeld(row: LeaseRow | undefined, options: LeaseOptions): Promise<void> {
  if (row === undefined || row.until === 0 || options.isAlone) return;
  const holderState = row.execution === undefined ? 'unknown' : await options.readHolderState(row.execution);
  const hold = judgeHold(row, options.clock.now(), holderState);
  if (hold.kind === 'held') throw runActive(row, holderState, hold.forMs);
  if (hold.kind === 'free') return;
  options.onWatch(row);
  if (!(await changesWhileWatched(options.state, row, options))) return;
  throw new SyncError('RUN_ACTIVE', `${inProgress(row)}; it renewed its lease while this one watched`);
}

/**
 * Watches a lease. It tells a holder at work by what it writes, not by the times that its clock gave.
 *
 * @param forMs - For how long. By default as long as a process counts as alive after a heartbeat.
 * @returns True as soon as the row has changed.
 * @throws {SyncError} `INTERRUPTED` if the signal aborts; `STORE_*`.
 */
export async function changesWhileWatched(
  state: StateTable,
  row: LeaseRow,
  { clock, signal }: Pick<LeaseOptions, 'clock' | 'signal'>,
  forMs = ALIVE_MS,
): Promise<boolean> {
  const step = HEARTBEAT_MS / 2;
  for (let watchedMs = 0; watchedMs < forMs; watchedMs += step) {
    await clock.sleep(step, signal);
    if (signal?.aborted) throw new SyncError('INTERRUPTED', 'stopped while another pull was watched');
    const now = await readLease(state);
    if (now === undefined || !isSameHold(row, now)) return true;
  }
  return false;
}

function inProgress({ since, owner }: LeaseRow): string {
  return `another pull has been in progress since ${since} (${owner})`;
}

function runActive(row: LeaseRow, holderState: HolderState, heldMs: number): SyncError {
  const since = inProgress(row);
  const seconds = Math.ceil(heldMs / 1000);
  if (row.execution === undefined) {
    const message = `${since}; if it was killed, the next pull can begin in ${seconds} s`;
    return new SyncError('RUN_ACTIVE', message, { retryAfterMs: heldMs });
  }
  if (holderState === 'ended') {
    const message = `a pull that has ended (${row.owner}) may still be writing; the next pull can begin in ${seconds} s`;
    return new SyncError('RUN_ACTIVE', message, { retryAfterMs: heldMs });
  }
  if (holderState === 'running') return new SyncError('RUN_ACTIVE', `${since}, in Lambda`);
  return new SyncError(
    'RUN_ACTIVE',
    `${since}, in Lambda, which does not say whether it is still running (lambda:GetDurableExecution may not be allowed here); ` +
      `the next pull can begin at ${timestamp(row.until)} at the latest`,
  );
}
