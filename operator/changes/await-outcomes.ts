import { contentHashOf } from '../../lambda/core/push/change.ts';
import { isHeld, isUnderWay, type LedgerEntry } from '../../lambda/core/push/ledger-entry.ts';
import type { LedgerPort } from '../../lambda/core/push/ports.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import type { FateSoFar, QueuedChange } from './queued-change.ts';

export interface AwaitOptions {
  readonly ledger: Pick<LedgerPort, 'read'>;
  /** Aborts the waiting; a last look is taken then. */
  readonly signal: AbortSignal;
  /** Between two looks at the ledger. */
  readonly pauseMs: number;
  /** Awaited before the last look, so that it does not show as under way what is at its end a moment later. */
  readonly beforeLast?: () => Promise<void>;
  /** Told after every look. */
  readonly onLook: (fates: ReadonlyMap<string, FateSoFar>) => void;
}

/** The push has yet to come to it. */
const QUEUED: FateSoFar = { outcome: 'queued', isFinal: false, isHeld: false };
/** Entries read in one look, so that thousands of changes do not mean thousands of reads a second. */
const MOST_PER_LOOK = 100;

/**
 * Waits until nothing more happens to any of the changes by itself.
 *
 * @returns By `changeId`, of every change.
 */
export async function awaitOutcomes(
  changes: readonly QueuedChange[],
  { ledger, signal, pauseMs, beforeLast, onLook }: AwaitOptions,
): Promise<ReadonlyMap<string, FateSoFar>> {
  const pending = new Map(changes.map((queued) => [queued.change.changeId, queued]));
  const fates = new Map<string, FateSoFar>(changes.map(({ change }) => [change.changeId, QUEUED]));
  const look = async (some: readonly QueuedChange[]): Promise<void> => {
    const looks = some.map(async (queued) => {
      const { changeId } = queued.change;
      const fate = await lookUp(queued, ledger);
      fates.set(changeId, fate);
      pending.delete(changeId);
      // To the end of the line: the ones after it may be done before it is.
      if (!fate.isFinal) pending.set(changeId, queued);
    });
    await Promise.all(looks);
    onLook(fates);
  };
  while (pending.size > 0 && !signal.aborted) {
    await look([...pending.values()].slice(0, MOST_PER_LOOK));
    if (pending.size > 0) await systemClock.sleep(pauseMs, signal);
  }
  await beforeLast?.();
  const left = [...pending.values()];
  for (let from = 0; from < left.length; from += MOST_PER_LOOK)
    await look(left.slice(from, from + MOST_PER_LOOK));
  return fates;
}

async function lookUp(
  { change, messageId }: QueuedChange,
  ledger: AwaitOptions['ledger'],
): Promise<FateSoFar> {
  const entry = await ledger.read(change.changeId);
  const fate = fateOf(entry, contentHashOf(change));
  if (fate.outcome !== 'queued' || messageId === undefined) return fate;
  // What sends the changes may have another config, in which this is none: that has its entry under the message's id.
  const refused = await ledger.read(messageId);
  if (refused === undefined) return fate;
  const reason = `${refused.errors.join('; ')}; its entry is ${messageId}`;
  return { outcome: refused.outcome, isFinal: true, isHeld: false, reason };
}

function fateOf(entry: LedgerEntry | undefined, contentHash: string): FateSoFar {
  if (entry === undefined) return QUEUED;
  if (entry.contentHash !== contentHash) {
    const reason = 'its changeId was used for another change before';
    return { outcome: 'rejected', isFinal: true, isHeld: false, reason };
  }
  const { outcome, status, reason } = entry;
  return {
    outcome,
    isFinal: !isUnderWay(entry),
    isHeld: isHeld(entry),
    ...(status !== undefined && { status }),
    ...(reason !== undefined && { reason }),
  };
}
