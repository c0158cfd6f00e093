import type { Command } from 'commander';
import { type RunCommand, wholeNumber, withTables } from './options.ts';

const EXAMPLE = '--embedded --config examples/user-login.config.ts';

const EXIT_CODES = `Exit codes:
  0    done
  1    failed, refused, or nobody came back in time; nothing was stored
  2    wrong usage or configuration
  130  interrupted`;

/** Declares the commands for a user's consent: the authorization code grant. */
export function addLoginCommands(program: Command, run: RunCommand): void {
  addLogin(program).action((options) => run(async () => (await import('../login/login.ts')).login(options)));
  addLogout(program).action((options) =>
    run(async () => (await import('../login/logout.ts')).logUserOut(options)),
  );
}

function addLogin(program: Command): Command {
  return withTables(program.command('login'))
    .description('Log in as a user: requests are then made in their name.')
    .option('--redirect-url <url>', "where the browser comes back to, instead of the config's")
    .option('--no-browser', 'print the address, and do not open it')
    .option('--timeout <seconds>', 'how long the user has', wholeNumber(1, 3600), 300)
    .addHelpText(
      'after',
      `
For configs with auth.grant 'authorizationCode'. The browser comes back to the
redirect url, letter by letter one of those registered with Procurios. One on
this machine is listened to; from any other, and from another machine's browser,
paste the address that the browser ends at, or pipe it in.

The token is stored in the secret procurios-sync/<environment>/user; with
--embedded in a file in .procurios-sync/ that only you may read.

Examples:
  $ npx procurios-sync login
  $ npx procurios-sync login --no-browser --redirect-url https://intranet.example.org/callback
With npx procurios-sync simulator in another terminal:
  $ npx procurios-sync login ${EXAMPLE}

${EXIT_CODES}`,
    );
}

function addLogout(program: Command): Command {
  return withTables(program.command('logout'))
    .description("Forget the user's token.")
    .addHelpText(
      'after',
      `
Examples:
  $ npx procurios-sync logout
  $ npx procurios-sync logout ${EXAMPLE}`,
    );
}
