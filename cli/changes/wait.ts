import { once } from 'node:events';
import { awaitOutcomes } from '../../operator/changes/await-outcomes.ts';
import type { ChangeAccess } from '../../operator/changes/open-changes.ts';
import type { FateSoFar, QueuedChange } from '../../operator/changes/queued-change.ts';
import { grouped } from '../../operator/words.ts';
import { say } from '../terminal/output-lines.ts';
import { createStatusLine } from '../terminal/status-line.ts';

/** Between two looks at the ledger: on this machine, and in AWS, where each read costs. */
export const PAUSES_MS = { here: 100, inAws: 1_000 };

/**
 * Waits for the outcomes of changes that were queued, and shows how they get on. Where this process sends them, it goes
 * on until the queue is empty, as a function in AWS would.
 *
 * @param signal - Aborts at Ctrl-C; what is known by then is returned.
 */
export async function waitForOutcomes(
  changes: readonly QueuedChange[],
  { ledger, embedded }: ChangeAccess,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, FateSoFar>> {
  using progress = createStatusLine();
  const idle = new AbortController();
  const emptied = embedded?.idle().then(() => idle.abort());
  const fates = await awaitOutcomes(changes, {
    ledger,
    signal: AbortSignal.any([signal, idle.signal]),
    pauseMs: embedded === undefined ? PAUSES_MS.inAws : PAUSES_MS.here,
    beforeLast: async () => {
      if (signal.aborted) await embedded?.close();
    },
    onLook: (known) => progress.show(waitingText(known)),
  });
  if (emptied !== undefined && !signal.aborted) {
    progress.show('sending what else is on the queue; Ctrl-C leaves it there');
    await Promise.race([emptied, once(signal, 'abort')]);
  }
  return fates;
}

export function waitingText(fates: ReadonlyMap<string, FateSoFar>): string {
  const all = [...fates.values()];
  const done = all.filter(({ isFinal }) => isFinal).length;
  const waiting = all.filter(({ outcome, isFinal }) => outcome === 'waiting' && !isFinal);
  const reason =
    waiting.length === 0 ? '' : `, ${grouped(waiting.length)} waiting: ${waiting[0]?.reason ?? ''}`;
  return `outcomes of changes: ${grouped(done)}/${grouped(all.length)}${reason}`;
}

/** What Ctrl-C does to a command that queues changes, and may send them. */
export const WHEN_INTERRUPTED =
  'stopping: what is queued stays queued, and what is being sent is brought to its end';

/** Says who sends the changes, where that is not a function in AWS. */
export function sayWhoSends({ embedded }: ChangeAccess): void {
  if (embedded === undefined) return;
  say('no function runs on this machine: this command sends the changes, and waits until the queue is empty');
}
