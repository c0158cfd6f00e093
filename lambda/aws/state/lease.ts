import { randomUUID } from 'node:crypto';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Clock, timestamp } from '../../core/clock.ts';
import { SyncError } from '../../core/errors.ts';
import { HEARTBEAT_MS, heldForMs, holdFrom, type LeaseRow, type OwnerState } from '../../core/pull/lease.ts';
import { nameOf } from '../aws-errors.ts';
import { STATE_KEYS } from './state-keys.ts';
import type { StateTable } from './state-table.ts';

const KEY = STATE_KEYS.pullLease;

/** The right to pull, kept alive by a heartbeat while it is held. */
export interface Lease {
  readonly fence: number;
  /** Aborts, with a {@link SyncError} as its reason, once somebody else may have taken over. */
  readonly signal: AbortSignal;
  /**
   * To be called before each write.
   *
   * @returns A signal that aborts the write when its time is up.
   * @throws {SyncError} `RUN_ACTIVE` when it is too late to write.
   */
  guard(): AbortSignal;
  /** Lets the next pull begin at once. */
  release(): Promise<void>;
  /** Ends the writing and keeps others out: until an execution takes the lease up again for its next slice. Never fails. */
  pause(): Promise<void>;
}

export interface LeaseOptions {
  readonly state: StateTable;
  /** Says who we are, for people. */
  readonly owner: string;
  readonly runId: string;
  /** The durable execution that takes the lease; absent: this process does. */
  readonly execution?: {
    readonly arn: string;
    /** When it will be timed out, in milliseconds since the epoch: nobody holds the lease for it longer than that. */
    readonly endsAtMs: number;
  };
  /** Nobody else can reach the table: whoever still holds the lease is gone. */
  readonly isAlone: boolean;
  /** Asks Lambda whether the execution that holds the lease is at work. */
  readOwnerState(executionArn: string): Promise<OwnerState>;
  /**
   * Told of the holder before, had it not let go: its run was cut off. Before the lease is taken, since nobody learns of it
   * afterwards; so it may be told more than once.
   */
  noteCutOff(holder: LeaseRow): Promise<void>;
  readonly clock: Clock;
}

/**
 * Takes the lease without writing under it yet. An execution that did already, and forgot, has it still.
 *
 * @throws {SyncError} `RUN_ACTIVE` when another pull holds it, with `retryAfterMs` where that may be over that soon; `STORE_*`.
 */
export async function takeLease(options: LeaseOptions): Promise<LeaseRow> {
  const { state, owner, runId, execution, clock } = options;
  const row = await readLease(state);
  if (row !== undefined && row.holder === execution?.arn) return row;
  await refuseIfHeld(row, options);
  if (row !== undefined && row.until > 0) await options.noteCutOff(row);

  const mine: LeaseRow = {
    owner,
    holder: execution?.arn ?? randomUUID(),
    ...(execution && { execution: execution.arn }),
    runId,
    fence: (row?.fence ?? 0) + 1,
    since: timestamp(clock.now()),
    ...(execution ? { until: execution.endsAtMs, writesUntil: 0 } : holdFrom(clock.now())),
  };
  const isFree =
    row === undefined
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : { ConditionExpression: 'fence = :seen', ExpressionAttributeValues: { ':seen': row.fence } };
  try {
    await state.send(new PutCommand({ TableName: state.name, Item: { ...KEY, ...mine }, ...isFree }));
  } catch (error) {
    if (nameOf(error) !== 'ConditionalCheckFailedException') throw error;
    // The SDK repeats a write whose answer was lost, and then it is our own row that stands in the way.
    const winner = await readLease(state);
    if (winner?.holder !== mine.holder) throw takenOver();
  }
  return mine;
}

/**
 * Takes the lease for this process, and keeps it by a heartbeat.
 *
 * @throws {SyncError} As {@link takeLease}.
 */
export async function acquireLease(
  options: Omit<LeaseOptions, 'execution'>,
): Promise<Lease & { readonly row: LeaseRow }> {
  const row = await takeLease(options);
  return { row, ...keepAlive(options.state, row, options.clock) };
}

/**
 * Takes up an execution's lease again, to write under it.
 *
 * @throws {SyncError} `RUN_ACTIVE` when somebody else has it by now; `STORE_*`.
 */
export async function resumeLease(state: StateTable, executionArn: string, clock: Clock): Promise<Lease> {
  const { writesUntil } = holdFrom(clock.now());
  const update = new UpdateCommand({
    TableName: state.name,
    Key: KEY,
    // A new fence for each slice: should an earlier invocation not be as dead as it seems, its writes are refused.
    UpdateExpression: 'SET fence = fence + :one, writesUntil = :writesUntil',
    ConditionExpression: 'holder = :holder',
    ExpressionAttributeValues: { ':one': 1, ':writesUntil': writesUntil, ':holder': executionArn },
    ReturnValues: 'ALL_NEW',
  });
  try {
    const { Attributes } = await state.send(update);
    return keepAlive(state, Attributes as LeaseRow, clock);
  } catch (error) {
    if (nameOf(error) !== 'ConditionalCheckFailedException') throw error;
    throw takenOver();
  }
}

