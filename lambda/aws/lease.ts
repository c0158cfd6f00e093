import { randomUUID } from 'node:crypto';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Clock, timestamp } from '../core/clock.ts';
import { SyncError } from '../core/errors.ts';
import { HEARTBEAT_MS, heldForMs, holdFrom, type LeaseRow } from '../core/lease.ts';
import type { StateTable } from './state-table.ts';
import { nameOf } from './translate.ts';

const KEY = { pk: 'lease', sk: 'pull' };

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
}

export interface LeaseOptions {
  readonly state: StateTable;
  /** Says who we are, for people. */
  readonly owner: string;
  /** Nobody else can reach the table: whoever still holds the lease is gone. */
  readonly isAlone: boolean;
  readonly clock: Clock;
}

/** @throws {SyncError} `RUN_ACTIVE` when another pull holds the lease, `STORE_*`. */
export async function acquireLease({ state, owner, isAlone, clock }: LeaseOptions): Promise<Lease> {
  const row = await readLease(state);
  const heldMs = heldForMs(row, clock.now(), isAlone);
  if (row !== undefined && heldMs > 0) throw runActive(row, heldMs);

  const mine: LeaseRow = {
    owner,
    holder: randomUUID(),
    fence: (row?.fence ?? 0) + 1,
    since: timestamp(clock.now()),
    ...holdFrom(clock.now()),
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
  return keepAlive(state, mine, clock);
}

/** Who may pull, or could the last; undefined: nobody ever did. */
export async function readLease(state: StateTable): Promise<LeaseRow | undefined> {
  const { Item } = await state.send(
    new GetCommand({ TableName: state.name, Key: KEY, ConsistentRead: true }),
  );
  return Item as LeaseRow | undefined;
}

function keepAlive(state: StateTable, mine: LeaseRow, clock: Clock): Lease {
  const ended = new AbortController();
  let { writesUntil } = mine;

  const beat = async (): Promise<void> => {
    const hold = holdFrom(clock.now());
    try {
      await update(state, mine, hold);
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

  return {
    fence: mine.fence,
    signal: ended.signal,
    guard() {
      const left = writesUntil - clock.now();
      if (left <= 0) ended.abort(outOfTime());
      ended.signal.throwIfAborted();
      return AbortSignal.any([ended.signal, AbortSignal.timeout(left)]);
    },
    async release() {
      clearInterval(heart);
      // A beat that arrived after the release would take it back.
      await beating;
      const isLost = ended.signal.aborted;
      ended.abort(new SyncError('RUN_ACTIVE', 'the pull is over; it has stopped writing'));
      if (isLost) return;
      await update(state, mine, { until: 0, writesUntil: 0 }).catch((error: unknown) => {
        // Somebody else holds it by now: there is nothing to release.
        if (nameOf(error) !== 'ConditionalCheckFailedException') throw error;
      });
    },
  };
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

function runActive(row: LeaseRow, heldMs: number): SyncError {
  const seconds = Math.ceil(heldMs / 1000);
  return new SyncError(
    'RUN_ACTIVE',
    `another pull has been running since ${row.since} (${row.owner}); ` +
      `should it have died, the way is free in ${seconds} s`,
  );
}

function takenOver(): SyncError {
  return new SyncError('RUN_ACTIVE', 'another pull has taken over; this one has stopped writing');
}

function outOfTime(): SyncError {
  return new SyncError('RUN_ACTIVE', 'the lease could not be renewed in time; this pull has stopped writing');
}
