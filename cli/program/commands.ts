import { type Command, Option } from 'commander';
import { addChangeCommands } from './change-commands.ts';
import { addCompletion } from './completion-commands.ts';
import { addDeleteCommands } from './delete-commands.ts';
import { addDeploymentCommands } from './deployment-commands.ts';
import { addDoctorCommands } from './doctor-commands.ts';
import { addHelp } from './help-commands.ts';
import { addLoginCommands } from './login-commands.ts';
import { DEMO_TABLES, EXIT_CODES, type RunCommand, wholeNumber, withTables } from './options.ts';

/**
 * Declares the commands.
 *
 * @param run - Runs a command.
 */
export function addCommands(program: Command, run: RunCommand): void {
  program.description("Keeps a faithful copy of a Procurios environment's objects in DynamoDB.").addHelpText(
    'after',
    `
Examples:
  $ npx procurios-sync demo              see it work, without AWS or an account
  $ npx procurios-sync discover          write a config for your environment
  $ npx procurios-sync pull --embedded   pull into tables on this machine
  $ npx procurios-sync pull              pull into tables in your AWS account

${EXIT_CODES}`,
  );
  // Each command is loaded when it runs, so that help and wrong usage do not wait for the AWS SDK.
  addPull(program).action((options) =>
    run(async () =>
      options.deployed
        ? (await import('../pull/pull-deployed.ts')).pullDeployed(options)
        : (await import('../pull/pull.ts')).pullHere(options),
    ),
  );
  addShow(program).action((stream, id, options) =>
    run(async () => (await import('../tables/show.ts')).show(stream, id, options)),
  );
  addExport(program).action((stream, options) =>
    run(async () => (await import('../tables/export.ts')).exportStream(stream, options)),
  );
  addDeleteCommands(program, run);
  addChangeCommands(program, run);
  addDeploymentCommands(program, run);
  addLoginCommands(program, run);
  addSimulator(program).action((options) =>
    run(async () => (await import('../demo/simulator.ts')).simulator(options)),
  );
  addDemo(program).action(() => run(async () => (await import('../demo/demo.ts')).demo()));
  addDoctorCommands(program, run);
  addHelp(program, run);
  addCompletion(program, run);
}

function addPull(program: Command): Command {
  return withTables(program.command('pull'))
    .description('Pull objects from Procurios into DynamoDB.')
    .option('--stream <name...>', 'only these streams, in this order')
    .option('--dry-run', 'read and compare, but write nothing')
    .option('--deployed', 'start the pull function in AWS instead')
    .option('--wait', 'with --deployed: follow the run until it ends')
    .addHelpText(
      'after',
      `
The client's id and secret come from AWS Secrets Manager; with --embedded, from
PROCURIOS_CLIENT_ID and PROCURIOS_CLIENT_SECRET.
Ctrl-C stores what was read and stops. The next pull continues there.

With --deployed the function in AWS pulls all streams, as on its schedule. If a
run is in progress, --wait follows it. Ctrl-C ends the following, not the run.

Examples:
  $ npx procurios-sync pull
  $ npx procurios-sync pull --deployed --wait
  $ npx procurios-sync pull --embedded --dry-run
  $ npx procurios-sync pull --stream members channels
  $ npx procurios-sync pull --json > receipts.json

${EXIT_CODES}`,
    );
}

function addShow(program: Command): Command {
  return withTables(program.command('show <stream> [id]'))
    .description("Show items of a stream's table, or one item whole.")
    .option('--limit <count>', 'list at most this many', wholeNumber(1), 20)
    .option('--rejects', 'list the objects that could not be stored, and why; with an ID, that one')
    .option('--deleted', 'include items whose object is gone from Procurios')
    .addHelpText(
      'after',
      `
The ID is the _id in the table, or the value of the key as Procurios has it. If
the key has several fields, / joins them.

Examples, after npm start:
  $ npx procurios-sync show members ${DEMO_TABLES}
  $ npx procurios-sync show members 7 --json ${DEMO_TABLES}
  $ npx procurios-sync show members --rejects ${DEMO_TABLES}`,
    );
}

function addExport(program: Command): Command {
  return withTables(program.command('export <stream>'))
    .description("Export the objects of a stream's table as Procurios gave them.")
    .addOption(
      new Option('--format <format>', 'one JSON object per line, or a table')
        .choices(['jsonl', 'csv'])
        .default('jsonl'),
    )
    .option('--excel', 'CSV with semicolons and a byte order mark, as Excel in Dutch reads it')
    .option('--deleted', 'include objects that are gone from Procurios, with _deletedAt')
    .option('--out <file>', 'write to this file instead of stdout')
    .addHelpText(
      'after',
      `
CSV has the values as they are. A spreadsheet program runs a text that begins
with =, +, - or @ as a formula when it opens the file.

Examples, after npm start:
  $ npx procurios-sync export members ${DEMO_TABLES}
  $ npx procurios-sync export orders --format csv --out orders.csv \\
      ${DEMO_TABLES}`,
    );
}

function addSimulator(program: Command): Command {
  return program
    .command('simulator')
    .description('Run a simulated Procurios environment on this machine.')
    .option('--port <number>', 'the port to listen on; 0 chooses a free one', wholeNumber(0, 65_535), 4010)
    .option('--relations <number>', 'people and organisations', wholeNumber(10, 1_000_000), 1000)
    .option('--seed <number>', 'the same seed makes the same data', wholeNumber(0), 1)
    .option('--plan <file>', 'a JSON file with the switches and faults to begin with')
    .option('--json', 'print address and credentials as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ npx procurios-sync simulator --port 4010 --relations 5000
  $ npx procurios-sync simulator --plan nightly-job.json
In another terminal:
  $ npx procurios-sync pull ${DEMO_TABLES}
With another config, or on another port:
  $ PROCURIOS_HOST=http://127.0.0.1:4010 npx procurios-sync pull --embedded

docs/procurios.md#a-running-simulator has the commands that it takes meanwhile,
and docs/procurios.md#faults describes the ways in which it can fail.`,
    );
}

function addDemo(program: Command): Command {
  return program
    .command('demo')
    .description('See four nights of pulls, deletes and a push, without AWS or an account.')
    .addHelpText('after', '\nExample:\n  $ npx procurios-sync demo');
}
