import { once } from 'node:events';
import { contentHashOf } from '../../lambda/core/push/change.ts';
import { isHeld, isInProgress, type LedgerEntry } from '../../lambda/core/push/ledger-entry.ts';
import type { LedgerPort } from '../../lambda/core/push/ports.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import type { ChangeAccess } from './open-changes.ts';
import type { OutcomeSoFar, Outcomes, QueuedChange } from './queued-change.ts';

/** Pauses between two looks at the ledger. In AWS each read costs, so they are longer there. */
const PAUSES_MS = { embedded: 100, aws: 1_000 };

export interface FollowOptions {
  /** Aborts the waiting, as at Ctrl-C. */
  readonly signal: AbortSignal;
  /** Called after each look at the ledger. */
  readonly onLook: (outcomes: Outcomes) => void;
  /** Called when the outcomes are known and this process still sends other changes of the queue. */
  readonly onRest: () => void;
}

/**
 * Waits for the outcomes of changes that were queued. If this process sends them, it also waits until the queue is empty,
 * as the function in AWS would empty it.
 *
 * @returns What the ledger says when the waiting ends, also if the signal aborted it.
 */
export async function followChanges(
  changes: readonly QueuedChange[],
  { ledger, embedded }: Pick<ChangeAccess, 'ledger' | 'embedded'>,
  { signal, onLook, onRest }: FollowOptions,
): Promise<Outcomes> {
  const idle = new AbortController();
  const emptied = embedded?.idle().then(() => idle.abort());
  const outcomes = await awaitOutcomes(changes, {
    ledger,
    signal: AbortSignal.any([signal, idle.signal]),
    pauseMs: embedded === undefined ? PAUSES_MS.aws : PAUSES_MS.embedded,
    beforeLast: async () => {
      if (signal.aborted) await embedded?.close();
    },
    onLook,
  });
  if (emptied !== undefined && !signal.aborted) {
    onRest();
    await Promise.race([emptied, once(signal, 'abort')]);
  }
  return outcomes;
}

export interface AwaitOptions {
  readonly ledger: Pick<LedgerPort, 'read'>;
  /** Aborts the waiting. One last look at the ledger follows. */
  readonly signal: AbortSignal;
  /** Milliseconds between two looks at the ledger. */
  readonly pauseMs: number;
  /** Awaited before the last look, so that an attempt in flight can still be completed and recorded. */
  readonly beforeLast?: () => Promise<void>;
  /** Called after each look. */
  readonly onLook: (outcomes: Outcomes) => void;
}

/** The outcome of a change that has no entry in the ledger, because the push has not received it yet. */
const QUEUED: OutcomeSoFar = { outcome: 'queued', isFinal: false, isHeld: false };
/** The most entries read in one look, because thousands of changes must not cause thousands of reads at once. */
const MOST_PER_LOOK = 100;

/**
 * Waits until the outcome of each change is final.
 *
 * @returns The outcome of every change, final or not.
 */
export async function awaitOutcomes(
  changes: readonly QueuedChange[],
  { ledger, signal, pauseMs, beforeLast, onLook }: AwaitOptions,
): Promise<Outcomes> {
  const pending = new Map(changes.map((queued) => [queued.change.changeId, queued]));
  const outcomes = new Map<string, OutcomeSoFar>(changes.map(({ change }) => [change.changeId, QUEUED]));
  const look = async (some: readonly QueuedChange[]): Promise<void> => {
    const looks = some.map(async (queued) => {
      const { changeId } = queued.change;
      const outcome = await readOutcome(queued, ledger);
      outcomes.set(changeId, outcome);
      pending.delete(changeId);
      // At the end of the map, so that the next look begins with changes that this one did not reach.
      if (!outcome.isFinal) pending.set(changeId, queued);
    });
    await Promise.all(looks);
    onLook(outcomes);
  };
  while (pending.size > 0 && !signal.aborted) {
    await look([...pending.values()].slice(0, MOST_PER_LOOK));
    if (pending.size > 0) await systemClock.sleep(pauseMs, signal);
  }
  await beforeLast?.();
  const unfinished = [...pending.values()];
  for (let from = 0; from < unfinished.length; from += MOST_PER_LOOK)
    await look(unfinished.slice(from, from + MOST_PER_LOOK));
  return outcomes;
}

async function readOutcome(
  { change, messageId }: QueuedChange,
  ledger: AwaitOptions['ledger'],
): Promise<OutcomeSoFar> {
  const entry = await ledger.read(change.changeId);
  const outcome = outcomeOf(entry, contentHashOf(change));
  if (outcome.outcome !== 'queued' || messageId === undefined) return outcome;
  // The deployed push may have another config, in which this message is no valid change. It then records the refusal
  // under the message's id.
  const refused = await ledger.read(messageId);
  if (refused === undefined) return outcome;
  const reason = `${refused.errors.join('; ')}; its entry is ${messageId}`;
  return { outcome: refused.outcome, isFinal: true, isHeld: false, reason };
}

function outcomeOf(entry: LedgerEntry | undefined, contentHash: string): OutcomeSoFar {
  if (entry === undefined) return QUEUED;
  if (entry.contentHash !== contentHash) {
    const reason = 'its changeId was used for another change before';
    return { outcome: 'rejected', isFinal: true, isHeld: false, reason };
  }
  const { outcome, status, reason } = entry;
  return {
    outcome,
    isFinal: !isInProgress(entry),
    isHeld: isHeld(entry),
    ...(status !== undefined && { status }),
    ...(reason !== undefined && { reason }),
  };
}
