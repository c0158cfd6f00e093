import { randomUUID } from 'node:crypto';
import { STATE_KEYS } from '../../lambda/aws/state/state-keys.ts';
import { changesWhileWatched, readLease } from '../../lambda/aws/state/take-lease.ts';
import { type Clock, timestamp } from '../../lambda/core/clock.ts';
import { ABANDONED, HEARTBEAT_MS, holdFrom, type LeaseRow } from '../../lambda/core/pull/lease.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import { CommandError } from '../command-error.ts';
import type { Session } from '../session.ts';

/** How long the lease is watched. A process that is pulling renews it within that time. */
const WATCHED_MS = 2 * HEARTBEAT_MS;

/**
 * Finds a lease that keeps pulls out though its holder is not at work, as far as this can be seen from here.
 *
 * @param onWatch - Called before the lease is watched, which takes 20 seconds.
 * @returns Undefined if no lease keeps pulls out.
 * @throws {CommandError} `NOT_POSSIBLE` if the holder is at work. @throws {SyncError} `STORE_*`.
 */
export async function findStaleLease(
  session: Pick<Session, 'state' | 'isAlone' | 'readHolderState'>,
  onWatch: () => void,
  clock: Clock = systemClock,
): Promise<LeaseRow | undefined> {
  const state = session.state();
  const row = await readLease(state);
  if (row === undefined || row.until === 0 || session.isAlone) return undefined;
  if (row.execution !== undefined && (await session.readHolderState(row.execution)) === 'running') {
    throw atWork(
      row,
      'Lambda says that it is running or paused; wait until it ends, or stop it in the Lambda console',
    );
  }
  onWatch();
  if (await changesWhileWatched(state, row, { clock }, WATCHED_MS)) {
    throw atWork(row, 'the lease changed while it was watched; wait until the pull ends, or stop it');
  }
  return row;
}

/**
 * Ends a lease's hold, as if its holder were a process that was killed. The next pull records the run as cut off and resumes its
 * walks.
 *
 * @returns When the next pull can begin, RFC 3339: the former holder may have been allowed to write until then.
 * @throws {CommandError} `NOT_POSSIBLE` if the lease has changed. @throws {SyncError} `STORE_*`.
 */
export async function freeLease(
  session: Pick<Session, 'state'>,
  row: LeaseRow,
  clock: Clock = systemClock,
): Promise<string> {
  const nowMs = clock.now();
  // No later than a heartbeat of now would allow, because the time in the row may be of a clock that is wrong.
  const writesUntil = Math.max(nowMs, Math.min(row.writesUntil, holdFrom(nowMs).writesUntil));
  const freed = await session.state().update(STATE_KEYS.pullLease, {
    // Another holder and fence, so that the former holder can neither resume the lease nor renew it.
    update:
      'SET #until = :abandoned, #writesUntil = :until, #holder = :holder, #fence = #fence + :one REMOVE #execution',
    condition: '#fence = :fence AND #writesUntil = :writesUntil',
    values: {
      ':abandoned': ABANDONED,
      ':until': writesUntil,
      ':holder': randomUUID(),
      ':one': 1,
      ':fence': row.fence,
      ':writesUntil': row.writesUntil,
    },
  });
  if (freed === undefined) throw atWork(row, 'the lease has changed; look at it again');
  return timestamp(writesUntil);
}

function atWork({ owner, since }: LeaseRow, why: string): CommandError {
  return new CommandError(
    'NOT_POSSIBLE',
    `the lease of ${owner}, held since ${since}, was not freed: ${why}`,
  );
}
