import { openChanges } from '../../operator/changes/open-changes.ts';
import { planResend, resend } from '../../operator/changes/resend.ts';
import { readConfig } from '../../operator/config.ts';
import { type CommonOptions, flagsOf } from '../../operator/options.ts';
import { openSession } from '../../operator/session.ts';
import { countOf } from '../../operator/words.ts';
import { type ConfirmOptions, confirm } from '../terminal/confirm.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import { requireCredentials } from '../terminal/missing-credentials.ts';
import { say } from '../terminal/output-lines.ts';
import { countsText, exitCodeOf, printChanges, queuedText } from './texts.ts';
import { SENDING_LISTENERS, sayWhoSends, WHEN_INTERRUPTED, waitForOutcomes } from './wait.ts';

export interface ChangesResendOptions extends CommonOptions, ConfirmOptions {}

/** `procurios-sync changes resend ID…`: sends changes once more, in the order in which they were queued. */
export async function resendChanges(ids: readonly string[], options: ChangesResendOptions): Promise<number> {
  const config = await readConfig(options);
  await requireCredentials(config, options);
  await using session = await openSession(config, options);
  const plan = await planResend(session, ids);
  for (const risk of plan.risks) say(risk);
  const { length } = plan.resends;
  await confirm(`Send ${countOf(length, 'change')} to ${new URL(config.host).host} again?`, options);

  using interrupt = onInterrupt(WHEN_INTERRUPTED, () => {});
  const { signal } = interrupt;
  await using access = await openChanges(session, signal, SENDING_LISTENERS);
  sayWhoSends(access);
  const queued = await resend(plan, access, signal, say);
  const outcomes = access.embedded === undefined ? undefined : await waitForOutcomes(queued, access, signal);
  printChanges(queued, outcomes, options);
  say(outcomes === undefined ? queuedText(queued.length, flagsOf(options)) : countsText(outcomes));
  return exitCodeOf(queued.length === length, outcomes, signal);
}
