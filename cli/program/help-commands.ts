import type { Command } from 'commander';
import { helpWithCode } from './help.ts';
import type { RunCommand } from './options.ts';

/** Declares `help`, which explains commands and error codes. */
export function addHelp(program: Command, run: RunCommand): void {
  program.helpCommand(false);
  program
    .command('help [topic...]')
    .description('Print help for a command or an error code.')
    .option('--json', 'print the help for an error code as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ npx procurios-sync help pull
  $ npx procurios-sync help changes list
  $ npx procurios-sync help PAGING_LOOP`,
    )
    .action((topics: string[], options: { json?: boolean }) =>
      run(async () => {
        const command = commandNamed(program, topics);
        if (command === undefined) return helpWithCode(topics.join(' '), pathsOf(program), options);
        command.outputHelp();
        return 0;
      }),
    );
}

/** The command with these words as its path, or the program itself for no words; undefined if there is none. */
function commandNamed(program: Command, words: readonly string[]): Command | undefined {
  return words.reduce<Command | undefined>(
    (command, word) => command?.commands.find((each) => each.name() === word),
    program,
  );
}

/** The paths of all commands below a command: `changes`, `changes list`. */
function pathsOf(command: Command, before: readonly string[] = []): string[] {
  return command.commands.flatMap((each) => {
    const path = [...before, each.name()];
    return [path.join(' '), ...pathsOf(each, path)];
  });
}
