import type { Command } from 'commander';
import { type RunCommand, withTables } from './options.ts';

/** Declares the commands that find out: what is wrong, and what there is. */
export function addDoctorCommands(program: Command, run: RunCommand): void {
  addDoctor(program).action((options) => run(async () => (await import('../cli/doctor.ts')).doctor(options)));
}

function addDoctor(program: Command): Command {
  return withTables(program.command('doctor'))
    .description('Find out what is wrong, and what to do about it.')
    .addHelpText(
      'after',
      `
Looks at this machine, the config, the access to Procurios, the first page of
every stream, the schemas of operations, and what is deployed. It writes nothing,
reads two pages of a stream at most, and shows no values of objects.

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
