import { readConfig } from '../../operator/config.ts';
import type { CommonOptions } from '../../operator/options.ts';
import { findStaleLease, freeLease } from '../../operator/pull/unlock.ts';
import { openSessionAsItIs } from '../../operator/session.ts';
import { timeIn } from '../../operator/words.ts';
import { type ConfirmOptions, confirm } from '../terminal/confirm.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';

/** `procurios-sync unlock`: frees the lease of a pull that is gone. */
export async function unlock(options: CommonOptions & ConfirmOptions): Promise<number> {
  const config = await readConfig(options);
  await using session = await openSessionAsItIs(config, options);
  const lease = await findStaleLease(session, () =>
    say('watching the lease for 20 seconds, in which a process that is pulling renews it'),
  );
  if (lease === undefined) {
    if (options.json) print(JSON.stringify({ freed: false }));
    else say('no lease keeps pulls out; nothing was done');
    return EXIT.done;
  }
  const { owner, since } = lease;
  const { timeZone } = config.schedule;
  await confirm(
    `The lease is held by ${owner} since ${timeIn(timeZone, since)}. Is that pull gone, and is its lease to be freed?`,
    options,
  );
  const nextPullAt = await freeLease(session, lease);
  if (options.json) print(JSON.stringify({ freed: true, owner, since, nextPullAt }));
  else
    say(
      `the lease is free; the next pull can begin at ${timeIn(timeZone, nextPullAt)}, and resumes where that one was`,
    );
  return EXIT.done;
}
