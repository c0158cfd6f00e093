import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type CommonOptions, EXIT } from '../cli/command.ts';
import { demo } from '../cli/demo.ts';
import { exportStream } from '../cli/export.ts';
import { pull } from '../cli/pull.ts';
import { reportError } from '../cli/report-error.ts';
import { show } from '../cli/show.ts';
import { simulator } from '../cli/simulator.ts';
import packageJson from '../package.json' with { type: 'json' };

const program = new Command('procurios-sync')
  .description("Keeps a faithful copy of a Procurios environment's objects in DynamoDB.")
  .version(packageJson.version)
  .showSuggestionAfterError()
  .showHelpAfterError('(add --help for what it takes, with examples)')
  .exitOverride()
  .addHelpText(
    'after',
    `
Examples:
  $ procurios-sync demo                        see it work, without AWS and without Procurios
  $ procurios-sync pull --embedded             pull into tables on this machine
  $ procurios-sync pull                        pull into the tables of your AWS account
  $ procurios-sync show members --embedded     look at what is there`,
  );

/** Runs a command; what it returns is the exit code. */
const run =
  <Arguments extends unknown[]>(command: (...parameters: Arguments) => Promise<number>) =>
  async (...parameters: Arguments): Promise<void> => {
    const options = parameters.find((value) => typeof value === 'object' && value !== null) as CommonOptions;
    try {
      process.exitCode = await command(...parameters);
    } catch (error) {
      process.exitCode = reportError(error, options.json ?? false);
    }
  };

/** A command with the options that all of them have. */
function define(usage: string, description: string, examples: string): Command {
  return program.command(usage).description(description).addHelpText('after', `\nExamples:\n${examples}`);
}

function withConfig(command: Command): Command {
  return command
    .option('--config <file>', 'the config file', 'procurios.config.ts')
    .option('--embedded', 'use tables on this machine, in .procurios-sync/, instead of AWS')
    .option('--json', 'print JSON on stdout, for programs');
}

withConfig(
  define(
    'pull',
    'Pull objects from Procurios into DynamoDB.',
    `  $ procurios-sync pull
  $ procurios-sync pull --stream members --stream orders
  $ procurios-sync pull --dry-run
  $ PROCURIOS_CLIENT_ID=… PROCURIOS_CLIENT_SECRET=… procurios-sync pull --embedded --json`,
  ),
)
  .option('--stream <name...>', 'only these streams, in this order')
  .option('--dry-run', 'read and compare, but write nothing')
  .action(run(pull));

withConfig(
  define(
    'show <stream> [id]',
    "Show items of a stream's table, or one of them whole.",
    `  $ procurios-sync show members --embedded
  $ procurios-sync show members 1024 --json
  $ procurios-sync show members --rejects`,
  ),
)
  .option('--limit <count>', 'list at most this many', wholeNumber(1), 20)
  .option('--rejects', 'show what could not be stored, and why')
  .action(run(show));

withConfig(
  define(
    'export <stream>',
    "Export the objects of a stream's table as Procurios gave them.",
    `  $ procurios-sync export members --out members.jsonl
  $ procurios-sync export orders --format csv --out orders.csv`,
  ),
)
  .addOption(
    new Option('--format <format>', 'one JSON object a line, or a table')
      .choices(['jsonl', 'csv'])
      .default('jsonl'),
  )
  .option('--out <file>', 'write to this file instead of stdout')
  .action(run(exportStream));

define(
  'simulator',
  'Run a simulated Procurios environment on this machine.',
  `  $ procurios-sync simulator --port 4010 --relations 5000
  $ PROCURIOS_HOST=http://127.0.0.1:4010 procurios-sync pull --embedded --config examples/demo.config.ts`,
)
  .option('--port <number>', 'the port to listen on; 0 takes a free one', wholeNumber(0, 65_535), 4010)
  .option(
    '--relations <number>',
    'how many people and organisations there are',
    wholeNumber(10, 1_000_000),
    1000,
  )
  .option('--seed <number>', 'the same seed gives the same data', wholeNumber(0), 1)
  .action(run(simulator));

define(
  'demo',
  'See a pull, some edits and a second pull, without AWS and without Procurios.',
  '  $ procurios-sync demo',
).action(run(demo));

function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most && text.trim() !== '') return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`Expected a whole number ${range}.`);
  };
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Commander has said what is wrong; asking for help or the version is nothing wrong.
  process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
}
