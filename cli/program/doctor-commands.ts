import type { Command } from 'commander';
import { DEFAULT_CONFIG } from '../../operator/options.ts';
import { type RunCommand, wholeNumber, withTables } from './options.ts';

/** Declares the commands that find out: what is wrong, and what there is. */
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
    .description('Find out what is wrong, and what to do about it.')
    .addHelpText(
      'after',
      `
Looks at this machine, the config, the access to Procurios, the first page of
every stream, the schemas of operations, and what is deployed. It writes
nothing, reads two pages of a stream at most, and shows no values of objects.

Works before anything is deployed: with --embedded it needs no AWS; without it,
PROCURIOS_CLIENT_ID and PROCURIOS_CLIENT_SECRET stand in for the secret.

Examples:
  $ npx procurios-sync doctor
  $ npx procurios-sync doctor --embedded
  $ npx procurios-sync doctor --json | jq '.findings[] | select(.fix)'

Exit codes:
  0    all is well, warnings included
  1    something does not work
  2    wrong usage`,
    );
}

function addDiscover(program: Command): Command {
  const shop = wholeNumber(1);
  return program
    .command('discover')
    .description('List what your credentials reach, and write a config of it.')
    .option('--host <url>', 'your environment: https://acme.procurios.site')
    .option('--token-url <url>', 'where tokens are requested, if not on the host')
    .option('--environment <name>', 'names the tables; else from the host')
    .option('--all', 'everything that can be pulled, without asking')
    .option('--stream <name...>', 'only these of the streams that are found')
    .option('--list', 'only list; write nothing')
    .option('--out <file>', 'the config file to write', DEFAULT_CONFIG)
    .option('--force', 'replace the file, whatever is in it')
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
The client's id and secret are asked for, unless PROCURIOS_CLIENT_ID and
PROCURIOS_CLIENT_SECRET are set or --stdin is given. A page or two of every
listing is read, nothing is written to Procurios, no object is shown or kept.

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
  1    failed, refused, or nothing that can be pulled
  2    wrong usage; nothing was written
  130  interrupted; nothing was written`,
    );
}
