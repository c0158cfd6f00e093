import type { Command } from 'commander';
import { type RunCommand, withTables } from './options.ts';

/** Declares the commands for what runs in AWS. */
export function addDeploymentCommands(program: Command, run: RunCommand): void {
  addConfigure(program).action((options) =>
    run(async () => (await import('../cli/configure.ts')).configure(options)),
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
Asks for both, has Procurios give a token for them, and stores them in the
secret that the stack made. Nothing is stored when they are refused; what was
typed appears nowhere. Running it again replaces them: the functions read the
new ones by themselves, without a deploy.

--skip-check is for a machine that reaches AWS but not Procurios.
With --embedded there is nothing to store: set PROCURIOS_CLIENT_ID and
PROCURIOS_CLIENT_SECRET.

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
