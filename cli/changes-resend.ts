import { randomUUID } from 'node:crypto';
import type { Config } from '../lambda/config/config.ts';
import type { LedgerEntry } from '../lambda/core/ledger-entry.ts';
import { type Resend, resendChange, riskOfResending } from '../lambda/core/resolve-change.ts';
import { systemClock } from '../lambda/runtime/clock.ts';
import { waitForOutcomes } from './await-outcomes.ts';
import {
  type ChangeAccess,
  openChanges,
  openLedger,
  readEntry,
  sayWhoSends,
  WHEN_INTERRUPTED,
} from './change-access.ts';
import { countsText, exitCodeOf, printChanges, type QueuedChange } from './change-texts.ts';
import { CommandError, type CommonOptions, flagsOf, say } from './command.ts';
import { type ConfirmOptions, confirm } from './confirm.ts';
import { onInterrupt } from './interrupt.ts';
import { askForMissingCredentials, openSession, readConfig } from './session.ts';
import { countOf } from './text.ts';

export interface ChangesResendOptions extends CommonOptions, ConfirmOptions {}

/** `procurios-sync changes resend ID…`: has changes sent once more, in the order in which they were queued. */
export async function resendChanges(ids: readonly string[], options: ChangesResendOptions): Promise<number> {
  const config = await readConfig(options);
  await askForMissingCredentials(config, options);
  await using session = await openSession(config, options);
  const ledger = openLedger(config, session);
  const entries = await Promise.all([...new Set(ids)].map((id) => readEntry(ledger, id)));
  const resends = decide(entries, config);
  sayRisks(entries, config);
  await confirm(`Send ${countOf(resends.length, 'change')} to ${new URL(config.host).host} again?`, options);

  using interrupt = onInterrupt(WHEN_INTERRUPTED, () => {});
  await using access = await openChanges(config, session, interrupt.signal);
  sayWhoSends(access);
  const queued = await requeue(resends, access, interrupt.signal);
  const fates =
    access.embedded !== undefined ? await waitForOutcomes(queued, access, interrupt.signal) : undefined;
  printChanges(queued, fates, options);
  if (fates !== undefined) say(countsText(fates));
  else
    say(
      `${countOf(queued.length, 'change')} queued; npx procurios-sync changes list${flagsOf(options)} tells what becomes of them`,
    );
  return exitCodeOf(queued.length === resends.length, fates, interrupt.signal);
}

/** @throws {CommandError} `NOT_POSSIBLE`: with what stands against each; none is resent then. */
function decide(entries: readonly LedgerEntry[], { operations }: Config): Resend[] {
  const decided = entries.map((entry) => ({ entry, result: resendChange(entry, operations, systemClock) }));
  const refused = decided.flatMap(({ entry, result }) =>
    'refusal' in result ? [`${entry.changeId} ${result.refusal}`] : [],
  );
  if (refused.length > 0) throw new CommandError('NOT_POSSIBLE', `none was resent: ${refused.join('; ')}`);
  return decided
    .toSorted((one, other) => Date.parse(one.entry.queuedAt) - Date.parse(other.entry.queuedAt))
    .flatMap(({ result }) => ('refusal' in result ? [] : [result]));
}

function sayRisks(entries: readonly LedgerEntry[], { operations }: Config): void {
  for (const entry of entries) {
    const risk = riskOfResending(entry, operations);
    if (risk !== undefined) say(`${entry.changeId} ${risk}`);
  }
}

/**
 * Notes each in the ledger, then queues it: found queued and without a message, it can be resent again; the other way
 * round the message would meet its old outcome and do nothing.
 */
async function requeue(
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
