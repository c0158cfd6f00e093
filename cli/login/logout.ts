import { readConfig } from '../../operator/config.ts';
import { codeGrantOf } from '../../operator/login/code-grant.ts';
import { logout } from '../../operator/login/login.ts';
import type { CommonOptions } from '../../operator/options.ts';
import { openSession } from '../../operator/session.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';

/** `procurios-sync logout`: deletes the user's token. */
export async function logUserOut(options: CommonOptions): Promise<number> {
  const config = await readConfig(options);
  codeGrantOf(config);
  await using session = await openSession(config, options);
  const place = await logout(session);
  if (options.json) print(JSON.stringify({ environment: config.environment, clearedIn: place }));
  else {
    print(`logged out: there is no user's token in ${place} any more`);
    say('Procurios still has the consent, which can be withdrawn there only');
  }
  return EXIT.done;
}
