import { randomUUID } from 'node:crypto';
import { say } from '../../cli/terminal/output-lines.ts';
import type { LedgerEntry } from '../../lambda/core/push/ledger-entry.ts';
import { type Resend, resendChange } from '../../lambda/core/push/resolve-change.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import { CommandError } from '../command-error.ts';
import type { ChangeAccess } from './open-changes.ts';
import type { QueuedChange } from './queued-change.ts';

/** @throws {CommandError} `NOT_POSSIBLE`: with what stands against each; none is resent then. */
export function decide(entries: readonly LedgerEntry[], { operations }: Config): Resend[] {
  const decided = entries.map((entry) => ({ entry, result: resendChange(entry, operations, systemClock) }));
  const refused = decided.flatMap(({ entry, result }) =>
    'refusal' in result ? [`${entry.changeId} ${result.refusal}`] : [],
  );
  if (refused.length > 0) throw new CommandError('NOT_POSSIBLE', `none was resent: ${refused.join('; ')}`);
  return decided
    .toSorted((one, other) => Date.parse(one.entry.queuedAt) - Date.parse(other.entry.queuedAt))
    .flatMap(({ result }) => ('refusal' in result ? [] : [result]));
}

/**
 * Notes each in the ledger, then queues it: found queued and without a message, it can be resent again; the other way
 * round the message would meet its old outcome and do nothing.
 */
export async function requeue(
  resends: readonly Resend[],
  { ledger, queue }: ChangeAccess,
  signal: AbortSignal,
): Promise<QueuedChange[]> {
  const queued: QueuedChange[] = [];
  for (const resend of resends) {
    if (signal.aborted) break;
    const { entry, change, text } = resend;
    if (await ledger.write(entry)) {
      // SQS drops what comes within five minutes under the same deduplication id.
      const message = { text, group: change.subject, deduplicationId: randomUUID() };
      const { unqueued, messageIds } = await queue.send([message]);
      const [failed] = unqueued;
      if (failed === undefined) queued.push({ change, messageId: messageIds.get(0) });
      else say(`${entry.changeId} was not queued: ${failed.reason}; resend it again`);
    } else say(`${entry.changeId} was left alone: its entry changed meanwhile; look at it again`);
  }
  return queued;
}
