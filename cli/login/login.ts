import { readConfig } from '../../operator/config.ts';
import { codeGrantOf } from '../../operator/login/code-grant.ts';
import { completeLogin, type LoggedIn, prepareLogin } from '../../operator/login/login.ts';
import { type CommonOptions, flagsOf } from '../../operator/options.ts';
import { openSession } from '../../operator/session.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';
import { receiveCallback } from './receive-callback.ts';

export interface LoginOptions extends CommonOptions {
  /** Replaces the redirect URL of the config. */
  readonly redirectUrl?: string;
  /** Whether the address is opened in a browser, not only printed. */
  readonly browser: boolean;
  /** Seconds within which the user must consent. */
  readonly timeout: number;
}

/** `procurios-sync login`: asks a user to consent in a browser, and stores the token. */
export async function login(options: LoginOptions): Promise<number> {
  const config = await readConfig(options);
  const auth = codeGrantOf(config, options.redirectUrl);
  await using session = await openSession(config, options);
  const consent = await prepareLogin(session, auth);
  if (consent.state === undefined && consent.verifier === undefined) {
    say(
      'without state and PKCE a callback that an attacker prepared looks like yours: check whom you are logged in as',
    );
  }
  const arrival = await receiveCallback(auth, consent, options);
  try {
    // Ctrl-C does not stop the exchange, because the code is single-use and the token would be lost.
    using _interrupt = onInterrupt('the token is being stored, which takes a moment', () => {});
    const loggedIn = await completeLogin(session, auth, consent, arrival.callback);
    arrival.answer('done');
    if (loggedIn.userIdProblem !== undefined) {
      say(`logged in, but who consented could not be read: ${loggedIn.userIdProblem}`);
    }
    if (options.json) print(JSON.stringify(documentOf(loggedIn, config.environment)));
    else printLogin(loggedIn, flagsOf(options));
    return EXIT.done;
  } finally {
    await arrival.leave();
  }
}

function documentOf(loggedIn: LoggedIn, environment: string): object {
  const { userId, scopes, obtainedAt, expiresAt, isRenewable, storedIn } = loggedIn;
  return { environment, userId, scopes, obtainedAt, expiresAt, isRenewable, storedIn };
}

function printLogin(loggedIn: LoggedIn, flags: string): void {
  const { userId, scopes, missingScopes, expiresAt, isRenewable, storedIn } = loggedIn;
  const end = expiresAt === undefined ? 'until it is refused' : `until ${expiresAt}`;
  print(userId === undefined ? 'logged in' : `logged in as relation ${userId}`);
  print(`  scopes  ${scopes.join(' ')}`);
  print(`  valid   ${end}${isRenewable ? ', and is renewed by itself' : ''}`);
  print(`  stored  in ${storedIn}`);
  if (missingScopes.length > 0) say(`asked for, but not granted: ${missingScopes.join(' ')}`);
  say(`to pull now: npx procurios-sync pull${flags}`);
}
