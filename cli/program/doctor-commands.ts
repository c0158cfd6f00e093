import type { Command } from 'commander';
import { DEFAULT_CONFIG } from '../../operator/options.ts';
import { type RunCommand, wholeNumber, withTables } from './options.ts';

/** Declares the commands that examine an environment. */
export function addDoctorCommands(program: Command, run: RunCommand): void {
  addDoctor(program).action((options) =>
    run(async () => (await import('../doctor/doctor.ts')).doctor(options)),
  );
  addDiscover(program).action((options) =>
    run(async () => (await import('../discover/discover.ts')).discover(options)),
  );
}

function addDoctor(program: Command): Command {
  return withTables(program.command('doctor'))
    .description('Find out what is wrong, and how to fix it.')
    .addHelpText(
      'after',
      `
Checks this machine, the config, the access to Procurios, the first page of
every stream, the schemas of operations, and the deployment. It writes nothing,
reads at most two pages of a stream, and shows no values of objects.

It also works before a deploy. With --embedded it needs no AWS; without it,
PROCURIOS_CLIENT_ID and PROCURIOS_CLIENT_SECRET replace the missing secret.

Examples:
  $ npx procurios-sync doctor
  $ npx procurios-sync doctor --embedded
  $ npx procurios-sync doctor --json | jq '.findings[] | select(.fix)'

Exit codes:
  0    all is well, or there are only warnings
  1    something does not work
  2    wrong usage`,
    );
}

function addDiscover(program: Command): Command {
  const shop = wholeNumber(1);
  return program
    .command('discover')
    .description('List what your credentials can read, and write a config.')
    .option('--host <url>', 'your environment: https://acme.procurios.site')
    .option('--token-url <url>', 'where tokens are requested, if not on the host')
    .option('--environment <name>', 'part of the names of tables; by default from the host')
    .option('--all', 'choose every stream that can be pulled, without asking')
    .option('--stream <name...>', 'choose only these streams, without asking')
    .option('--list', 'only list; write nothing')
    .option('--out <file>', 'the config file to write', DEFAULT_CONFIG)
    .option('--force', 'replace the file if it exists')
    .option('--scope <scope...>', "ask for these scopes, not all of the catalogue's")
    .option('--shop <number...>', 'webshops to look for orders in', (text, all: number[] = []) => [
      ...all,
      shop(text),
    ])
    .option('--stdin', 'read {"clientId": "…", "clientSecret": "…"} from stdin')
    .option('--json', 'print what was found as JSON')
    .addHelpText(
      'after',
      `
Asks for the client's id and secret, unless PROCURIOS_CLIENT_ID and
PROCURIOS_CLIENT_SECRET are set or --stdin is given. Reads one or two pages of
each listing. Writes nothing to Procurios, and shows and stores no object.

Examples:
  $ npx procurios-sync discover
  $ npx procurios-sync discover --host https://acme.procurios.site --list
  $ npx procurios-sync discover --host https://acme.procurios.site --all \\
      --out acme.config.ts
Against a simulated Procurios (npx procurios-sync simulator):
  $ PROCURIOS_CLIENT_ID=simulator \\
    PROCURIOS_CLIENT_SECRET=not-a-secret-only-for-the-simulator \\
    npx procurios-sync discover --host http://127.0.0.1:4010 --all --out try.ts

Exit codes:
  0    done
  1    failed, refused, or found nothing that can be pulled
  2    wrong usage; nothing was written
  130  interrupted; nothing was written`,
    );
}
