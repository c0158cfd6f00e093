import { Command, CommanderError } from 'commander';
import { CommandError } from '../../operator/command-error.ts';
import type { CommonOptions } from '../../operator/options.ts';
import { proxyFrom, useProxy } from '../../operator/proxy.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { EXIT } from '../terminal/output-lines.ts';
import { addCommands } from './commands.ts';
import { reportError } from './report-error.ts';

/** Makes a command throw wrong usage as a `CommandError`, so that it is reported like every other failure. */
function reportUsage(command: Command): Command {
  return command
    .version(packageJson.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .configureOutput({ outputError: () => {} })
    .exitOverride((error) => {
      throw error.exitCode === 0 ? error : usageError(error, command);
    });
}

function usageError({ code, message }: CommanderError, command: Command): CommandError {
  // Commander would print the help instead of a message.
  const text = code === 'commander.help' ? 'no command is given' : message;
  const sentence = text
    .replace(/^error: /, '')
    .replace(/\n\(Did/, ' (did')
    .replace(/\.$/, '');
  const hint = code === 'commander.unknownOption' ? dashHint(sentence, command) : '';
  return new CommandError('USAGE', `${sentence}${hint}; see npx ${pathOf(command)} --help`);
}

/** Says how an argument that begins with a dash is given; empty if the command has none, or the option is a known one misspelled. */
function dashHint(sentence: string, { registeredArguments }: Command): string {
  const name = registeredArguments.at(-1)?.name();
  if (name === undefined || sentence.includes('(did you mean')) return '';
  return `; if it is the ${name}, write -- before it`;
}

/** `procurios-sync changes list`. */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/**
 * Runs `procurios-sync` with these arguments, and reports a failure.
 *
 * @returns The exit code.
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  let code: number = EXIT.done;
  const program = new Command('procurios-sync');
  addCommands(program, async (command) => {
    const proxy = proxyFrom(process.env);
    if (proxy !== undefined) useProxy(proxy);
    code = await command();
  });
  for (const command of [program, ...program.commands.flatMap((each) => [each, ...each.commands])]) {
    reportUsage(command);
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    const isHelpOrVersion = error instanceof CommanderError && error.exitCode === 0;
    // Read from the arguments directly, because commander may have failed to parse them.
    const given: Partial<CommonOptions> = {
      json: args.includes('--json'),
      embedded: args.includes('--embedded'),
    };
    return isHelpOrVersion ? EXIT.done : reportError(error, given);
  }
}
