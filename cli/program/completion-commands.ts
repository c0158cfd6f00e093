import { Argument, type Command, type Option } from 'commander';
import type { CommandWords } from './completion.ts';
import type { RunCommand } from './options.ts';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'];

/** Declares the commands for completion in shells. */
export function addCompletion(program: Command, run: RunCommand): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'the shell to print a script for').choices(SHELLS))
    .description('Print a script that completes commands, flags and streams.')
    .addHelpText(
      'after',
      `
If procurios-sync is not on the PATH, define it in the shell, in this folder
(bash also needs the package bash-completion):
  bash, zsh   procurios-sync() { npx procurios-sync "$@"; }
  fish        function procurios-sync; npx procurios-sync $argv; end
  powershell  function procurios-sync { npx procurios-sync @args }
Then, in the same shell or in its startup file:
  bash        source <(procurios-sync completion bash)
  zsh         source <(procurios-sync completion zsh)
  fish        procurios-sync completion fish | source
  powershell  procurios-sync completion powershell | Out-String | iex

Names of streams come from the config in the current folder.

Example:
  $ npx procurios-sync completion bash > ~/.procurios-sync-completion`,
    )
    .action((shell: string) =>
      run(async () => (await import('./completion.ts')).printCompletionScript(shell)),
    );
  // The scripts call this command each time the operator asks for completions.
  program
    .command('complete [args...]', { hidden: true })
    .action((args: string[]) =>
      run(async () => (await import('./completion.ts')).complete(describe(program), args)),
    );
}

/** All commands, with their options and arguments. */
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
