import type { Clock } from '../../core/clock.ts';
import { SyncError } from '../../core/errors.ts';
import { ABANDONED, HEARTBEAT_MS, holdFrom, type LeaseRow } from '../../core/pull/lease.ts';
import { STATE_KEYS } from './state-keys.ts';
import type { Condition, StateTable } from './state-table.ts';

/** The right to pull, kept by a heartbeat. */
export interface Lease {
  /** Goes up with every holder and every slice, so that writes with an earlier number are refused. */
  readonly fence: number;
  /** Aborts, with a {@link SyncError} as its reason, once another pull may have taken over. */
  readonly signal: AbortSignal;
  /**
   * Must be called before each write.
   *
   * @returns A signal that aborts the write when the lease runs out.
   * @throws {SyncError} `RUN_ACTIVE` when the lease has run out.
   */
  guard(): AbortSignal;
  /** Releases the lease, so that the next pull can begin at once. */
  release(): Promise<void>;
  /**
   * Ends the lease of a run that leaves no receipt. The next pull can begin at once, and records the run as cut off. Never throws.
   */
  abandon(): Promise<void>;
  /** Stops the writing and still keeps other pulls out, until the execution resumes the lease for its next slice. Never throws. */
  pause(): Promise<void>;
}

/** Renews the lease every few seconds until it is released or paused. */
export function keepLease(state: StateTable, mine: LeaseRow, clock: Clock): Lease {
  const ended = new AbortController();
  let { writesUntil } = mine;

  const renew = async (): Promise<void> => {
    const hold = holdFrom(clock.now());
    // An execution's `until` stays, because Lambda tells whether it is running, and between slices there is no heartbeat.
    const until = mine.execution === undefined ? hold.until : mine.until;
    try {
      if (await updateHold(state, mine, { until, writesUntil: hold.writesUntil })) {
        writesUntil = hold.writesUntil;
      } else {
        ended.abort(takenOver());
      }
    } catch {
      // The next heartbeat makes up for a failed one, unless the lease runs out before it.
      if (clock.now() >= writesUntil) ended.abort(outOfTime());
    }
  };
  let renewal = Promise.resolve();
  const heartbeat = setInterval(() => {
    renewal = renew();
  }, HEARTBEAT_MS);
  heartbeat.unref();

  const end = async (until: number): Promise<void> => {
    clearInterval(heartbeat);
    // A heartbeat that reached the table after the release would undo the release.
    await renewal;
    const isLost = ended.signal.aborted;
    ended.abort(new SyncError('RUN_ACTIVE', 'the pull is over; it has stopped writing'));
    if (isLost) return;
    await letGo(state, mine, until);
  };

  return {
    fence: mine.fence,
    signal: ended.signal,
    guard() {
      const leftMs = writesUntil - clock.now();
      if (leftMs <= 0) ended.abort(outOfTime());
      ended.signal.throwIfAborted();
      return AbortSignal.any([ended.signal, AbortSignal.timeout(leftMs)]);
    },
    release: () => end(0),
    // Failures are ignored, because `writesUntil` runs out soon.
    abandon: () => end(ABANDONED).catch(() => {}),
    pause: () => end(mine.until).catch(() => {}),
  };
}

/** Ends the holder's right to write. A no-op if another pull holds the lease. */
export async function letGo(state: StateTable, mine: LeaseRow, until: number): Promise<void> {
  await updateHold(state, mine, { until, writesUntil: 0 });
}

/** @returns False if another pull holds the lease. */
async function updateHold(
  state: StateTable,
  mine: LeaseRow,
  { until, writesUntil }: Pick<LeaseRow, 'until' | 'writesUntil'>,
): Promise<boolean> {
  const row = await state.update(STATE_KEYS.pullLease, {
    update: 'SET #until = :until, #writesUntil = :writesUntil',
    condition: '#fence = :fence',
    values: { ':until': until, ':writesUntil': writesUntil, ':fence': mine.fence },
  });
  return row !== undefined;
}

export function takenOver(): SyncError {
  return new SyncError('RUN_ACTIVE', 'another pull has taken over; this one has stopped writing');
}

function outOfTime(): SyncError {
  return new SyncError('RUN_ACTIVE', 'the lease could not be renewed in time; this pull has stopped writing');
}

/** The condition that no pull with a higher fence wrote the row. */
export function notBehind({ fence }: Pick<Lease, 'fence'>): Condition {
  return { condition: 'attribute_not_exists(#fence) OR #fence <= :fence', values: { ':fence': fence } };
}