/** Lets the next pull begin at once, if the execution still has the lease. */
export async function releaseExecutionLease(state: StateTable, executionArn: string): Promise<void> {
  const row = await readLease(state);
  if (row?.holder === executionArn) await letGo(state, row, 0);
}

/** Who may pull, or could the last; undefined: nobody ever did. */
export async function readLease(state: StateTable): Promise<LeaseRow | undefined> {
  const { Item } = await state.send(
    new GetCommand({ TableName: state.name, Key: KEY, ConsistentRead: true }),
  );
  return Item as LeaseRow | undefined;
}

async function refuseIfHeld(row: LeaseRow | undefined, options: LeaseOptions): Promise<void> {
  if (row === undefined || row.until === 0 || options.isAlone) return;
  const owner = row.execution === undefined ? 'unknown' : await options.readOwnerState(row.execution);
  const heldMs = heldForMs(row, options.clock.now(), owner);
  if (heldMs > 0) throw runActive(row, owner, heldMs);
}

function keepAlive(state: StateTable, mine: LeaseRow, clock: Clock): Lease {
  const ended = new AbortController();
  let { writesUntil } = mine;

  const beat = async (): Promise<void> => {
    const hold = holdFrom(clock.now());
    // An execution is known to be alive from Lambda; between its slices nothing beats.
    const until = mine.execution === undefined ? hold.until : mine.until;
    try {
      await update(state, mine, { until, writesUntil: hold.writesUntil });
      writesUntil = hold.writesUntil;
    } catch (error) {
      // A beat that merely fails is made up for by the next one, unless time runs out before.
      if (nameOf(error) === 'ConditionalCheckFailedException') ended.abort(takenOver());
      else if (clock.now() >= writesUntil) ended.abort(outOfTime());
    }
  };
  let beating = Promise.resolve();
  const heart = setInterval(() => {
    beating = beat();
  }, HEARTBEAT_MS);
  heart.unref();

  const end = async (until: number): Promise<void> => {
    clearInterval(heart);
    // A beat that arrived after the release would take it back.
    await beating;
    const isLost = ended.signal.aborted;
    ended.abort(new SyncError('RUN_ACTIVE', 'the pull is over; it has stopped writing'));
    if (isLost) return;
    await letGo(state, mine, until);
  };

  return {
    fence: mine.fence,
    signal: ended.signal,
    guard() {
      const left = writesUntil - clock.now();
      if (left <= 0) ended.abort(outOfTime());
      ended.signal.throwIfAborted();
      return AbortSignal.any([ended.signal, AbortSignal.timeout(left)]);
    },
    release: () => end(0),
    // Should it fail, `writesUntil` runs out by itself.
    pause: () => end(mine.until).catch(() => {}),
  };
}

async function letGo(state: StateTable, mine: LeaseRow, until: number): Promise<void> {
  await update(state, mine, { until, writesUntil: 0 }).catch((error: unknown) => {
    // Somebody else holds it by now: there is nothing to release.
    if (nameOf(error) !== 'ConditionalCheckFailedException') throw error;
  });
}

async function update(
  state: StateTable,
  mine: LeaseRow,
  hold: Pick<LeaseRow, 'until' | 'writesUntil'>,
): Promise<void> {
  await state.send(
    new UpdateCommand({
      TableName: state.name,
      Key: KEY,
      UpdateExpression: 'SET #until = :until, writesUntil = :writesUntil',
      ConditionExpression: 'fence = :fence',
      ExpressionAttributeNames: { '#until': 'until' },
      ExpressionAttributeValues: {
        ':until': hold.until,
        ':writesUntil': hold.writesUntil,
        ':fence': mine.fence,
      },
    }),
  );
}

function runActive(row: LeaseRow, owner: OwnerState, heldMs: number): SyncError {
  const since = `another pull has been running since ${row.since} (${row.owner})`;
  const seconds = Math.ceil(heldMs / 1000);
  if (row.execution === undefined) {
    const message = `${since}; should it have died, the way is free in ${seconds} s`;
    return new SyncError('RUN_ACTIVE', message, { retryAfterMs: heldMs });
  }
  if (owner === 'ended') {
    const message = `a pull that has ended (${row.owner}) may still be writing; the way is free in ${seconds} s`;
    return new SyncError('RUN_ACTIVE', message, { retryAfterMs: heldMs });
  }
  if (owner === 'running') return new SyncError('RUN_ACTIVE', `${since}, in Lambda`);
  return new SyncError(
    'RUN_ACTIVE',
    `${since}, in Lambda, which does not say whether it still does (lambda:GetDurableExecution may not be allowed here); ` +
      `the way is free from ${timestamp(row.until)} on`,
  );
}

function takenOver(): SyncError {
  return new SyncError('RUN_ACTIVE', 'another pull has taken over; this one has stopped writing');
}

function outOfTime(): SyncError {
  return new SyncError('RUN_ACTIVE', 'the lease could not be renewed in time; this pull has stopped writing');
}
