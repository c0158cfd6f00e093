import { randomUUID } from 'node:crypto';
import { systemClock } from '../../lambda/runtime/clock.ts';
import { CommandError } from '../command-error.ts';
import type { Session } from '../session.ts';
import type { ChangeAccess } from './open-changes.ts';
import type { QueuedChange } from './queued-change.ts';
import { readEntry } from './read-entry.ts';
import { type Resend, resendChange, riskOfResending } from './resolve-change.ts';

/** Changes that can be sent again. */
export interface ResendPlan {
  /** In the order in which the changes were queued. */
  readonly resends: readonly Resend[];
  /** What may go wrong, as sentences that begin with a changeId. */
  readonly risks: readonly string[];
}

/**
 * Reads the changes and decides whether all of them can be sent again. Writes nothing.
 *
 * @throws {CommandError} `NOT_FOUND`; `NOT_POSSIBLE` with the reason for each change that cannot be resent.
 */
export async function planResend(session: Session, ids: readonly string[]): Promise<ResendPlan> {
  const { operations } = session.config;
  const entries = await Promise.all([...new Set(ids)].map((id) => readEntry(session.ledger(), id)));
  const refusals: string[] = [];
  const resends: Resend[] = [];
  const risks: string[] = [];
  for (const entry of entries) {
    const result = resendChange(entry, operations, systemClock);
    if ('refusal' in result) refusals.push(`${entry.changeId} ${result.refusal}`);
    else resends.push(result);
    const risk = riskOfResending(entry, operations);
    if (risk !== undefined) risks.push(`${entry.changeId} ${risk}`);
  }
  if (refusals.length > 0) throw new CommandError('NOT_POSSIBLE', `none was resent: ${refusals.join('; ')}`);
  const queuedAt = new Map(entries.map((entry) => [entry.changeId, Date.parse(entry.queuedAt)]));
  const queuedMs = ({ change }: Resend): number => queuedAt.get(change.changeId) ?? 0;
  return { resends: resends.toSorted((one, other) => queuedMs(one) - queuedMs(other)), risks };
}

/**
 * Records each change as queued in the ledger, then queues it.
 *
 * The ledger comes first, because a change that is recorded but has no message can be resent once more. A message that
 * found the old outcome in the ledger would do nothing.
 *
 * @param signal - Aborts when no further change may be resent.
 * @param onProblem - Called at once for each change that was not queued, with a sentence that begins with its changeId: a later
 * change may throw.
 * @returns The changes that were queued.
 */
export async function resend(
  { resends }: ResendPlan,
  { ledger, queue }: ChangeAccess,
  signal: AbortSignal,
  onProblem: (problem: string) => void,
): Promise<QueuedChange[]> {
  const queued: QueuedChange[] = [];
  for (const { entry, change, text } of resends) {
    if (signal.aborted) break;
    if (!(await ledger.write(entry))) {
      onProblem(`${entry.changeId} was not resent, because its entry changed meanwhile; look at it again`);
      continue;
    }
    // A new id each time, because SQS drops a message whose deduplication id it saw in the last five minutes.
    const message = { text, group: change.subject, deduplicationId: randomUUID() };
    const { unqueued, messageIds } = await queue.send([message]);
    const [failed] = unqueued;
    if (failed === undefined) queued.push({ change, messageId: messageIds.get(0) });
    else onProblem(`${entry.changeId} was not queued: ${failed.reason}; resend it again`);
  }
  return queued;
}
