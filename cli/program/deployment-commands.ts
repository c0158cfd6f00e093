import type { Command } from 'commander';
import { DEFAULT_CONFIG } from '../../operator/options.ts';
import { DEMO_TABLES, EXIT_CODES, type RunCommand, withTables } from './options.ts';

/** Declares the commands for a deployment in AWS. */
export function addDeploymentCommands(program: Command, run: RunCommand): void {
  addConfigure(program).action((options) =>
    run(async () => (await import('../login/configure.ts')).configure(options)),
  );
  addTestAlarm(program).action((options) =>
    run(async () => (await import('../doctor/test-alarm.ts')).raiseTestAlarm(options)),
  );
  addUnlock(program).action((options) =>
    run(async () => (await import('../pull/unlock.ts')).unlock(options)),
  );
  addStatus(program).action((options) =>
    run(async () => (await import('../status/status.ts')).status(options)),
  );
}

function addStatus(program: Command): Command {
  return withTables(program.command('status'))
    .description('Show the state of an environment, and what needs an operator.')
    .addHelpText(
      'after',
      `
Shows the last runs; of each stream the last walk, when its table was last whole,
how many objects the last complete walk listed and how many the table has; and the
changes and their queue. A stream that listed less than half of what its table has
is named at the top; it does not change the exit code.
For a deployment it also shows the alarms that fire, the pull in progress and the
next start. A part that could not be read is named.

Examples:
  $ npx procurios-sync status
  $ npx procurios-sync status --json
After npm start:
  $ npx procurios-sync status ${DEMO_TABLES}

Exit codes:
  0    nothing needs an operator
  1    something needs an operator: the last walk of a stream failed or is
       incomplete; a stream was never pulled completely, or not within the
       schedule's expectWithinHours; objects were rejected; the last run was cut
       off; a clock was wrong; an alarm fires; changes are held, or rejected and
       not settled; the dead-letter queue is not empty; the schedule is disabled;
       the last deployment failed; or a part could not be read
  2    wrong usage or configuration`,
    );
}

function addTestAlarm(program: Command): Command {
  return program
    .command('test-alarm')
    .description('Raise an alarm of the deployment as a test, so that its readers get a message.')
    .option('--config <file>', 'the config file', DEFAULT_CONFIG)
    .option('--json', 'print JSON on stdout, for programs')
    .addHelpText(
      'after',
      `
Sets one of the alarms that are quiet to ALARM. CloudWatch sends its message,
evaluates it again and clears it within minutes. Refused if the topic of the
alarms has no confirmed subscription.

Examples:
  $ npx procurios-sync test-alarm
  $ npx procurios-sync test-alarm --json

${EXIT_CODES}`,
    );
}

function addUnlock(program: Command): Command {
  return withTables(program.command('unlock'))
    .description('Free the lease of a pull that is gone, so that the next pull can begin.')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      `
A pull holds a lease, so that no other pull writes beside it. A lease frees
itself: after a killed process within a minute, after an execution that Lambda
knows to have ended at once. It stays for up to 23 hours if Lambda cannot be
asked about the execution, as after the stack was deleted and deployed again.

Refused while the pull is at work: Lambda says so, or the lease changes in the
20 seconds in which this command watches it. The next pull records the former
run as cut off, and resumes its walks.

Examples:
  $ npx procurios-sync unlock
  $ npx procurios-sync unlock --yes --json

${EXIT_CODES}`,
    );
}

function addConfigure(program: Command): Command {
  return withTables(program.command('configure'))
    .description("Store the client's id and secret in AWS Secrets Manager.")
    .option('--stdin', 'read {"clientId": "…", "clientSecret": "…"} from stdin')
    .option('--skip-check', 'store them without asking Procurios for a token')
    .addHelpText(
      'after',
      `
Asks for both, checks them by asking Procurios for a token, and stores them in
the secret that the stack created. If Procurios refuses them, nothing is stored.
They are never shown. Run it again to replace them; the functions read the new
ones without a deploy.

--skip-check is for a machine that reaches AWS but not Procurios.
With --embedded nothing is stored; set PROCURIOS_CLIENT_ID and
PROCURIOS_CLIENT_SECRET instead.

Examples:
  $ npx procurios-sync configure
  $ npx procurios-sync configure --stdin --json < credentials.json

Exit codes:
  0    stored
  1    refused or failed; nothing was stored
  2    wrong usage, configuration or input; nothing was stored
  130  interrupted; nothing was stored`,
    );
}
