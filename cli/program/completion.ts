import { fileURLToPath } from 'node:url';
import tab, { type Complete, script } from '@bomb.sh/tab';
import { loadConfig } from '../../config/load-config.ts';
import { ERROR_GUIDE } from '../../operator/error-guide.ts';
import { DEFAULT_CONFIG } from '../../operator/options.ts';
import { EXIT } from '../terminal/output-lines.ts';

/** A command, as far as completion needs it. */
export interface CommandWords {
  /** `changes list`; empty for the program itself. */
  readonly path: string;
  readonly description: string;
  readonly options: readonly {
    readonly name: string;
    readonly description: string;
    readonly takesValue: boolean;
    readonly choices: readonly string[];
  }[];
  readonly arguments: readonly {
    readonly name: string;
    readonly isVariadic: boolean;
    readonly choices: readonly string[];
  }[];
}

/** A word in single quotes, which all four shells understand. */
const quoted = (path: string): string => `'${path}'`;

/** `procurios-sync completion SHELL`: prints a script that calls this program directly, because npx would be slow. */
export function printCompletionScript(shell: string): number {
  const launcher = fileURLToPath(new URL('../../bin/launch.js', import.meta.url));
  script(shell, 'procurios-sync', `${quoted(process.execPath)} ${quoted(launcher)}`);
  return EXIT.done;
}

/** Prints the completions of a command line, in the form that the shells' scripts read. */
export async function complete(commands: readonly CommandWords[], args: string[]): Promise<number> {
  const streams = await streamNames(args);
  const topics = [
    ...commands.filter(({ path }) => path !== '').map(({ path }) => path),
    ...Object.keys(ERROR_GUIDE),
  ];
  const byName: Readonly<Record<string, readonly string[]>> = { stream: streams, topic: topics };
  const offering = (name: string, choices: readonly string[]) => (add: Complete) => {
    for (const choice of choices.length > 0 ? choices : (byName[name] ?? [])) add(choice, '');
  };
  for (const { path, description, options, arguments: taken } of commands) {
    const command = path === '' ? tab : tab.command(path, description);
    for (const { name, description: text, takesValue, choices } of options) {
      if (takesValue) command.option(name, text, offering(name, choices));
      else command.option(name, text);
    }
    for (const { name, isVariadic, choices } of taken)
      command.argument(name, offering(name, choices), isVariadic);
  }
  tab.parse(args);
  return EXIT.done;
}

/** The streams of the config that the arguments name. None if it cannot be read, because a key press must not print an error. */
async function streamNames(args: readonly string[]): Promise<readonly string[]> {
  const at = args.indexOf('--config');
  const file = at === -1 ? DEFAULT_CONFIG : (args[at + 1] ?? DEFAULT_CONFIG);
  try {
    const { streams } = await loadConfig(file, process.env);
    return streams.map(({ name }) => name);
  } catch {
    return [];
  }
}
