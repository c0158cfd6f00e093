import { followChanges } from '../../operator/changes/await-outcomes.ts';
import type { SendingListeners } from '../../operator/changes/embedded-push.ts';
import type { ChangeAccess } from '../../operator/changes/open-changes.ts';
import type { Outcomes, QueuedChange } from '../../operator/changes/queued-change.ts';
import { grouped } from '../../operator/words.ts';
import { say } from '../terminal/output-lines.ts';
import { retryText } from '../terminal/progress.ts';
import { createStatusLine } from '../terminal/status-line.ts';

/**
 * Waits for the outcomes of changes that were queued, and shows how many are known.
 *
 * @param signal - Aborts at Ctrl-C. What the ledger says by then is returned.
 */
export async function waitForOutcomes(
  changes: readonly QueuedChange[],
  access: Pick<ChangeAccess, 'ledger' | 'embedded'>,
  signal: AbortSignal,
): Promise<Outcomes> {
  using status = createStatusLine();
  return await followChanges(changes, access, {
    signal,
    onLook: (outcomes) => status.show(waitingText(outcomes)),
    onRest: () => status.show('sending the other changes on the queue; Ctrl-C leaves them there'),
  });
}

function waitingText(outcomes: Outcomes): string {
  const all = [...outcomes.values()];
  const known = all.filter(({ isFinal }) => isFinal).length;
  const waiting = all.filter(({ outcome, isFinal }) => outcome === 'waiting' && !isFinal);
  const reason =
    waiting.length === 0 ? '' : `, ${grouped(waiting.length)} waiting: ${waiting[0]?.reason ?? ''}`;
  return `outcomes of changes: ${grouped(known)}/${grouped(all.length)}${reason}`;
}

/** Prints what happens while changes are sent. */
export const SENDING_LISTENERS: SendingListeners = {
  onFailure: say,
  onRetry: (retry) => say(retryText(retry)),
};

/** What Ctrl-C does to a command that queues changes and may send them. */
export const WHEN_INTERRUPTED =
  'stopping: changes on the queue stay there, and the attempt in flight is completed';

/** Says that this command sends the changes, if no function in AWS does. */
export function sayWhoSends({ embedded }: ChangeAccess): void {
  if (embedded === undefined) return;
  say(
    'no function runs on this machine, so this command sends the changes and waits until the queue is empty',
  );
}
