import type { LedgerEntry } from '../../lambda/core/push/ledger-entry.ts';
import { riskOfResending } from '../../lambda/core/push/resolve-change.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { openChanges, openLedger, readEntry } from '../../operator/changes/open-changes.ts';
import { decide, requeue } from '../../operator/changes/resend.ts';
import { type CommonOptions, flagsOf } from '../../operator/options.ts';
import { openSession, readConfig } from '../../operator/session.ts';
import { countOf } from '../../operator/words.ts';
import { type ConfirmOptions, confirm } from '../terminal/confirm.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import { askForMissingCredentials } from '../terminal/missing-credentials.ts';
import { say } from '../terminal/output-lines.ts';
import { countsText, exitCodeOf, printChanges } from './texts.ts';
import { sayWhoSends, WHEN_INTERRUPTED, waitForOutcomes } from './wait.ts';

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

function sayRisks(entries: readonly LedgerEntry[], { operations }: Config): void {
  for (const entry of entries) {
    const risk = riskOfResending(entry, operations);
    if (risk !== undefined) say(`${entry.changeId} ${risk}`);
  }
}
