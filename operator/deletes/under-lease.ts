import { hostname } from 'node:os';
import type { Lease } from '../../lambda/aws/state/lease.ts';
import { acquireLease } from '../../lambda/aws/state/take-lease.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import { saveCutOffReceipt } from '../../lambda/wiring/run-pull.ts';
import type { Session } from '../session.ts';

export interface LeaseWait {
  /** Called before another pull's lease is watched, which takes up to 45 seconds. @param owner - That pull. */
  readonly onWatch: (owner: string) => void;
  /** Aborts the watching. */
  readonly signal?: AbortSignal;
}

/**
 * Does a command's work under the lease, so that no pull writes beside it.
 *
 * @throws {SyncError} `RUN_ACTIVE` if a pull is at work; `INTERRUPTED`; `STORE_*`.
 */
export async function underLease<Result>(
  { config, state, isAlone, readHolderState }: Session,
  { onWatch, signal }: LeaseWait,
  work: (lease: Lease) => Promise<Result>,
): Promise<Result> {
  const lease = await acquireLease({
    state: state(),
    holderName: `process ${process.pid} on ${hostname()}`,
    isAlone,
    readHolderState,
    noteCutOff: (holder) => saveCutOffReceipt(state(), config.streams, holder),
    onWatch: ({ owner }) => onWatch(owner),
    ...(signal && { signal }),
    clock: systemClock,
  });
  try {
    const result = await work(lease);
    await lease.release();
    return result;
  } finally {
    // After a failure. The lease runs out by itself if this fails too.
    await lease.release().catch(() => {});
  }
}
