import type { Command } from 'commander';
import { type RunCommand, wholeNumber, withTables } from './options.ts';

const EXAMPLE = '--embedded --config examples/user-login.config.ts';

const EXIT_CODES = `Exit codes:
  0    done
  1    failed, refused, or not completed in time; nothing was stored
  2    wrong usage or configuration
  130  interrupted`;

/** Declares the commands for the authorization code grant, by which a user consents. */
export function addLoginCommands(program: Command, run: RunCommand): void {
  addLogin(program).action((options) => run(async () => (await import('../login/login.ts')).login(options)));
  addLogout(program).action((options) =>
    run(async () => (await import('../login/logout.ts')).logUserOut(options)),
  );
}

function addLogin(program: Command): Command {
  return withTables(program.command('login'))
    .description('Log in as a user, in whose name requests are then made.')
    .option('--redirect-url <url>', "where the browser returns to, instead of the config's")
    .option('--no-browser', 'print the address without opening it')
    .option('--timeout <seconds>', 'seconds that the user has', wholeNumber(1, 3600), 300)
    .addHelpText(
      'after',
      `
For configs with auth.grant 'authorizationCode'. The browser returns to the
redirect url, which must be exactly one of those registered with Procurios. This
command listens on a redirect url on this machine. For any other, or with a
browser on another machine, paste the address at which the browser stops, or
pipe it in.

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
    .description("Delete the user's token.")
    .addHelpText(
      'after',
      `
Examples:
  $ npx procurios-sync logout
  $ npx procurios-sync logout ${EXAMPLE}`,
    );
}
