import { Argument, type Command, type Option } from 'commander';
import type { CommandWords } from './completion.ts';
import type { RunCommand } from './options.ts';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'];

/** Declares what shells complete commands with. */
export function addCompletion(program: Command, run: RunCommand): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'the shell to print a script for').choices(SHELLS))
    .description('Print a script that completes commands, flags and streams.')
    .addHelpText(
      'after',
      `
Where procurios-sync is not on the PATH, have the shell know it by that name, in
this folder (bash also needs the package bash-completion):
  bash, zsh   procurios-sync() { npx procurios-sync "$@"; }
  fish        function procurios-sync; npx procurios-sync $argv; end
  powershell  function procurios-sync { npx procurios-sync @args }
and then, in the same shell or in its startup file:
  bash        source <(procurios-sync completion bash)
  zsh         source <(procurios-sync completion zsh)
  fish        procurios-sync completion fish | source
  powershell  procurios-sync completion powershell | Out-String | iex

Names of streams come from the config in the folder that you are in.

Example:
  $ npx procurios-sync completion bash > ~/.procurios-sync-completion`,
    )
    .action((shell: string) =>
      run(async () => (await import('./completion.ts')).printCompletionScript(shell)),
    );
  // What the scripts call at every press of the key.
  program
    .command('complete [args...]', { hidden: true })
    .action((args: string[]) =>
      run(async () => (await import('./completion.ts')).complete(describe(program), args)),
    );
}

/** What can be completed, command by command: `changes list`. */
function describe(command: Command, path = ''): CommandWords[] {
  const help = command.createHelp();
  const own = {
    path,
    description: command.description(),
    options: help.visibleOptions(command).map(wordsOf),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      isVariadic: argument.variadic,
      choices: argument.argChoices ?? [],
    })),
  };
  const commands = help.visibleCommands(command).filter((each) => command.commands.includes(each));
  return [own, ...commands.flatMap((each) => describe(each, `${path} ${each.name()}`.trim()))];
}

function wordsOf({ long, description, argChoices, required, optional }: Option) {
  const name = (long ?? '').slice(2);
  return { name, description, takesValue: required || optional, choices: argChoices ?? [] };
}
