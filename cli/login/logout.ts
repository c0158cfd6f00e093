import { randomUUID } from 'node:crypto';
import { replaceUnderLease } from '../../lambda/core/token/token-lease.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import type { CommonOptions } from '../../operator/options.ts';
import { openSession, readConfig } from '../../operator/session.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';
import { codeGrantOf } from './login.ts';

/** `procurios-sync logout`: forgets the user's token. */
export async function logout(options: CommonOptions): Promise<number> {
  const config = await readConfig(options);
  codeGrantOf(config);
  await using session = await openSession(config, options);
  const { tokenLease, userTokens } = session;
  const { place } = userTokens;
  await replaceUnderLease(tokenLease, systemClock, randomUUID(), () => userTokens.clear());
  if (options.json) print(JSON.stringify({ environment: config.environment, clearedIn: place }));
  else {
    print(`logged out: there is no user's token in ${place} any more`);
    say(
      'Procurios is not told: it has no documented way. Withdraw the consent there, if it is to end at once',
    );
  }
  return EXIT.done;
}
